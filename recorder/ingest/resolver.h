// Converts a record to a row.

#ifndef FORKDB_RECORDER_INGEST_RESOLVER_H_
#define FORKDB_RECORDER_INGEST_RESOLVER_H_

#include <SQLiteCpp/Database.h>

#include <cstdint>

#include "recorder/ingest/dictionary.h"
#include "recorder/ingest/parent_lookup.h"
#include "recorder/ingest/streams.h"
#include "recorder/ingest/user_rows.h"
#include "recorder/ingest/usernames.h"
#include "store/record_row.h"

namespace forkdb {

// Finds the rows that a record refers to, and inserts those that are missing:
// user, command name, flag set, namespaces and error. Also finds the record
// that created the caller. Use it inside a transaction. After an exception,
// make a new one. Not thread-safe. blocks, usernames and database must outlive
// it.
class Resolver {
 public:
  Resolver(const StreamRow& stream, BlockSummaries* blocks,
           Usernames* usernames, SQLite::Database* database);

  // Call it first in each transaction. Fills in names of users that have become
  // known.
  void Begin() { users_.FillIn(); }

  // id is the record's id.
  RecordRow Resolve(int64_t id, const Record& record);

  // Tells that a record with this id is stored. Its child may be a later
  // caller.
  void AddParent(int64_t id, const Record& record) { parents_.Add(id, record); }

  // Forgets the ids of all rows. Call it when rows may be gone: after pruning,
  // and after a rollback to a savepoint, also after an exception.
  void Forget();

 private:
  Dictionary dictionary_;
  UserRows users_;
  ParentLookup parents_;
};

}  // namespace forkdb

#endif  // FORKDB_RECORDER_INGEST_RESOLVER_H_
