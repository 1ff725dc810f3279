// What all commands that answer do before they answer.

#ifndef FORKDB_QUERY_ANSWER_H_
#define FORKDB_QUERY_ANSWER_H_

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "query/database/databases.h"
#include "query/filter/filter_options.h"
#include "terminal/output.h"

namespace forkdb {

struct Request {
  std::vector<std::string> databases;
  FilterOptions filter;
  std::optional<int64_t> timeout_ns;
};

// Under the deadline and until Ctrl-C (Supervise()): opens the databases, warns
// of logs that are missing, sets what is asked for, and calls answer with the
// time from which relative times count. discard, if any, removes what is half
// written when the answer is broken off. Throws UsageError and Error.
void Answer(
    const Request& request, Output* output, std::function<void()> discard,
    const std::function<void(Databases* databases, int64_t now_ns)>& answer);

}  // namespace forkdb

#endif  // FORKDB_QUERY_ANSWER_H_
