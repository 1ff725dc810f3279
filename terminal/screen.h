// Chooses the width, colors and pager for stdout.

#ifndef FORKDB_TERMINAL_SCREEN_H_
#define FORKDB_TERMINAL_SCREEN_H_

#include "terminal/output.h"

namespace forkdb {

enum class When { kAuto, kAlways, kNever };

// The user's output options.
struct OutputOptions {
  Format format = Format::kTable;
  When color = When::kAuto;
  bool wide = false;   // do not cut tables
  bool quiet = false;  // no warnings about the answer
  bool utc = false;    // do not cut tables
  bool pages = false;  // use a pager
};

// Returns stdout, set up by the options and the environment. Only a terminal
// has local times, and a width: $COLUMNS, else the terminal's. Only a terminal
// that is not dumb has a pager and, unless NO_COLOR is set, colors. Color
// kAlways overrides this.
Output Screen(const OutputOptions& options);

}  // namespace forkdb

#endif  // FORKDB_TERMINAL_SCREEN_H_
