// Messages on stderr.

#ifndef FORKDB_TERMINAL_TELL_H_
#define FORKDB_TERMINAL_TELL_H_

#include <string_view>

#include "base/time.h"

namespace forkdb {

// Prints "forkdb: TEXT" as one line. Escapes the text, newlines included
// (EscapeForDisplay()).
void Tell(std::string_view text);

// Prints each line of the text, escaped in the same way, without "forkdb: ".
void TellLines(std::string_view text);

// How the warnings about an answer are told.
struct Notes {
  Zone zone = Zone::kUtc;  // of the times in them
  bool quiet = false;      // not at all

  // As the function of that name, unless quiet.
  void Tell(std::string_view text) const {
    if (!quiet) forkdb::Tell(text);
  }
};

}  // namespace forkdb

#endif  // FORKDB_TERMINAL_TELL_H_
