// Cells as text.

#ifndef FORKDB_TERMINAL_CELL_H_
#define FORKDB_TERMINAL_CELL_H_

#include <string>

#include "terminal/value.h"

namespace forkdb {

// The bytes of a TEXT or BLOB, NULL for other values.
const std::string* BytesOf(const Value& value);

// Appends the value's text, escaped for display; nothing for NULL.
void AppendCell(const Value& value, std::string* line);

}  // namespace forkdb

#endif  // FORKDB_TERMINAL_CELL_H_
