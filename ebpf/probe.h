// Records from a stock kernel, collected by BPF programs.

#ifndef FORKDB_EBPF_PROBE_H_
#define FORKDB_EBPF_PROBE_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "store/record.h"

namespace forkdb {

// Attaches the programs of fork_info.bpf.c while it lives. Every process
// creation on the machine then takes a number, from 1 on, and a place in a ring
// buffer; if the buffer is full, it takes only a number. Not thread-safe.
class Probe {
 public:
  // The buffer has at least buffer_bytes; a record takes 112 bytes. Without
  // failures, records only calls that succeed. Throws Error with the reason and
  // advice if the kernel refuses: no BTF, no permission, lockdown.
  Probe(size_t buffer_bytes, bool failures);
  ~Probe();
  Probe(const Probe&) = delete;
  Probe& operator=(const Probe&) = delete;

  // Moves at most `most` records from the buffer to the end of records, roughly
  // in the order of their numbers. Returns true if the buffer has more.
  bool Read(size_t most, std::vector<Record>* records);

  // The highest number taken. A number that does not appear in the buffer soon
  // after was lost.
  int64_t issued() const;

  // Returns how many calls took no number, because a preempted program kept
  // another from running (see SkippedCalls). If the count rises, or programs
  // are skipped so often that it soon will, attaches sys_exit beside fexit.
  // Detaches sys_exit after a minute without a record from it; calls skipped
  // before it was attached are counted then. With sys_exit alone, the count may
  // be too high, because it includes system calls of any kind. Needs no
  // capability since Linux 5.19; before, returns 0.
  int64_t skipped();

  // ready_fd() is readable if the buffer has records. urgent_fd() is readable
  // if the reader should read now: the buffer is half full, or skipped() should
  // attach sys_exit.
  int ready_fd() const;
  int urgent_fd() const;

  // Stops recording. Records in the buffer can still be read.
  void Detach();

  // The hooks for successes and for failures:
  // "wake_up_new_task+kernel_clone" with function probes,
  // "task_newtask+kernel_clone" with the tracepoint and fexit,
  // "task_newtask+sys_exit" if the kernel has neither,
  // "task_newtask" without failures.
  const std::string& hook() const;

  // How many records the buffer holds.
  int64_t capacity() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace forkdb

#endif  // FORKDB_EBPF_PROBE_H_
