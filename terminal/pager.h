// A program, such as less, that shows a long answer page by page.

#ifndef FORKDB_TERMINAL_PAGER_H_
#define FORKDB_TERMINAL_PAGER_H_

#include <sys/types.h>

#include <atomic>
#include <csignal>
#include <cstdio>
#include <optional>
#include <string>

namespace forkdb {

// The pager that the user wants: $FORKDB_PAGER, else $PAGER, else less if there
// is one. Nothing where that is empty or cat.
std::optional<std::string> ChoosePager();

// Runs a pager, from the first use of its stream on, until it is closed. While
// it runs, SIGPIPE and SIGINT are ignored: the user leaves it before this
// program ends. Not thread-safe.
class Pager {
 public:
  // A command for the shell.
  explicit Pager(std::string command);
  // Closes it, and says nothing.
  ~Pager();
  Pager(const Pager&) = delete;
  Pager& operator=(const Pager&) = delete;

  // What it shows; it fails with EPIPE once the user has left. Throws Error if
  // the pager cannot be started.
  std::FILE* stream();

  // Whether the user has left it. For any thread, before Close().
  bool HasEnded() const;

  // Waits until the user has left it. Throws Error if there is no such program.
  void Close();

 private:
  void Start();

  std::string command_;
  std::FILE* stream_ = nullptr;  // NULL while it does not run
  std::atomic<pid_t> pid_ = 0;
  struct sigaction sigint_ {};  // as they were before
  struct sigaction sigpipe_ {};
};

}  // namespace forkdb

#endif  // FORKDB_TERMINAL_PAGER_H_
