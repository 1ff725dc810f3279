// Opening files that forkdb changes.

#ifndef FORKDB_STORE_OWN_FILE_H_
#define FORKDB_STORE_OWN_FILE_H_

#include <sys/stat.h>
#include <sys/types.h>

#include <string>

#include "base/descriptor.h"

namespace forkdb {

// The path with all symbolic links resolved, also that of a link to a file that
// does not exist yet.
std::string ResolveLinks(const std::string& path);

// Opens an existing file that forkdb is about to change. Never follows a link
// in the last part of the path, and never waits (a FIFO). Returns no descriptor
// if there is no file. Throws DatabaseTrouble, with the file untouched, if it
// is not safe to change (WhyUnsafeFile() in safety.h) or cannot be opened.
//
// flags are those of open(2). Closing the descriptor drops the POSIX locks that
// this process holds on the file, among them SQLite's; O_PATH does not.
Descriptor OpenOwnFile(const std::string& path, int flags);

// Creates a file. Returns no descriptor if one exists already. Throws
// DatabaseTrouble.
Descriptor CreateOwnFile(const std::string& path, mode_t mode);

// Gives a file that OpenOwnFile() accepts to a group. Does nothing if there is
// no such file. Throws DatabaseTrouble.
void GiveToGroup(const std::string& path, gid_t group);

// Renames a file that OpenOwnFile() accepts; never overwrites another. Does
// nothing if there is no file at from. Throws DatabaseTrouble.
void RenameOwnFile(const std::string& from, const std::string& to);

// Whether the descriptor's file is the one at the path, a link not followed.
bool IsFileAt(const Descriptor& file, const std::string& path);

}  // namespace forkdb

#endif  // FORKDB_STORE_OWN_FILE_H_
