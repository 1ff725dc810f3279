// Inserts rows into the table records.

#ifndef FORKDB_RECORDER_INGEST_INSERTER_H_
#define FORKDB_RECORDER_INGEST_INSERTER_H_

#include <SQLiteCpp/Database.h>

#include <memory>
#include <vector>

#include "store/record_row.h"

struct sqlite3_stmt;

namespace forkdb {

// Collects rows and inserts them with one statement. SQLite reads them through
// a virtual table, which takes a third less time than one statement per row.
// Use it inside a transaction. Not thread-safe. The database must outlive it.
// See sqlite.org/vtab.html and sqlite.org/bindptr.html.
class Inserter {
 public:
  explicit Inserter(SQLite::Database* database);

  void Add(const RecordRow& row) { rows_.push_back(row); }

  // Inserts the collected rows and forgets them. Throws SQLite::Exception; then
  // some rows may have been inserted, and the transaction must be rolled back.
  void Flush();

 private:
  struct Finalize {
    void operator()(sqlite3_stmt* statement) const;
  };

  SQLite::Database* database_;
  std::unique_ptr<sqlite3_stmt, Finalize> insert_;
  std::vector<RecordRow> rows_;
};

}  // namespace forkdb

#endif  // FORKDB_RECORDER_INGEST_INSERTER_H_
