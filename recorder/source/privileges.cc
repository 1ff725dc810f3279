#include "recorder/source/privileges.h"

#include <grp.h>
#include <sys/capability.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <cerrno>
#include <vector>

#include "base/error.h"

namespace forkdb {

void DropPrivileges() {
  const cap_t none = cap_init();
  const bool dropped = none != nullptr && cap_set_proc(none) == 0 &&
                       prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0;
  const int error_number = errno;
  cap_free(none);
  if (!dropped) {
    throw Error("cannot drop privileges: " + ErrnoText(error_number));
  }
}

void JoinGroup(const std::string& group) {
  const struct group* entry = getgrnam(group.c_str());
  const int count = getgroups(0, nullptr);
  if (entry == nullptr || count < 0) return;
  std::vector<gid_t> groups(static_cast<size_t>(count));
  if (getgroups(count, groups.data()) < 0) return;
  groups.push_back(entry->gr_gid);
  // Refused if this is not root. The user may be a member already.
  if (setgroups(groups.size(), groups.data()) != 0) return;
}

}  // namespace forkdb
