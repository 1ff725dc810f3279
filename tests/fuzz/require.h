// Assertions for fuzz targets.

#ifndef FORKDB_TESTS_FUZZ_REQUIRE_H_
#define FORKDB_TESTS_FUZZ_REQUIRE_H_

#include <cstdio>
#include <cstdlib>

namespace forkdb {

// Aborts if the property does not hold. The fuzzer then saves the input.
inline void Require(bool holds, const char* property) {
  if (holds) return;
  std::fprintf(stderr, "does not hold: %s\n", property);
  std::abort();
}

}  // namespace forkdb

#endif  // FORKDB_TESTS_FUZZ_REQUIRE_H_
