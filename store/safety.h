// Whether a file can be trusted with what is written into it.

#ifndef FORKDB_STORE_SAFETY_H_
#define FORKDB_STORE_SAFETY_H_

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

}  // namespace forkdb

#endif  // FORKDB_STORE_SAFETY_H_
