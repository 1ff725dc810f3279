// Runs a query command with Ctrl-C, a timeout and a memory limit.

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
  std::vector<int> signals = {SIGINT};  // each requests a stop
  bool shows_progress = true;
  bool limits_memory = true;  // MemoryLimit
  // Removes incomplete output. Called on another thread, before Supervise()
  // ends the process. May be empty.
  std::function<void()> discard;
};

// Calls run, which opens databases, queries them and writes the answer to the
// output. A signal or the timeout requests a stop. The timeout is paused while
// a pager runs. Printed output stays. After one second, a line on a stderr that
// is a terminal shows stop.progress(), until the answer appears on the same
// terminal.
//
// Ends the process with exit code 130 at a second signal, or a few seconds
// after the first one if nothing has been printed. Ends it with exit code 1 a
// few seconds after the timeout. Never ends it while a pager runs.
//
// Throws Interrupted, Error after a timeout, and what run throws. Ignored
// signals stay ignored. Must not be nested, nor called with other threads
// running.
void Supervise(const Supervision& supervision, Output* output,
               const std::function<void(const Stop& stop)>& run);

}  // namespace forkdb

#endif  // FORKDB_STORE_SUPERVISE_H_
