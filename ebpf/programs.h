// Loads and attaches one set of the programs of fork_info.bpf.c. Includes the
// generated skeleton; only for the files of this directory.

#ifndef FORKDB_EBPF_PROGRAMS_H_
#define FORKDB_EBPF_PROGRAMS_H_

#include <bpf/libbpf.h>

#include <cstddef>
#include <memory>
#include <vector>

#include "fork_info.skel.h"

namespace forkdb {

// The sets that fork_info.bpf.c describes, and one for successes only.
enum class HookSet { kProbes, kFexit, kSysExit, kSuccesses };

// The hooks for successes and failures, as in "task_newtask+kernel_clone".
const char* NameOf(HookSet set);

// The sets to try on this kernel, the best first.
std::vector<HookSet> SetsToTry(bool failures);

struct SkeletonDeleter {
  void operator()(fork_info_bpf* skeleton) const {
    fork_info_bpf__destroy(skeleton);
  }
};
using Skeleton = std::unique_ptr<fork_info_bpf, SkeletonDeleter>;

struct LinkDeleter {
  void operator()(bpf_link* link) const { bpf_link__destroy(link); }
};
using Link = std::unique_ptr<bpf_link, LinkDeleter>;

// Owns loaded and attached programs.
struct Attached {
  Skeleton skeleton;
  std::vector<Link> links;
};

// If the kernel refuses, returns no skeleton and sets errno.
Attached LoadAndAttach(size_t buffer_bytes, HookSet set);

// Attaches sys_exit beside a set of fexit, to record calls that fexit skips.
// Needs no capability since Linux 5.19. Returns nullptr if the kernel refuses,
// for other sets, and since 7.0, where sys_exit can be skipped, too.
Link AttachBackup(HookSet set, const fork_info_bpf& skeleton);

// The programs on kernel_clone()'s return; entry i counts in returned[i]. Empty
// if the set has none.
std::vector<const bpf_program*> ReturnProgramsOf(HookSet set,
                                                 const fork_info_bpf& skeleton);

// Whether the kernel has bpf_ktime_get_tai_ns().
bool KernelHasTai();

}  // namespace forkdb

#endif  // FORKDB_EBPF_PROGRAMS_H_
