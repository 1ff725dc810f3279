// Runs a pager, such as less, for long answers.

#ifndef FORKDB_TERMINAL_PAGER_H_
#define FORKDB_TERMINAL_PAGER_H_

#include <sys/types.h>

#include <atomic>
#include <csignal>
#include <cstdio>
#include <optional>
#include <string>

namespace forkdb {

// Returns $FORKDB_PAGER, else $PAGER, else less if it is installed. Returns
// nullopt if the variable is empty or "cat".
std::optional<std::string> ChoosePager();

// Runs a pager from the first call of stream() until Close(). Ignores SIGPIPE
// and SIGINT meanwhile, so that the pager ends before this process does. Not
// thread-safe.
class Pager {
 public:
  // command is for the shell.
  explicit Pager(std::string command);
  // Closes the pager and ignores errors.
  ~Pager();
  Pager(const Pager&) = delete;
  Pager& operator=(const Pager&) = delete;

  // The pager's input, which the pager owns. Writes fail with EPIPE after the
  // user has quit. Throws Error if the pager cannot be started.
  std::FILE* stream();

  // Whether the user has quit. May be called by any thread before Close().
  bool HasEnded() const;

  // Waits until the user has quit. Throws Error if the command cannot be run.
  void Close();

 private:
  void Start();

  std::string command_;
  std::FILE* stream_ = nullptr;  // nullptr if the pager does not run
  std::atomic<pid_t> pid_ = 0;
  struct sigaction sigint_ {};  // restored by Close()
  struct sigaction sigpipe_ {};
};

}  // namespace forkdb

#endif  // FORKDB_TERMINAL_PAGER_H_
