// What a command that answers runs under: the interrupt key, a time, a bound of
// memory.

#ifndef FORKDB_STORE_SUPERVISE_H_
#define FORKDB_STORE_SUPERVISE_H_

#include <csignal>
#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include "store/stop.h"
#include "terminal/output.h"

namespace forkdb {

struct Supervision {
  std::optional<int64_t> timeout_ns;
  std::vector<int> signals = {SIGINT};  // each means: stop
  bool shows_progress = true;
  bool limits_memory = true;  // MemoryLimit
  // Removes output that is not whole, for Supervise() to call on a thread of
  // its own before it ends the process. May be empty.
  std::function<void()> discard;
};

// Calls run, which opens databases, asks them and writes the answer to the
// output. A signal requests a stop, and so does the end of the time, which does
// not count while a pager shows something. What has been printed by then
// stands. After a second a line of progress on stderr, if that is a terminal,
// says how far it is (stop.progress()), until the answer comes on the same
// terminal.
//
// Ends the process by itself, with exit code 130, at a second signal, or if run
// has not ended a few seconds after the first and nothing has been printed; and
// with exit code 1 if it has not ended a few seconds after the time was over.
// Not while a pager runs.
//
// Throws Interrupted, Error if the time was over, and what run throws. Where a
// signal is ignored, it stays so. Not to be nested; make no thread before it.
void Supervise(const Supervision& supervision, Output* output,
               const std::function<void(const Stop& stop)>& run);

}  // namespace forkdb

#endif  // FORKDB_STORE_SUPERVISE_H_
