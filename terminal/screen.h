// How an answer looks on this terminal, if stdout is one.

#ifndef FORKDB_TERMINAL_SCREEN_H_
#define FORKDB_TERMINAL_SCREEN_H_

#include "terminal/output.h"

namespace forkdb {

enum class When { kAuto, kAlways, kNever };

// What the user wants of the output.
struct OutputOptions {
  Format format = Format::kTable;
  When color = When::kAuto;
  bool wide = false;   // tables are not cut
  bool pages = false;  // through a pager
};

// stdout, as the options and the environment have it. Only a terminal has a
// width ($COLUMNS, if set, else the terminal's) and, unless TERM is dumb, a
// pager and, unless NO_COLOR is set, colors; color kAlways overrules all that.
Output Screen(const OutputOptions& options);

}  // namespace forkdb

#endif  // FORKDB_TERMINAL_SCREEN_H_
