// Converts cells to text.

#ifndef FORKDB_TERMINAL_CELL_H_
#define FORKDB_TERMINAL_CELL_H_

#include <string>

#include "terminal/value.h"

namespace forkdb {

// Returns the bytes of a TEXT or BLOB, which the value owns; nullptr for other
// types.
const std::string* BytesOf(const Value& value);

// Those bytes, unescaped, or a number's digits; "-" for NULL and REAL.
std::string TextOf(const Value& value);

// Appends the value's text, escaped for display. Appends nothing for NULL.
void AppendCell(const Value& value, std::string* line);

}  // namespace forkdb

#endif  // FORKDB_TERMINAL_CELL_H_
