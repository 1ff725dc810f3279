// What a recorder no longer needs once everything is open.

#ifndef FORKDB_RECORDER_SOURCE_PRIVILEGES_H_
#define FORKDB_RECORDER_SOURCE_PRIVILEGES_H_

#include <string>

namespace forkdb {

// Gives up all capabilities, and the way to new ones, for good. Throws Error.
void DropPrivileges();

// Makes the process a member of the group, so that it may give its files to it
// later, too. Where it may not, it goes on without. Throws nothing.
void JoinGroup(const std::string& group);

}  // namespace forkdb

#endif  // FORKDB_RECORDER_SOURCE_PRIVILEGES_H_
