// Whether a file can be trusted with what is written into it.

#ifndef FORKDB_STORE_SAFETY_H_
#define FORKDB_STORE_SAFETY_H_

#include <sys/stat.h>

#include <string>

namespace forkdb {

// Why the database at path must not be written into, for others could read or
// change it, or have put it there to lead a privileged recorder astray; empty
// if nothing speaks against it. What is not there yet is judged by its
// directory, whose owner is trusted with what is in it: root may work on the
// database of the user forkdb. Links are followed that root or this user made;
// in a directory with the sticky bit (/tmp), nobody else can change what this
// has looked at.
std::string WhyUnsafe(const std::string& path);

// The same for a file whose status is known, a directory excepted: why it must
// not be changed, though it has the path of a database or of a file beside one.
std::string WhyUnsafeFile(const std::string& path, const struct stat& status);

}  // namespace forkdb

#endif  // FORKDB_STORE_SAFETY_H_
