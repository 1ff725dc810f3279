// Made-up history of one machine, for benchmarks: what a kernel would have
// recorded of daemons, shells, builds and containers.

#ifndef FORKDB_BENCH_SIMULATION_H_
#define FORKDB_BENCH_SIMULATION_H_

#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include "bench/zipf.h"
#include "store/record.h"

namespace forkdb {

struct SimulationOptions {
  uint64_t seed = 1;
  int32_t pid_max = 4'194'304;  // as /proc/sys/kernel/pid_max; at least 2048
};

// Yields records one by one, from boot on, as /proc/fork_info would: pids go
// round below pid_max and pass over those in use, start times agree between a
// child and the caller that it becomes. Of the calls, 30 % make threads, 0.1 %
// namespaces, and 2 % fail, in bursts; commands (2000) and users (50) are Zipf
// distributed; a day has a million of them, fewer by night.
//
// The same options give the same records, on every machine: no floating point
// that depends on one. Not thread-safe.
class Simulation {
 public:
  explicit Simulation(const SimulationOptions& options);

  // Overwrites all of *record with the next one.
  void Next(Record* record);

 private:
  struct Process {
    int32_t pid = 0;
    int32_t ppid = 0;
    int32_t thread = 0;  // the one that calls
    uint32_t uid = 0;
    int64_t start_ns = 0;
    uint16_t comm = 0;   // an index of comms_
    uint16_t space = 0;  // an index of spaces_
    uint16_t level = 0;  // generations below its job's first process
  };
  // PID and user namespace.
  struct Space {
    uint32_t pid_ns = 0;
    uint32_t user_ns = 0;
    int32_t last_pid = 0;
  };
  // A tree of processes that grows for a while and then goes.
  struct Job {
    std::vector<Process> processes;  // those that live, oldest first
    int64_t calls_left = 0;
    bool is_build = false;  // make, sh, cc, cc1; else anything
  };
  enum class Kind { kThread, kNamespace, kFork, kVfork, kClone };

  // Random numbers: evenly from 0 to limit - 1, and one in so many.
  uint64_t Below(uint64_t limit);
  bool OneIn(uint64_t count) { return Below(count) == 0; }

  void Boot(Record* record);
  void Live(Record* record);
  void StartJob(Record* record, Job* job);
  void Fail(Record* record);
  void EndJob(Job* job);
  void EndOneProcess(Job* job);

  Kind PickKind();
  uint64_t PickFlags(Kind kind);
  Process* PickCaller(Kind kind, Job* job);
  uint16_t PickComm(const Job& job, const Process& child);
  void AdvanceTime();
  int32_t NextPid();
  uint16_t NewSpace(uint16_t parent, uint64_t flags);

  // Begins the record of a call.
  void Call(const Process& caller, uint64_t flags, int32_t exit_signal,
            Record* record);
  // Goes on with it if it succeeds; returns the child, as a copy of its caller
  // with numbers of its own.
  Process Succeed(const Process& caller, Record* record);

  int32_t pid_max_;
  std::mt19937_64 random_;
  Zipf comm_ranks_;
  Zipf user_ranks_;
  std::vector<std::string> comms_;
  std::vector<Space> spaces_;
  std::vector<bool> used_pids_;
  std::vector<Process> daemons_;  // swapper, init and kthreadd in front
  std::vector<Job> jobs_;
  size_t job_ = 0;  // the one that called last
  int64_t seq_ = 0;
  int64_t time_ns_;
  int32_t last_pid_ = 0;
  uint64_t spaces_made_ = 0;
  uint64_t failures_left_ = 0;  // of the burst
};

}  // namespace forkdb

#endif  // FORKDB_BENCH_SIMULATION_H_
