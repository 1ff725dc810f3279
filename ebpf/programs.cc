#include "ebpf/programs.h"

#include <sys/utsname.h>

#include <cstdint>
#include <cstdio>
#include <utility>

namespace forkdb {
namespace {

// A program, and the function that it probes if its section does not name it.
struct ProgramUse {
  bpf_program* program;
  const char* function = nullptr;
};

// In the order of attaching. The programs on return come last, so that they see
// no call that the others have missed.
std::vector<ProgramUse> ProgramsOf(HookSet set, const fork_info_bpf& skeleton) {
  const auto& progs = skeleton.progs;
  switch (set) {
    case HookSet::kProbes:
      return {{progs.probe_wake, "wake_up_new_task"},
              {progs.probe_call, "kernel_clone"},
              {progs.probe_return, "kernel_clone"}};
    case HookSet::kFexit:
      return {{progs.on_success},  {progs.on_call_0},   {progs.on_call_1},
              {progs.on_return_0}, {progs.on_return_1}, {progs.on_return_2},
              {progs.on_return_3}};
    case HookSet::kSysExit:
      return {{progs.on_success}, {progs.on_sys_exit}};
    case HookSet::kSuccesses:
      break;
  }
  return {{progs.on_success}};
}

Link AttachProgram(const ProgramUse& use, bool at_return) {
  if (use.function == nullptr) return Link(bpf_program__attach(use.program));
  // By name, because only root can read addresses in /proc/kallsyms.
  bpf_kprobe_multi_opts options{};
  options.sz = sizeof(options);
  options.syms = const_cast<const char**>(&use.function);
  options.cnt = 1;
  options.retprobe = at_return;
  return Link(
      bpf_program__attach_kprobe_multi_opts(use.program, nullptr, &options));
}

bool KernelIsAtLeast(int major, int minor) {
  utsname names{};
  int has_major = 0;
  int has_minor = 0;
  if (uname(&names) != 0) return false;
  if (std::sscanf(names.release, "%d.%d", &has_major, &has_minor) != 2) {
    return false;
  }
  return std::pair(has_major, has_minor) >= std::pair(major, minor);
}

}  // namespace

const char* NameOf(HookSet set) {
  switch (set) {
    case HookSet::kProbes:
      return "wake_up_new_task+kernel_clone";
    case HookSet::kFexit:
      return "task_newtask+kernel_clone";
    case HookSet::kSysExit:
      return "task_newtask+sys_exit";
    case HookSet::kSuccesses:
      break;
  }
  return "task_newtask";
}

Link AttachBackup(HookSet set, const fork_info_bpf& skeleton) {
  if (set != HookSet::kFexit || KernelIsAtLeast(7, 0)) return nullptr;
  return Link(bpf_program__attach(skeleton.progs.on_sys_exit));
}

bool KernelHasTai() { return KernelIsAtLeast(6, 1); }

// Function probes follow any number of calls only since 6.14 (fork_info.bpf.c).
std::vector<HookSet> SetsToTry(bool failures) {
  if (!failures) return {HookSet::kSuccesses};
  if (!KernelIsAtLeast(6, 14)) return {HookSet::kFexit, HookSet::kSysExit};
  return {HookSet::kProbes, HookSet::kFexit, HookSet::kSysExit};
}

std::vector<const bpf_program*> ReturnProgramsOf(
    HookSet set, const fork_info_bpf& skeleton) {
  const auto& progs = skeleton.progs;
  if (set == HookSet::kProbes) return {progs.probe_return};
  if (set != HookSet::kFexit) return {};
  return {progs.on_return_0, progs.on_return_1, progs.on_return_2,
          progs.on_return_3};
}

Attached LoadAndAttach(size_t buffer_bytes, HookSet set) {
  Skeleton skeleton(fork_info_bpf__open());
  if (skeleton == nullptr) return {};
  bpf_program* program = nullptr;
  bpf_object__for_each_program(program, skeleton->obj) {
    bpf_program__set_autoload(program, false);
  }
  const std::vector<ProgramUse> uses = ProgramsOf(set, *skeleton);
  for (const ProgramUse& use : uses) {
    bpf_program__set_autoload(use.program, true);
  }
  if (set == HookSet::kFexit) {  // for AttachBackup()
    bpf_program__set_autoload(skeleton->progs.on_sys_exit, true);
  }
  bpf_map__set_max_entries(skeleton->maps.records,
                           static_cast<uint32_t>(buffer_bytes));
  skeleton->rodata->urgent_bytes = buffer_bytes / 2;
  skeleton->rodata->has_tai = KernelHasTai();
  if (fork_info_bpf__load(skeleton.get()) != 0) return {};
  std::vector<Link> links;
  for (const ProgramUse& use : uses) {
    links.push_back(
        AttachProgram(use, use.program == skeleton->progs.probe_return));
    if (links.back() == nullptr) return {};
  }
  return {std::move(skeleton), std::move(links)};
}

}  // namespace forkdb
