#include "terminal/line.h"

#include <cstddef>

#include "base/escape.h"
#include "terminal/display.h"

namespace forkdb {

void WriteLine(const Output& output, const std::vector<Piece>& pieces) {
  std::vector<Piece> escaped;
  size_t total = 0;
  for (const Piece& piece : pieces) {
    escaped.push_back({EscapeForDisplay(piece.text), piece.style});
    total += DisplayWidth(escaped.back().text);
  }
  const bool fits = output.width == 0 || total <= output.width;
  size_t left = output.width;
  std::string line;
  for (const Piece& piece : escaped) {
    const size_t width = DisplayWidth(piece.text);
    // Keep one column for the "…" at the end of a cut line.
    if (fits || width < left) {
      line += Styled(output, piece.style, piece.text);
      left -= fits ? 0 : width;
      continue;
    }
    // Cut even an exact fit, because more pieces follow.
    line += Styled(output, piece.style, CutToWidth(piece.text + " ", left));
    break;
  }
  Write(output, line + "\n");
}

void WriteWhole(const Output& output, const Piece& piece) {
  Write(output,
        Styled(output, piece.style, EscapeForDisplay(piece.text)) + "\n");
}

}  // namespace forkdb
