// What the errors of kernel_clone() mean, and what usually causes them.

#ifndef FORKDB_QUERY_PRINT_EXPLAIN_H_
#define FORKDB_QUERY_PRINT_EXPLAIN_H_

#include <cstdint>
#include <string>
#include <vector>

namespace forkdb {

// Some lines for people about an error that so many calls ended with: its
// meaning, its causes, most likely first, and how to tell which it was. Each
// line ends with a newline. errno_name is as the column errno has it; of an
// error that is not known here it is the meaning alone. The causes are read off
// kernel/fork.c, pid.c and the namespaces' code of Linux 6.1 and 6.12.
std::string ExplainErrno(const std::string& errno_name, int64_t calls);

// The names that have causes.
std::vector<std::string> ExplainedErrnos();

}  // namespace forkdb

#endif  // FORKDB_QUERY_PRINT_EXPLAIN_H_
