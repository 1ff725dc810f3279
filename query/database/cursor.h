// Where a question ended, for the next one to go on: --show-cursor.

#ifndef FORKDB_QUERY_DATABASE_CURSOR_H_
#define FORKDB_QUERY_DATABASE_CURSOR_H_

#include <SQLiteCpp/Database.h>

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "query/coverage/downtime.h"
#include "query/filter/filter.h"

namespace forkdb {

// Of each stream, the numbers that nobody has been shown: those that were
// missing, the newest so many gaps of them, and those to come, without an end.
// So a record that arrives late is shown, too, and none is shown twice. A
// stream is known by its boot, source and attachment, whatever database it is
// in; of a stream that is not named, nothing has been shown. A plain value.
using Cursor = std::map<std::string, std::vector<IdRange>>;

// A word without spaces or anything that a shell would change.
std::string FormatCursor(const Cursor& cursor);

// Throws UsageError for what FormatCursor() did not make, or not all of it.
Cursor ParseCursor(std::string_view text);

// The cursor behind several databases, each of which was read after one and the
// same cursor.
Cursor MergeCursors(const Cursor& left, const Cursor& right);

// What a database has after a cursor.
struct NewRecords {
  std::vector<IdRange> ranges;  // the records, by id
  Cursor cursor;                // behind them
  // Of the streams that the cursor names, the numbers after it that can no
  // longer be shown: up to so many of them were records.
  int64_t pruned = 0;
  int64_t missing = 0;  // records after it that lie in gaps
  // Before streams that the cursor, if it names any, does not name.
  Downtimes downtimes;
};

// Inside one transaction.
NewRecords FindNewRecords(const Cursor& cursor, SQLite::Database* database);

}  // namespace forkdb

#endif  // FORKDB_QUERY_DATABASE_CURSOR_H_
