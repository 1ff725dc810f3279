// Cells as text.

#ifndef FORKDB_STORE_CELL_H_
#define FORKDB_STORE_CELL_H_

#include <string>

#include "store/value.h"

namespace forkdb {

// The bytes of a TEXT or BLOB, NULL for other values.
const std::string* BytesOf(const Value& value);

// Appends the value's text, escaped for display; nothing for NULL.
void AppendCell(const Value& value, std::string* line);

}  // namespace forkdb

#endif  // FORKDB_STORE_CELL_H_
