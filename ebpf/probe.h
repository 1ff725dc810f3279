// Records from a stock kernel, by BPF programs on its tracepoints.

#ifndef FORKDB_EBPF_PROBE_H_
#define FORKDB_EBPF_PROBE_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "store/record.h"

namespace forkdb {

// Loads and attaches the programs of fork_info.bpf.c when it is made; from then
// on every process creation of the machine takes a number, from 1 on, and a
// place in a ring buffer, or only a number where the buffer is full. Not
// thread-safe.
class Probe {
 public:
  // The buffer has at least this size; a record takes 112 bytes. Throws Error,
  // saying why and what to do, where the kernel does not let us: no BTF, not
  // permitted, lockdown.
  explicit Probe(size_t buffer_bytes);
  ~Probe();
  Probe(const Probe&) = delete;
  Probe& operator=(const Probe&) = delete;

  // Takes all that is in the buffer, roughly in the order of the numbers.
  void Read(std::vector<Record>* records);

  // The highest number given out. A number that is not in the buffer some time
  // after it has been given out never will be.
  int64_t issued() const;

  // Readable when the buffer holds something; and when it is half full.
  int ready_fd() const;
  int urgent_fd() const;

  // Stops the recording; what is in the buffer stays there to be read.
  void Detach();

  // What sees the calls: "task_newtask+kernel_clone" where fentry is built in,
  // else "task_newtask+sys_exit".
  const std::string& hook() const;

  // How many records fit into the buffer.
  int64_t capacity() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace forkdb

#endif  // FORKDB_EBPF_PROBE_H_
