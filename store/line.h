// Lines that are no rows: of a drawing, of a report.

#ifndef FORKDB_STORE_LINE_H_
#define FORKDB_STORE_LINE_H_

#include <string>
#include <vector>

#include "store/output.h"

namespace forkdb {

// Text that is escaped already (escape.h).
struct Piece {
  std::string text;
  Style style = Style::kPlain;
};

// Writes the pieces side by side as one line; what does not fit on the screen
// ends in "…". Throws as Write() does.
void WriteLine(const Output& output, const std::vector<Piece>& pieces);

}  // namespace forkdb

#endif  // FORKDB_STORE_LINE_H_
