// Calls of the operating system that fail on request.

#ifndef FORKDB_TESTS_UNIT_FAILING_CALLS_H_
#define FORKDB_TESTS_UNIT_FAILING_CALLS_H_

#include <cstdint>
#include <functional>
#include <string>

namespace forkdb {

// While it lives, the number-th call (from 1) that forkdb's own code makes to a
// function on the list in failing_calls.cc fails with the error. The linker
// puts the functions there in front of libc's (--wrap), so that no call
// escapes. Those of SQLite (failing_vfs.h) and of the C++ library are not
// counted. At most one at a time; counts the calls of one thread.
class FailingCalls {
 public:
  FailingCalls(int64_t number, int error);
  ~FailingCalls();
  FailingCalls(const FailingCalls&) = delete;
  FailingCalls& operator=(const FailingCalls&) = delete;

  // The function that failed; "" until one has.
  const std::string& failed() const { return failed_; }

  // Counts a call. Returns true, with errno set, if it must fail.
  bool Fails(const char* function);

 private:
  int64_t left_;
  int error_;
  std::string failed_;
};

// Calls run with 1, 2, … until it returns false: there was no such call any
// more. Returns how many there were.
int64_t AtEachCall(const std::function<bool(int64_t number)>& run);

}  // namespace forkdb

#endif  // FORKDB_TESTS_UNIT_FAILING_CALLS_H_
