// What a command says beside its answer, on stderr.

#ifndef FORKDB_TERMINAL_TELL_H_
#define FORKDB_TERMINAL_TELL_H_

#include <string_view>

namespace forkdb {

// "forkdb: TEXT", on a line of its own. The text may hold anything: harmful
// bytes, a newline too, become octal escapes (EscapeForDisplay).
void Tell(std::string_view text);

// The lines of a text as they are, each escaped in the same way.
void TellLines(std::string_view text);

}  // namespace forkdb

#endif  // FORKDB_TERMINAL_TELL_H_
