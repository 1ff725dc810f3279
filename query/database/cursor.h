// Cursors: where a query ended, so that the next one can continue there.

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

// For each stream, the numbers that have not been shown: the newest gaps, up to
// a limit, and an open range of future numbers. So late records are shown, and
// no record is shown twice. The key of a stream is a hash of its boot, source
// and attachment, the same in every database. Nothing has been shown of a
// stream without a key. A plain value.
using Cursor = std::map<std::string, std::vector<IdRange>>;

// Returns a word that needs no quoting in a shell.
std::string FormatCursor(const Cursor& cursor);

// Throws UsageError unless the text is a complete result of FormatCursor().
Cursor ParseCursor(std::string_view text);

// Merges the cursors of two databases that were read after the same cursor.
Cursor MergeCursors(const Cursor& left, const Cursor& right);

// What a database has after a cursor.
struct NewRecords {
  std::vector<IdRange> ranges;  // ids of the records
  Cursor cursor;                // the cursor after these records
  // Pruned numbers after the cursor, in streams that it names. Not all of them
  // were records.
  int64_t pruned = 0;
  int64_t missing = 0;  // records after the cursor that lie in gaps
  // Downtimes before streams that are new to the cursor. Empty if the cursor
  // names no stream.
  Downtimes downtimes;
};

// The highest number that was shown of each stream, by the stream's id in one
// database.
using Shown = std::map<int64_t, int64_t>;

// The cursor after these numbers: what the cursor had not shown of a stream,
// and what comes after the highest that was shown. Must be called inside a
// transaction. Throws SQLite::Exception.
Cursor CursorAfter(const Cursor& cursor, const Shown& shown,
                   SQLite::Database* database);

// Must be called inside a transaction. Throws SQLite::Exception.
NewRecords FindNewRecords(const Cursor& cursor, SQLite::Database* database);

}  // namespace forkdb

#endif  // FORKDB_QUERY_DATABASE_CURSOR_H_
