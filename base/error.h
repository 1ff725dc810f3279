// Exceptions that end a command early. main.cc prints the errors among them as
// one "forkdb: …" line. Expected trouble (a bad line, a gap) is a value, never
// an exception.

#ifndef FORKDB_BASE_ERROR_H_
#define FORKDB_BASE_ERROR_H_

#include <cstddef>
#include <exception>
#include <stdexcept>
#include <string>
#include <utility>

namespace forkdb {

// Fatal trouble: "what: path: reason", and advice if possible. Exit code 1.
class Error : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// The command line is wrong. Exit code 2.
class UsageError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// An argument, such as SQL, is wrong at the byte at offset, or at its end.
class TextError : public UsageError {
 public:
  TextError(const std::string& reason, std::string text, size_t offset)
      : UsageError(reason), text_(std::move(text)), offset_(offset) {}

  const std::string& text() const { return text_; }
  size_t offset() const { return offset_; }

 private:
  std::string text_;
  size_t offset_;
};

// The user interrupted the command. Exit code 130, without a message.
class Interrupted : public std::exception {};

// A query with --exit-code found nothing. Exit code 1, without a message.
class NothingFound : public std::exception {};

// The user quit the pager. Present() catches it (terminal/output.h).
class Enough : public std::exception {};

// The text of an errno value: "No such file or directory".
std::string ErrnoText(int error_number);

}  // namespace forkdb

#endif  // FORKDB_BASE_ERROR_H_
