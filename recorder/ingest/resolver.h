// Makes a record the row that it will be.

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

// Finds what a row refers to, and inserts what is not there yet: user, command
// name, flag set, namespaces, error and the record that created the caller. To
// be used inside a transaction. After an exception, make a new one. Not
// thread-safe; blocks, usernames and database must outlive it.
class Resolver {
 public:
  Resolver(const StreamRow& stream, BlockSummaries* blocks,
           Usernames* usernames, SQLite::Database* database);

  // Call first in each transaction: names users whose names were not known.
  void Begin() { users_.FillIn(); }

  // id is the record's id.
  RecordRow Resolve(int64_t id, const Record& record);

  // A record with this id is stored: it may have created a caller.
  void AddParent(int64_t id, const Record& record) { parents_.Add(id, record); }

  // Forgets the ids of rows that may be gone: after pruning, or after going
  // back to a savepoint, also because of an exception.
  void Forget();

 private:
  Dictionary dictionary_;
  UserRows users_;
  ParentLookup parents_;
};

}  // namespace forkdb

#endif  // FORKDB_RECORDER_INGEST_RESOLVER_H_
