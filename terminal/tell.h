// Messages on stderr.

#ifndef FORKDB_TERMINAL_TELL_H_
#define FORKDB_TERMINAL_TELL_H_

#include <string_view>

namespace forkdb {

// Prints "forkdb: TEXT" as one line. Escapes the text, newlines included
// (EscapeForDisplay()).
void Tell(std::string_view text);

// Prints each line of the text, escaped in the same way, without "forkdb: ".
void TellLines(std::string_view text);

}  // namespace forkdb

#endif  // FORKDB_TERMINAL_TELL_H_
