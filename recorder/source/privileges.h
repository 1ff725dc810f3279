// Gives up what a recorder does not need once everything is open.

#ifndef FORKDB_RECORDER_SOURCE_PRIVILEGES_H_
#define FORKDB_RECORDER_SOURCE_PRIVILEGES_H_

#include <string>

namespace forkdb {

// Gives up all capabilities for good, and sets no_new_privs. Throws Error.
void DropPrivileges();

// Makes the process a member of the group, so that it may give files to the
// group later. Does nothing if the system refuses. Never throws.
void JoinGroup(const std::string& group);

}  // namespace forkdb

#endif  // FORKDB_RECORDER_SOURCE_PRIVILEGES_H_
