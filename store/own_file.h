// Opens files that forkdb changes.

#ifndef FORKDB_STORE_OWN_FILE_H_
#define FORKDB_STORE_OWN_FILE_H_

#include <sys/stat.h>
#include <sys/types.h>

#include <optional>
#include <string>

#include "base/descriptor.h"

namespace forkdb {

// Which file something is, whatever its name.
struct FileId {
  dev_t device = 0;
  ino_t inode = 0;

  static FileId Of(const struct stat& status) {
    return {status.st_dev, status.st_ino};
  }
  bool operator==(const FileId& other) const {
    return device == other.device && inode == other.inode;
  }
};

// Returns the status of the file at the path, or nothing if there is none. Does
// not follow a link. Throws DatabaseTrouble if the file cannot be asked: a
// failing stat(2) does not mean that there is no file.
std::optional<struct stat> StatFile(const std::string& path);

// The same for its identity.
std::optional<FileId> FindFile(const std::string& path);

// Returns the path with all symbolic links resolved, even those to a file that
// does not exist yet. Throws DatabaseTrouble if a link cannot be read.
std::string ResolveLinks(const std::string& path);

// Opens an existing file that forkdb is about to change. Does not follow a link
// in the last part of the path, and does not block on a FIFO. Returns an empty
// descriptor if there is no file. Throws DatabaseTrouble, with the file
// unchanged, if it is not safe to change (WhyUnsafeFile() in safety.h) or
// cannot be opened.
//
// flags are those of open(2). Closing the descriptor drops the POSIX locks that
// this process holds on the file, SQLite's included, unless flags has O_PATH.
Descriptor OpenOwnFile(const std::string& path, int flags);

// Creates a file. Returns an empty descriptor if a file exists. Throws
// DatabaseTrouble.
Descriptor CreateOwnFile(const std::string& path, mode_t mode);

// Changes the group of a file that OpenOwnFile() accepts. Does nothing if there
// is no file. Throws DatabaseTrouble.
void GiveToGroup(const std::string& path, gid_t group);

// Renames a file that OpenOwnFile() accepts. Throws DatabaseTrouble, also if
// there is a file at to. Does nothing if there is no file at from.
void RenameOwnFile(const std::string& from, const std::string& to);

// Removes the file if it is the one with this identity. Throws DatabaseTrouble.
void RemoveOwnFile(const std::string& path, const std::optional<FileId>& id);

// Whether the descriptor's file is at the path. Does not follow a link. Throws
// DatabaseTrouble as FindFile() does.
bool IsFileAt(const Descriptor& file, const std::string& path);

}  // namespace forkdb

#endif  // FORKDB_STORE_OWN_FILE_H_
