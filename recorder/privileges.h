// What a recorder no longer needs once everything is open.

#ifndef FORKDB_RECORDER_PRIVILEGES_H_
#define FORKDB_RECORDER_PRIVILEGES_H_

namespace forkdb {

// Gives up all capabilities, and the way to new ones, for good. Throws Error.
void DropPrivileges();

}  // namespace forkdb

#endif  // FORKDB_RECORDER_PRIVILEGES_H_
