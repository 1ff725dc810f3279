// Text on a terminal, whose characters are not all of one column. What it is
// given is escaped already (escape.h). Pure functions.

#ifndef FORKDB_TERMINAL_DISPLAY_H_
#define FORKDB_TERMINAL_DISPLAY_H_

#include <cstddef>
#include <string>
#include <string_view>

namespace forkdb {

// How many columns the text takes: 2 for what is wide (CJK, emoji), 0 for what
// combines with the character before, whatever the locale of the process is.
size_t DisplayWidth(std::string_view text);

// The text if it fits into so many columns, else its start and "…".
std::string CutToWidth(std::string_view text, size_t columns);

// Two indented lines: the line of text around the byte at offset, and a ^ under
// it. A long one is cut on both sides. The text is escaped here.
std::string MarkPlace(std::string_view text, size_t offset);

}  // namespace forkdb

#endif  // FORKDB_TERMINAL_DISPLAY_H_
