// Text measured in columns of a terminal. Unless noted, the text must already
// be escaped (base/escape.h). Pure functions.

#ifndef FORKDB_TERMINAL_DISPLAY_H_
#define FORKDB_TERMINAL_DISPLAY_H_

#include <cstddef>
#include <string>
#include <string_view>

namespace forkdb {

// Returns the width in columns: 2 for a wide character (CJK, emoji), 0 for a
// combining one. The locale of the process does not matter.
size_t DisplayWidth(std::string_view text);

// Returns the text, or its start and "…" if it is wider than columns.
std::string CutToWidth(std::string_view text, size_t columns);

// Returns two indented lines: the line of text around the byte at offset, cut
// on both sides if it is long, and a ^ under the byte. Escapes the text.
std::string MarkPlace(std::string_view text, size_t offset);

}  // namespace forkdb

#endif  // FORKDB_TERMINAL_DISPLAY_H_
