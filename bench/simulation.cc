#include "bench/simulation.h"

#include <linux/sched.h>

#include <cerrno>
#include <csignal>

namespace forkdb {
namespace {

constexpr size_t kCommands = 2000;
constexpr size_t kUsers = 50;
constexpr int64_t kKernelThreads = 120;
constexpr size_t kDaemons = 40;
constexpr size_t kJobs = 16;
constexpr size_t kProcessesPerJob = 16;
constexpr size_t kSpaces = 256;

// Indices into daemons_, and into comms_ after the commands.
constexpr size_t kSwapper = 0, kInit = 1, kKthreadd = 2;
// comms_ begins with bash, make, sh, cc, cc1, as, collect2. A build runs the
// first four level by level, then one of the last three.
constexpr uint16_t kCc1 = 4, kCompilerParts = 3;
constexpr int kDeepest = 12;

constexpr int32_t kReservedPids = 300;  // not reused after pids wrap
constexpr uint32_t kFirstPidNs = 4026531836;
constexpr uint32_t kFirstUserNs = 4026531837;
constexpr uint32_t kNextNs = 4026532200;

constexpr int64_t kUs = 1000, kMs = 1000 * kUs, kSecond = 1000 * kMs;
constexpr int64_t kHour = 3600 * kSecond;
constexpr int64_t kPerCent = 100;
constexpr int64_t kBootNs = 1'790'000'000 * kSecond;

constexpr uint64_t kForkFlags = CLONE_CHILD_SETTID | CLONE_CHILD_CLEARTID;
constexpr uint64_t kVforkFlags = CLONE_VM | CLONE_VFORK;
constexpr uint64_t kThreadFlags =
    CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD |
    CLONE_SYSVSEM | CLONE_SETTLS | CLONE_PARENT_SETTID | CLONE_CHILD_CLEARTID;
constexpr uint64_t kContainerFlags =
    CLONE_NEWNS | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWPID | CLONE_NEWNET;
constexpr uint64_t kKernelFlags = CLONE_VM | CLONE_UNTRACED;

// The most active user first: root, then people, then services.
uint32_t UidOfRank(size_t rank) {
  if (rank == 0) return 0;
  return static_cast<uint32_t>(rank < 40 ? 999 + rank : 60 + rank);
}

}  // namespace

Simulation::Simulation(const SimulationOptions& options)
    : pid_max_(options.pid_max),
      random_(options.seed),
      comm_ranks_(kCommands),
      user_ranks_(kUsers),
      comms_(CommandNames(kCommands)),
      used_pids_(static_cast<size_t>(options.pid_max)),
      jobs_(kJobs),
      time_ns_(kBootNs) {
  spaces_.push_back({kFirstPidNs, kFirstUserNs, 0});
  Process swapper;
  swapper.comm = static_cast<uint16_t>(comms_.size());
  daemons_.push_back(swapper);
  comms_.insert(comms_.end(), {"swapper/0", "systemd", "kthreadd"});
}

uint64_t Simulation::Below(uint64_t limit) {
  return (random_() >> 32) * limit >> 32;
}

void Simulation::Next(Record* record) {
  ++seq_;
  AdvanceTime();
  if (daemons_.size() < kDaemons) {
    Boot(record);
  } else {
    Live(record);
  }
}

void Simulation::Boot(Record* record) {
  if (daemons_.size() <= kKthreadd) {
    Call(daemons_[kSwapper], kKernelFlags, 0, record);
    Process child = Succeed(daemons_[kSwapper], record);
    child.comm = static_cast<uint16_t>(kCommands + daemons_.size());
    daemons_.push_back(child);
    return;
  }
  if (seq_ <= kKernelThreads) {
    Call(daemons_[kKthreadd], kKernelFlags, 0, record);
    Succeed(daemons_[kKthreadd], record);
    return;
  }
  Call(daemons_[kInit], kForkFlags, SIGCHLD, record);
  Process child = Succeed(daemons_[kInit], record);
  child.comm = static_cast<uint16_t>(comm_ranks_.Rank(random_()));
  daemons_.push_back(child);
}

void Simulation::Live(Record* record) {
  if (failures_left_ == 0 && OneIn(100)) {
    Call(daemons_[kKthreadd], kKernelFlags, 0, record);
    Succeed(daemons_[kKthreadd], record);
    return;
  }
  if (failures_left_ == 0 && OneIn(5)) job_ = Below(jobs_.size());
  Job* const job = &jobs_[job_];
  if (job->processes.empty()) {
    StartJob(record, job);
    return;
  }
  const Kind kind = PickKind();
  Process* const caller = PickCaller(kind, job);
  Call(*caller, PickFlags(kind), kind == Kind::kThread ? 0 : SIGCHLD, record);
  // Of 10,000 calls, 26 begin a burst of 8 on average: 2 % fail.
  if (failures_left_ == 0 && Below(10'000) < 26) failures_left_ = 1 + Below(15);
  if (failures_left_ > 0) {
    --failures_left_;
    Fail(record);
    return;
  }
  Process child = Succeed(*caller, record);
  if (kind == Kind::kThread) {
    if (OneIn(4)) caller->thread = child.pid;
  } else {
    ++child.level;
    child.comm = PickComm(*job, child);
    job->processes.push_back(child);
  }
  if (--job->calls_left == 0) {
    EndJob(job);
  } else if (job->processes.size() > kProcessesPerJob) {
    EndOneProcess(job);
  }
}

void Simulation::StartJob(Record* record, Job* job) {
  constexpr size_t kOthers = kKthreadd + 1;
  const Process& daemon = daemons_[kOthers + Below(kDaemons - kOthers)];
  Call(daemon, kForkFlags, SIGCHLD, record);
  Process child = Succeed(daemon, record);
  child.uid = UidOfRank(user_ranks_.Rank(random_()));
  job->is_build = OneIn(4);
  child.comm = PickComm(*job, child);
  job->processes.push_back(child);
  // Many are short, a few are very long.
  uint64_t scale = 4;
  while (scale < 65'536 && OneIn(2)) scale *= 2;
  job->calls_left = static_cast<int64_t>(4 + Below(scale));
}

void Simulation::Fail(Record* record) {
  // What limits say; the others are rare.
  const uint64_t which = Below(20);
  record->ret = which == 0 ? -ENOMEM : which == 1 ? -EINVAL : -EAGAIN;
  record->child_pid = 0;
  record->child_start_ns = 0;
  record->child_pid_ns = 0;
  record->child_ns_pid = 0;
  record->child_user_ns = 0;
}

void Simulation::EndJob(Job* job) {
  for (const Process& process : job->processes) {
    used_pids_[static_cast<size_t>(process.pid)] = false;
  }
  job->processes.clear();
}

// Neither the first nor the youngest few: they have more to do.
void Simulation::EndOneProcess(Job* job) {
  const auto ended = job->processes.begin() + 1 +
                     static_cast<int64_t>(Below(kProcessesPerJob - 4));
  used_pids_[static_cast<size_t>(ended->pid)] = false;
  job->processes.erase(ended);
}

Simulation::Kind Simulation::PickKind() {
  const uint64_t which = Below(1000);
  if (which < 308) return Kind::kThread;  // 30 % of all that there is
  if (which < 309) return Kind::kNamespace;
  if (which < 700) return Kind::kFork;
  if (which < 980) return Kind::kVfork;
  return Kind::kClone;
}

uint64_t Simulation::PickFlags(Kind kind) {
  switch (kind) {
    case Kind::kThread:
      return kThreadFlags;
    case Kind::kNamespace:
      return kContainerFlags | (OneIn(2) ? CLONE_NEWUSER : 0);
    case Kind::kVfork:
      return kVforkFlags;
    case Kind::kClone:
      return CLONE_PIDFD;
    case Kind::kFork:
      break;
  }
  return kForkFlags;
}

// Prefers the youngest processes. Processes on the last level only create
// threads.
Simulation::Process* Simulation::PickCaller(Kind kind, Job* job) {
  const int leaf_level = job->is_build ? kCc1 : kDeepest;
  size_t i = job->processes.size() - 1;
  while (i > 0 && OneIn(2)) --i;
  while (i > 0 && kind != Kind::kThread &&
         job->processes[i].level >= leaf_level) {
    --i;
  }
  return &job->processes[i];
}

uint16_t Simulation::PickComm(const Job& job, const Process& child) {
  // A subshell or a server's worker keeps the caller's name.
  if (OneIn(6)) return child.comm;
  if (!job.is_build) return static_cast<uint16_t>(comm_ranks_.Rank(random_()));
  if (child.level < kCc1) return child.level;
  return static_cast<uint16_t>(kCc1 + Below(kCompilerParts));
}

void Simulation::AdvanceTime() {
  // The mean gap by the hour, in per cent. The mean rate of a day is 1.
  constexpr int64_t kNight = 400, kEvening = 100, kDay = 57;
  const int64_t hour = (time_ns_ - kBootNs) / kHour % 24;
  const int64_t gap = hour < 8 ? kNight : hour < 16 ? kDay : kEvening;
  // Calls come in clusters; 86.4 ms on average make a million a day.
  const bool is_pause = OneIn(10);
  const uint64_t mean_ns = (is_pause ? 846 : 2) * kMs;
  time_ns_ +=
      100 * kUs + static_cast<int64_t>(Below(2 * mean_ns)) * gap / kPerCent;
}

int32_t Simulation::NextPid() {
  do {
    ++last_pid_;
    if (last_pid_ >= pid_max_) last_pid_ = kReservedPids;
  } while (used_pids_[static_cast<size_t>(last_pid_)]);
  return last_pid_;
}

// Reuses inode numbers, as the kernel does.
uint16_t Simulation::NewSpace(uint16_t parent, uint64_t flags) {
  const size_t number = 1 + spaces_made_++ % (kSpaces - 1);
  if (number == spaces_.size()) spaces_.emplace_back();
  const auto first_inode = static_cast<uint32_t>(kNextNs + 2 * number);
  const bool has_user_ns = (flags & CLONE_NEWUSER) != 0;
  spaces_[number] = {
      first_inode, has_user_ns ? first_inode + 1 : spaces_[parent].user_ns, 0};
  return static_cast<uint16_t>(number);
}

void Simulation::Call(const Process& caller, uint64_t flags,
                      int32_t exit_signal, Record* record) {
  record->seq = seq_;
  record->time_ns = time_ns_;
  record->flags = flags;
  record->exit_signal = exit_signal;
  record->uid = caller.uid;
  record->pid = caller.thread;
  record->tgid = caller.pid;
  record->ppid = caller.ppid;
  record->start_ns = caller.start_ns;
  record->pid_ns = spaces_[caller.space].pid_ns;
  record->user_ns = spaces_[caller.space].user_ns;
  record->comm = comms_[caller.comm];
}

Simulation::Process Simulation::Succeed(const Process& caller, Record* record) {
  Process child = caller;
  child.pid = child.thread = NextPid();
  child.ppid = caller.pid;
  child.start_ns =
      time_ns_ - kBootNs + static_cast<int64_t>(Below(50) + 20) * kUs;
  const bool is_thread = (record->flags & CLONE_THREAD) != 0;
  if (!is_thread) used_pids_[static_cast<size_t>(child.pid)] = true;
  // In the initial namespace, both pids are the same.
  record->ret =
      caller.space == 0 ? child.pid : ++spaces_[caller.space].last_pid;
  if ((record->flags & CLONE_NEWPID) != 0) {
    child.space = NewSpace(caller.space, record->flags);
    record->child_ns_pid = ++spaces_[child.space].last_pid;
  } else {
    record->child_ns_pid = record->ret;
  }
  record->child_pid = child.pid;
  record->child_start_ns = child.start_ns;
  record->child_pid_ns = spaces_[child.space].pid_ns;
  record->child_user_ns = spaces_[child.space].user_ns;
  return child;
}

}  // namespace forkdb
