// Simulates the history of a machine for benchmarks: daemons, shells, builds
// and containers.

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
  int32_t pid_max = 4'194'304;  // as in /proc/sys/kernel; at least 2048
};

// Generates records from boot on, as /proc/fork_info would. Pids wrap at
// pid_max and skip pids in use. A child keeps its start time when it becomes a
// caller. 30 % of the calls create threads and 0.1 % namespaces; 2 % fail, in
// bursts. Commands (2000) and users (50) have Zipf distributions. A day has a
// million calls, fewer at night.
//
// The same options give the same records on every machine. Not thread-safe.
class Simulation {
 public:
  explicit Simulation(const SimulationOptions& options);

  // Overwrites *record with the next record.
  void Next(Record* record);

 private:
  struct Process {
    int32_t pid = 0;
    int32_t ppid = 0;
    int32_t thread = 0;  // the calling thread
    uint32_t uid = 0;
    int64_t start_ns = 0;
    uint16_t comm = 0;   // an index into comms_
    uint16_t space = 0;  // an index into spaces_
    uint16_t level = 0;  // generations below the job's first process
  };
  // PID and user namespace.
  struct Space {
    uint32_t pid_ns = 0;
    uint32_t user_ns = 0;
    int32_t last_pid = 0;
  };
  // A tree of processes that grows for a while and then exits.
  struct Job {
    std::vector<Process> processes;  // alive, oldest first
    int64_t calls_left = 0;
    bool is_build = false;  // runs make, sh, cc, cc1; else any command
  };
  enum class Kind { kThread, kNamespace, kFork, kVfork, kClone };

  // Random: uniform from 0 to limit - 1, and true once in count times.
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

  // Fills in the caller's fields of a record.
  void Call(const Process& caller, uint64_t flags, int32_t exit_signal,
            Record* record);
  // Fills in the child's fields. Returns the child: a copy of the caller with
  // its own numbers.
  Process Succeed(const Process& caller, Record* record);

  int32_t pid_max_;
  std::mt19937_64 random_;
  Zipf comm_ranks_;
  Zipf user_ranks_;
  std::vector<std::string> comms_;
  std::vector<Space> spaces_;
  std::vector<bool> used_pids_;
  std::vector<Process> daemons_;  // swapper, init and kthreadd first
  std::vector<Job> jobs_;
  size_t job_ = 0;  // the last job to call
  int64_t seq_ = 0;
  int64_t time_ns_;
  int32_t last_pid_ = 0;
  uint64_t spaces_made_ = 0;
  uint64_t failures_left_ = 0;  // in the current burst
};

}  // namespace forkdb

#endif  // FORKDB_BENCH_SIMULATION_H_
