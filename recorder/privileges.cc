#include "recorder/privileges.h"

#include <sys/capability.h>
#include <sys/prctl.h>

#include <cerrno>

#include "store/error.h"

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

}  // namespace forkdb
