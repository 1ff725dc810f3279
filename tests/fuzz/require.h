// How a fuzz target says that a property does not hold.

#ifndef FORKDB_TESTS_FUZZ_REQUIRE_H_
#define FORKDB_TESTS_FUZZ_REQUIRE_H_

#include <cstdio>
#include <cstdlib>

namespace forkdb {

// Ends the run, with the input kept, if it does not.
inline void Require(bool holds, const char* property) {
  if (holds) return;
  std::fprintf(stderr, "does not hold: %s\n", property);
  std::abort();
}

}  // namespace forkdb

#endif  // FORKDB_TESTS_FUZZ_REQUIRE_H_
