// Questions that take long: the user may end them, and sees that they go on.

#ifndef FORKDB_QUERY_SUPERVISE_H_
#define FORKDB_QUERY_SUPERVISE_H_

#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include "query/reader.h"
#include "store/output.h"

namespace forkdb {

// Calls ask, which asks the readers and writes the answer to the output.
// Meanwhile Ctrl-C ends what they read, and so does the time, which counts
// until a pager shows something; what ask has printed by then stands. After a
// second a line on stderr, if that is a terminal, says how long it has been,
// until the answer comes on the same terminal.
//
// Throws Interrupted, Error if the time was over, and what ask throws. Where
// SIGINT is ignored, it stays so. Not to be nested; make no thread before it.
void Supervise(const std::vector<Reader*>& readers,
               std::optional<int64_t> timeout_ns, Output* output,
               const std::function<void()>& ask);

}  // namespace forkdb

#endif  // FORKDB_QUERY_SUPERVISE_H_
