// Signals on a descriptor that can be polled.

#ifndef FORKDB_BASE_SIGNALS_H_
#define FORKDB_BASE_SIGNALS_H_

#include <csignal>
#include <optional>
#include <vector>

namespace forkdb {

// Blocks the signals while it lives, and makes fd() readable when one arrives.
// Must be created before any thread. Throws Error. Owns its descriptor; not
// thread-safe.
class Signals {
 public:
  explicit Signals(const std::vector<int>& signals);
  ~Signals();
  Signals(const Signals&) = delete;
  Signals& operator=(const Signals&) = delete;

  int fd() const { return fd_; }

  // Returns the next signal that has arrived. A signal that is not taken is
  // delivered normally after destruction.
  std::optional<int> Take() const;

 private:
  sigset_t signals_;
  sigset_t before_;
  int fd_;
};

}  // namespace forkdb

#endif  // FORKDB_BASE_SIGNALS_H_
