#include "ebpf/probe.h"

#include <bpf/libbpf.h>
#include <time.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>

#include "ebpf/event.h"
#include "fork_info.skel.h"
#include "store/error.h"

namespace forkdb {
namespace {

constexpr char kBtfPath[] = "/sys/kernel/btf/vmlinux";
constexpr char kLockdownPath[] = "/sys/kernel/security/lockdown";

// An event and its header in the ring buffer, rounded up to 8 bytes.
constexpr size_t kEventBytes = (sizeof(fork_event) + 8 + 7) / 8 * 8;

struct SkeletonDeleter {
  void operator()(fork_info_bpf* skeleton) const {
    fork_info_bpf__destroy(skeleton);
  }
};
using Skeleton = std::unique_ptr<fork_info_bpf, SkeletonDeleter>;

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

// Loads and attaches with one of the two programs for failures. Returns nothing
// and sets errno if the kernel refuses.
Skeleton LoadAndAttach(size_t buffer_bytes, bool fexit) {
  Skeleton skeleton(fork_info_bpf__open());
  if (skeleton == nullptr) return nullptr;
  bpf_program__set_autoload(skeleton->progs.on_kernel_clone_exit, fexit);
  bpf_program__set_autoload(skeleton->progs.on_sys_exit, !fexit);
  bpf_map__set_max_entries(skeleton->maps.records,
                           static_cast<uint32_t>(buffer_bytes));
  skeleton->rodata->urgent_bytes = buffer_bytes / 2;
  if (fork_info_bpf__load(skeleton.get()) != 0) return nullptr;
  if (fork_info_bpf__attach(skeleton.get()) != 0) return nullptr;
  return skeleton;
}

// CLOCK_REALTIME less CLOCK_BOOTTIME, in ns.
int64_t RealtimeOffset() {
  timespec realtime{};
  timespec boottime{};
  clock_gettime(CLOCK_REALTIME, &realtime);
  clock_gettime(CLOCK_BOOTTIME, &boottime);
  return (realtime.tv_sec - boottime.tv_sec) * int64_t{1'000'000'000} +
         (realtime.tv_nsec - boottime.tv_nsec);
}

Record ToRecord(const fork_event& event, int64_t realtime_offset_ns) {
  Record record;
  record.seq = static_cast<int64_t>(event.seq);
  record.time_ns = static_cast<int64_t>(event.boot_ns) + realtime_offset_ns;
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

// Where the ring buffer's callback, a C function, puts what it gets.
struct Reading {
  std::vector<Record>* records = nullptr;
  int64_t realtime_offset_ns = 0;
};

int OnEvent(void* context, void* data, size_t size) {
  auto* reading = static_cast<Reading*>(context);
  fork_event event;
  if (size < sizeof(event)) return 0;
  std::memcpy(&event, data, sizeof(event));
  reading->records->push_back(ToRecord(event, reading->realtime_offset_ns));
  return 0;
}

// What the kernel takes: a power of two, and at least a page.
size_t BufferSize(size_t wanted_bytes) {
  auto bytes = static_cast<size_t>(sysconf(_SC_PAGESIZE));
  while (bytes < wanted_bytes) bytes *= 2;
  return bytes;
}

int OnToken(void*, void*, size_t) { return 0; }

int Silent(libbpf_print_level, const char*, va_list) { return 0; }

}  // namespace

struct Probe::State {
  Skeleton skeleton;
  std::string hook;
  size_t buffer_bytes = 0;
  Reading reading;
  RingBuffer records;
  RingBuffer urgent;
};

Probe::Probe(size_t buffer_bytes) : state_(std::make_unique<State>()) {
  libbpf_set_print(Silent);
  State& state = *state_;
  state.buffer_bytes = BufferSize(buffer_bytes);
  state.hook = "task_newtask+kernel_clone";
  state.skeleton = LoadAndAttach(state.buffer_bytes, /*fexit=*/true);
  if (state.skeleton == nullptr) {
    state.hook = "task_newtask+sys_exit";
    state.skeleton = LoadAndAttach(state.buffer_bytes, /*fexit=*/false);
  }
  if (state.skeleton == nullptr) throw ProbeError(errno);
  state.records.reset(
      ring_buffer__new(ready_fd(), OnEvent, &state.reading, nullptr));
  state.urgent.reset(ring_buffer__new(urgent_fd(), OnToken, nullptr, nullptr));
  if (state.records == nullptr || state.urgent == nullptr) {
    throw ProbeError(errno);
  }
}

Probe::~Probe() = default;

void Probe::Read(std::vector<Record>* records) {
  State& state = *state_;
  state.reading = {records, RealtimeOffset()};
  // In this order: a token that comes from now on is for what comes from now
  // on.
  ring_buffer__consume(state.urgent.get());
  ring_buffer__consume(state.records.get());
  __atomic_store_n(&state.skeleton->bss->urgent_sent, 0, __ATOMIC_RELAXED);
}

int64_t Probe::issued() const {
  return static_cast<int64_t>(
      __atomic_load_n(&state_->skeleton->bss->issued, __ATOMIC_ACQUIRE));
}

int Probe::ready_fd() const {
  return bpf_map__fd(state_->skeleton->maps.records);
}

int Probe::urgent_fd() const {
  return bpf_map__fd(state_->skeleton->maps.urgent);
}

void Probe::Detach() { fork_info_bpf__detach(state_->skeleton.get()); }

const std::string& Probe::hook() const { return state_->hook; }

int64_t Probe::capacity() const {
  return static_cast<int64_t>(state_->buffer_bytes / kEventBytes);
}

}  // namespace forkdb
