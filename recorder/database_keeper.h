// The database of a recorder that goes on in any trouble.

#ifndef FORKDB_RECORDER_DATABASE_KEEPER_H_
#define FORKDB_RECORDER_DATABASE_KEEPER_H_

#include <cstdint>
#include <memory>
#include <string>

#include "recorder/lock.h"
#include "recorder/log.h"
#include "recorder/retention.h"
#include "recorder/session.h"
#include "recorder/source.h"
#include "store/database.h"

namespace forkdb {

struct DatabaseOptions {
  std::string db;
  std::string group;  // may read the database; empty for none
  RetentionOptions retention;
  bool once = false;  // ends with the first trouble, so it waits longer
};

// Keeps the lock and a session. A damaged database is moved aside (MoveAside),
// a deleted or moved one is left, and a new one made in its place. Not
// thread-safe; the log must outlive it.
class DatabaseKeeper {
 public:
  DatabaseKeeper(DatabaseOptions options, Log* log);

  // Takes the lock and opens the database, if it is not open; a new one if it
  // has been replaced. Returns whether it is the successor of one that had more
  // in it: then the source must begin anew. Throws DatabaseTrouble.
  bool Open(const Stream& stream, int64_t now_ns);

  // What to do about a trouble, but for trying again later. Returns whether the
  // database has been moved aside. Throws what has no remedy.
  bool Handle(const DatabaseTrouble& trouble, int64_t now_ns);

  // None while it cannot be opened.
  Session* session() const { return session_.get(); }
  void Close() { session_.reset(); }

 private:
  void LeaveReplaced();
  bool IsOurs() const;
  bool TryMoveAside(const DatabaseTrouble& trouble, int64_t now_ns);

  DatabaseOptions options_;
  Log* log_;
  RecorderLock lock_;
  std::unique_ptr<Session> session_;
  bool was_open_ = false;
  bool is_successor_ = false;  // of a database that others have taken away
};

}  // namespace forkdb

#endif  // FORKDB_RECORDER_DATABASE_KEEPER_H_
