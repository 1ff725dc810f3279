// The ways in which a command ends early. All are caught once, in main.cc, and
// the first two printed as one "forkdb: …" line. Expected trouble (a bad line,
// a gap) is a value and never comes this way.

#ifndef FORKDB_STORE_ERROR_H_
#define FORKDB_STORE_ERROR_H_

#include <exception>
#include <stdexcept>
#include <string>

namespace forkdb {

// Fatal trouble: "what: path: reason", and what to do where that is known.
// Exit code 1.
class Error : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// The command line asks for something that makes no sense. Exit code 2.
class UsageError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// The user wants no more, and knows it. Exit code 130.
class Interrupted : public std::exception {};

// The text of an errno value: "No such file or directory".
std::string ErrnoText(int error_number);

}  // namespace forkdb

#endif  // FORKDB_STORE_ERROR_H_
