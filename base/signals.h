// Signals as something to wait for.

#ifndef FORKDB_BASE_SIGNALS_H_
#define FORKDB_BASE_SIGNALS_H_

#include <csignal>
#include <optional>
#include <vector>

namespace forkdb {

// While it lives, these signals do nothing but make fd() readable. Make it
// before any thread. Owns its descriptor; not thread-safe.
class Signals {
 public:
  explicit Signals(const std::vector<int>& signals);
  ~Signals();
  Signals(const Signals&) = delete;
  Signals& operator=(const Signals&) = delete;

  int fd() const { return fd_; }

  // The next one that has come. One that is not taken does what it always does
  // once this is gone.
  std::optional<int> Take() const;

 private:
  sigset_t signals_;
  sigset_t before_;
  int fd_;
};

}  // namespace forkdb

#endif  // FORKDB_BASE_SIGNALS_H_
