// Explains the errors of kernel_clone() and their usual causes.

#ifndef FORKDB_QUERY_PRINT_EXPLAIN_H_
#define FORKDB_QUERY_PRINT_EXPLAIN_H_

#include <cstdint>
#include <string>
#include <vector>

namespace forkdb {

// Returns lines about an error that `calls` calls ended with: its meaning, and
// its causes, most likely first, with ways to check each. Each line ends with a
// newline. errno_name is a value of the column errno. An error without known
// causes gets only its meaning. The causes come from kernel/fork.c, pid.c and
// the namespace code of Linux 6.1 and 6.12.
std::string ExplainErrno(const std::string& errno_name, int64_t calls);

// The errors with known causes.
std::vector<std::string> ExplainedErrnos();

}  // namespace forkdb

#endif  // FORKDB_QUERY_PRINT_EXPLAIN_H_
