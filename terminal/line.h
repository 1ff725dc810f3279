// Lines that are no rows: of a drawing, of a report.

#ifndef FORKDB_TERMINAL_LINE_H_
#define FORKDB_TERMINAL_LINE_H_

#include <string>
#include <vector>

#include "terminal/output.h"

namespace forkdb {

// Text as it is: the bytes of a process, of a database.
struct Piece {
  std::string text;
  Style style = Style::kPlain;
};

// Writes the pieces side by side as one line, with harmful bytes as octal
// escapes (EscapeForDisplay); what does not fit on the screen ends in "…".
// Throws as Write() does.
void WriteLine(const Output& output, const std::vector<Piece>& pieces);

// The same of one piece, of any length.
void WriteWhole(const Output& output, const Piece& piece);

}  // namespace forkdb

#endif  // FORKDB_TERMINAL_LINE_H_
