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
  // Without failures, only calls that succeed are recorded.
  Probe(size_t buffer_bytes, bool failures);
  ~Probe();
  Probe(const Probe&) = delete;
  Probe& operator=(const Probe&) = delete;

  // Takes up to most records out of the buffer, roughly in the order of the
  // numbers, and appends them. Returns whether it left some there.
  bool Read(size_t most, std::vector<Record>* records);

  // The highest number given out. A number that is not in the buffer some time
  // after it has been given out never will be.
  int64_t issued() const;

  // How many calls took no number, for a preempted program kept another from
  // running (see SkippedCalls). Once there are more, or programs are skipped
  // so often that there soon will be, attaches sys_exit beside fexit, and
  // detaches it when it has recorded nothing for a minute; what was skipped
  // before it was there is counted then. With sys_exit alone that counts system
  // calls of any kind, so it may be too high. Needs no capability from
  // Linux 5.19 on; before, 0.
  int64_t skipped();

  // Readable when the buffer holds something; and when the reader should not
  // wait: it is half full, or skipped() should attach sys_exit.
  int ready_fd() const;
  int urgent_fd() const;

  // Stops the recording; what is in the buffer stays there to be read.
  void Detach();

  // What sees the calls: successes, then failures.
  // "wake_up_new_task+kernel_clone" by function probes,
  // "task_newtask+kernel_clone" by tracepoint and fexit,
  // "task_newtask+sys_exit" where the kernel has neither, "task_newtask"
  // without failures.
  const std::string& hook() const;

  // How many records fit into the buffer.
  int64_t capacity() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace forkdb

#endif  // FORKDB_EBPF_PROBE_H_
