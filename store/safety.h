// Whether it is safe to write to a file.

#ifndef FORKDB_STORE_SAFETY_H_
#define FORKDB_STORE_SAFETY_H_

#include <sys/stat.h>

#include <string>

namespace forkdb {

// Returns why the database at path must not be written, or "" if it is safe. A
// file is unsafe if other users can read or change it, or may have placed it to
// trick a privileged recorder. A missing file is as safe as its directory. The
// owner of the directory is trusted, so root may use the database of the user
// forkdb. Follows links made by root or this user. In a sticky directory
// (/tmp), no other user can replace a file after this check.
std::string WhyUnsafe(const std::string& path);

// The same for a file with known status, at the path of a database or of a file
// beside one. Accepts directories, because opening them fails anyway.
std::string WhyUnsafeFile(const std::string& path, const struct stat& status);

}  // namespace forkdb

#endif  // FORKDB_STORE_SAFETY_H_
