// Lines that are not rows, such as those of a tree.

#ifndef FORKDB_TERMINAL_LINE_H_
#define FORKDB_TERMINAL_LINE_H_

#include <string>
#include <vector>

#include "terminal/output.h"

namespace forkdb {

// Unescaped text from a process or a database.
struct Piece {
  std::string text;
  Style style = Style::kPlain;
};

// Writes the pieces as one line, escaped (EscapeForDisplay()). A line wider
// than the screen is cut and ends in "…". Throws as Write() does.
void WriteLine(const Output& output, const std::vector<Piece>& pieces);

// Writes one piece as a line, escaped and never cut.
void WriteWhole(const Output& output, const Piece& piece);

}  // namespace forkdb

#endif  // FORKDB_TERMINAL_LINE_H_
