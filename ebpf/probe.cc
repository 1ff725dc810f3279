#include "ebpf/probe.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <fstream>
#include <limits>
#include <utility>

#include "base/error.h"
#include "ebpf/event.h"
#include "ebpf/event_clock.h"
#include "ebpf/programs.h"
#include "ebpf/skipped_calls.h"

namespace forkdb {
namespace {

constexpr char kBtfPath[] = "/sys/kernel/btf/vmlinux";
constexpr char kLockdownPath[] = "/sys/kernel/security/lockdown";

// An event and its header in the ring buffer, rounded up to 8 bytes.
constexpr size_t kEventBytes = (sizeof(fork_event) + 8 + 7) / 8 * 8;

struct RingBufferDeleter {
  void operator()(ring_buffer* buffer) const { ring_buffer__free(buffer); }
};
using RingBuffer = std::unique_ptr<ring_buffer, RingBufferDeleter>;

Error ProbeError(int error_number) {
  std::string reason = ErrnoText(error_number);
  std::string lockdown;
  std::getline(std::ifstream(kLockdownPath), lockdown);
  if (access(kBtfPath, R_OK) != 0) {
    reason =
        "the kernel has no BTF (CONFIG_DEBUG_INFO_BTF): use a distribution's "
        "kernel, or one with fork_info built in";
  } else if (lockdown.find("[confidentiality]") != std::string::npos) {
    reason =
        "kernel lockdown is at confidentiality: boot with lockdown=integrity, "
        "or use a kernel with fork_info built in";
  } else if (error_number == EPERM || error_number == EACCES) {
    reason += ": run as root, or with CAP_BPF and CAP_PERFMON";
  }
  return Error("cannot attach eBPF: " + reason);
}

Record ToRecord(const fork_event& event, const EventClock& clock) {
  Record record;
  record.seq = static_cast<int64_t>(event.seq);
  record.time_ns = clock.RealtimeOf(static_cast<int64_t>(event.time_ns));
  record.flags = event.flags;
  record.exit_signal = event.exit_signal;
  record.uid = event.uid;
  record.pid = event.pid;
  record.tgid = event.tgid;
  record.ppid = event.ppid;
  record.start_ns = static_cast<int64_t>(event.start_ns);
  record.pid_ns = event.pid_ns;
  record.user_ns = event.user_ns;
  record.ret = event.ret;
  record.child_pid = event.child_pid;
  record.child_start_ns = static_cast<int64_t>(event.child_start_ns);
  record.child_pid_ns = event.child_pid_ns;
  record.child_ns_pid = event.child_ns_pid;
  record.child_user_ns = event.child_user_ns;
  record.comm.assign(event.comm, strnlen(event.comm, sizeof(event.comm)));
  return record;
}

// Context of the ring buffer's callback.
struct Reading {
  std::vector<Record>* records = nullptr;
  EventClock clock;
  size_t left = 0;  // how many more records to read
};

int OnEvent(void* context, void* data, size_t size) {
  auto* reading = static_cast<Reading*>(context);
  fork_event event;
  if (size < sizeof(event)) return 0;
  std::memcpy(&event, data, sizeof(event));
  reading->records->push_back(ToRecord(event, reading->clock));
  // A negative value makes libbpf stop after this event.
  return --reading->left == 0 ? -ECANCELED : 0;
}

// The kernel requires a power of two of at least a page.
size_t BufferSize(size_t wanted_bytes) {
  auto bytes = static_cast<size_t>(sysconf(_SC_PAGESIZE));
  while (bytes < wanted_bytes) bytes *= 2;
  return bytes;
}

// How often the kernel skipped the program.
int64_t Misses(const bpf_program* program) {
  bpf_prog_info info{};
  uint32_t size = sizeof(info);
  if (bpf_obj_get_info_by_fd(bpf_program__fd(program), &info, &size) != 0) {
    return 0;
  }
  return static_cast<int64_t>(info.recursion_misses);
}

int64_t Load(const unsigned long long& counter) {
  return static_cast<int64_t>(__atomic_load_n(&counter, __ATOMIC_ACQUIRE));
}

int OnToken(void*, void*, size_t) { return 0; }

int Silent(libbpf_print_level, const char*, va_list) { return 0; }

// How long the backup stays attached without recording anything.
constexpr std::chrono::minutes kBackupIdle(1);

using Clock = std::chrono::steady_clock;

}  // namespace

struct Probe::State {
  void AttachBackup();
  // Detaches the backup if it was idle. Returns true if it stays attached.
  bool KeepBackup();

  Attached attached;
  HookSet set = HookSet::kSuccesses;
  std::string hook;
  size_t buffer_bytes = 0;
  Reading reading;
  RingBuffer records;
  RingBuffer urgent;
  SkippedCalls skipped;

  int64_t misses = 0;  // sum over the copies
  // sys_exit beside fexit.
  Link backup;
  bool backup_refused = false;
  int64_t caught = 0;           // records from the backup
  Clock::time_point caught_at;  // when caught last changed
};

void Probe::State::AttachBackup() {
  if (backup_refused) return;
  backup = forkdb::AttachBackup(set, *attached.skeleton);
  backup_refused = backup == nullptr;
  caught_at = Clock::now();
}

bool Probe::State::KeepBackup() {
  if (backup == nullptr) return false;
  const int64_t caught_now = Load(attached.skeleton->bss->caught);
  if (caught_now != caught) caught_at = Clock::now();
  caught = caught_now;
  if (Clock::now() - caught_at < kBackupIdle) return true;
  backup.reset();
  return false;
}

Probe::Probe(size_t buffer_bytes, bool failures)
    : state_(std::make_unique<State>()) {
  libbpf_set_print(Silent);
  State& state = *state_;
  state.buffer_bytes = BufferSize(buffer_bytes);
  for (const HookSet set : SetsToTry(failures)) {
    state.attached = LoadAndAttach(state.buffer_bytes, set);
    if (state.attached.skeleton == nullptr) continue;
    state.set = set;
    state.hook = NameOf(set);
    break;
  }
  if (state.attached.skeleton == nullptr) throw ProbeError(errno);
  state.records.reset(
      ring_buffer__new(ready_fd(), OnEvent, &state.reading, nullptr));
  state.urgent.reset(ring_buffer__new(urgent_fd(), OnToken, nullptr, nullptr));
  if (state.records == nullptr || state.urgent == nullptr) {
    throw ProbeError(errno);
  }
}

Probe::~Probe() = default;

bool Probe::Read(size_t most, std::vector<Record>* records) {
  State& state = *state_;
  state.reading = {records,
                   KernelHasTai() ? EventClock::Tai() : EventClock::Boottime(),
                   most};
  // Before the records, so that a later token is for later records.
  ring_buffer__consume(state.urgent.get());
  const bool left_some =
      ring_buffer__consume(state.records.get()) == -ECANCELED;
  __atomic_store_n(&state.attached.skeleton->bss->urgent_sent, 0,
                   __ATOMIC_RELAXED);
  return left_some;
}

int64_t Probe::issued() const {
  return Load(state_->attached.skeleton->bss->issued);
}

int64_t Probe::skipped() {
  State& state = *state_;
  const fork_info_bpf& skeleton = *state.attached.skeleton;
  const std::vector<const bpf_program*> programs =
      ReturnProgramsOf(state.set, skeleton);
  if (programs.empty()) {
    // An upper bound: sys_exit may have skipped any system call.
    return Misses(skeleton.progs.on_success) +
           (state.set == HookSet::kSysExit ? Misses(skeleton.progs.on_sys_exit)
                                           : 0);
  }
  // The backup may still record a call that all copies have skipped.
  if (state.KeepBackup()) return state.skipped.count();
  // The copy that runs last has the smallest count: calls that all copies have
  // seen or skipped. Which copy runs last depends on the kernel.
  int64_t seen = std::numeric_limits<int64_t>::max();
  int64_t misses = 0;
  for (size_t copy = 0; copy < programs.size(); ++copy) {
    const int64_t of_copy = Misses(programs[copy]);
    seen = std::min(seen, Load(skeleton.bss->returned[copy]) + of_copy);
    misses += of_copy;
  }
  const int64_t before = state.skipped.count();
  // Read issued() after `seen`: see SkippedCalls.
  const int64_t skipped = state.skipped.Update(seen, issued());
  const int64_t new_misses = misses - std::exchange(state.misses, misses);
  if (skipped > before || new_misses >= kManyMisses) state.AttachBackup();
  // Wake the reader again only if it could attach the backup then.
  if (state.backup == nullptr && !state.backup_refused) {
    __atomic_store_n(&skeleton.bss->passed_on, 0, __ATOMIC_RELAXED);
  }
  return skipped;
}

int Probe::ready_fd() const {
  return bpf_map__fd(state_->attached.skeleton->maps.records);
}

int Probe::urgent_fd() const {
  return bpf_map__fd(state_->attached.skeleton->maps.urgent);
}

void Probe::Detach() {
  state_->attached.links.clear();
  state_->backup.reset();
  state_->backup_refused = true;
}

const std::string& Probe::hook() const { return state_->hook; }

int64_t Probe::capacity() const {
  return static_cast<int64_t>(state_->buffer_bytes / kEventBytes);
}

}  // namespace forkdb
