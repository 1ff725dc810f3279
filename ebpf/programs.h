// The programs of fork_info.bpf.c, in the sets of which one is attached.
// Includes the generated skeleton: for the files of this directory alone.

#ifndef FORKDB_EBPF_PROGRAMS_H_
#define FORKDB_EBPF_PROGRAMS_H_

#include <bpf/libbpf.h>

#include <cstddef>
#include <memory>
#include <vector>

#include "fork_info.skel.h"

namespace forkdb {

// As fork_info.bpf.c describes them: function probes, fexit, sys_exit, and
// successes alone.
enum class HookSet { kProbes, kFexit, kSysExit, kSuccesses };

// "task_newtask+kernel_clone": what sees successes, then what sees failures.
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

// Programs that are loaded and attached.
struct Attached {
  Skeleton skeleton;
  std::vector<Link> links;
};

// Has no skeleton, and errno is set, if the kernel refuses.
Attached LoadAndAttach(size_t buffer_bytes, HookSet set);

// Attaches sys_exit to a set of fexit, to record what its programs skip. Needs
// no capability from Linux 5.19 on. Null if the kernel refuses, and where it
// would not help: from 7.0 on, its programs can be skipped themselves.
Link AttachBackup(HookSet set, const fork_info_bpf& skeleton);

// The programs that see kernel_clone() return; entry i counts in returned[i].
// Empty where the set has none.
std::vector<const bpf_program*> ReturnProgramsOf(HookSet set,
                                                 const fork_info_bpf& skeleton);

// Whether it has bpf_ktime_get_tai_ns().
bool KernelHasTai();

}  // namespace forkdb

#endif  // FORKDB_EBPF_PROGRAMS_H_
