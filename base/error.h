// The ways in which a command ends early. All are caught once, in main.cc, and
// all but the last two printed as one "forkdb: …" line. Expected trouble (a bad
// line, a gap) is a value and never comes this way.

#ifndef FORKDB_BASE_ERROR_H_
#define FORKDB_BASE_ERROR_H_

#include <cstddef>
#include <exception>
#include <stdexcept>
#include <string>
#include <utility>

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

// The same of a text, such as SQL, with the place in it: the byte at offset, or
// the text's end.
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

// The user wants no more, and knows it. Exit code 130.
class Interrupted : public std::exception {};

// The user has read enough, and left the pager. Caught where that began.
class Enough : public std::exception {};

// The text of an errno value: "No such file or directory".
std::string ErrnoText(int error_number);

}  // namespace forkdb

#endif  // FORKDB_BASE_ERROR_H_
