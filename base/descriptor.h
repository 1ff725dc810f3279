// A file descriptor with an owner.

#ifndef FORKDB_BASE_DESCRIPTOR_H_
#define FORKDB_BASE_DESCRIPTOR_H_

#include <unistd.h>

#include <utility>

namespace forkdb {

// Owns a file descriptor and closes it. Empty if it is -1.
class Descriptor {
 public:
  explicit Descriptor(int fd = -1) : fd_(fd) {}
  ~Descriptor() { Close(); }
  Descriptor(Descriptor&& other) noexcept : fd_(other.Release()) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    if (this != &other) {
      Close();
      fd_ = other.Release();
    }
    return *this;
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;

  int get() const { return fd_; }
  explicit operator bool() const { return fd_ >= 0; }
  int Release() { return std::exchange(fd_, -1); }
  void Close() {
    if (fd_ >= 0) close(Release());
  }

 private:
  int fd_;
};

}  // namespace forkdb

#endif  // FORKDB_BASE_DESCRIPTOR_H_
