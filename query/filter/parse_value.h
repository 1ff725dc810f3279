// Values of filters, as people write them. Each function throws UsageError,
// with the nearest that it knows, for text that is none.

#ifndef FORKDB_QUERY_FILTER_PARSE_VALUE_H_
#define FORKDB_QUERY_FILTER_PARSE_VALUE_H_

#include <cstdint>
#include <string>

#include "terminal/value.h"

namespace forkdb {

// The bits of "NEWUSER", "CLONE_NEWUSER" or "0x10000000".
uint64_t ParseFlag(const std::string& name);

// The bit of "user" or "NEWUSER", of a namespace; "any" is all of them.
uint64_t ParseNamespaceType(const std::string& name);

// A kind of call, as the view's column kind has it.
std::string ParseKind(const std::string& kind);

// An errno, as the view's column errno has it: "EAGAIN" for "eagain".
std::string ParseErrno(const std::string& name);

// A user: a name, or a number, which is a uid.
Value ParseUser(const std::string& user);

// A command name or pattern. The kernel keeps 15 bytes of a name, so a longer
// one is cut, which is said on stderr. Throws UsageError for a pattern that
// needs more than 15 bytes and cannot be cut, because a * is among them.
std::string ParseComm(const std::string& comm);

}  // namespace forkdb

#endif  // FORKDB_QUERY_FILTER_PARSE_VALUE_H_
