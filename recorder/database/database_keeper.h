// The database of a recorder that goes on in any trouble.

#ifndef FORKDB_RECORDER_DATABASE_DATABASE_KEEPER_H_
#define FORKDB_RECORDER_DATABASE_DATABASE_KEEPER_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "base/descriptor.h"
#include "base/log.h"
#include "recorder/database/heartbeat.h"
#include "recorder/database/lock.h"
#include "recorder/database/retention.h"
#include "recorder/database/session.h"
#include "recorder/source/source.h"
#include "store/database.h"

namespace forkdb {

struct DatabaseOptions {
  std::string db;
  std::string group;  // may read the database; empty for none
  RetentionOptions retention;
  bool once = false;  // ends with the first trouble, so it waits longer
};

// Keeps the lock and a session. A damaged database is moved aside (Quarantine),
// a deleted or moved one is left, and a new one made in its place. One whose
// log was deleted is made whole and opened again. Not thread-safe; the log and
// the usernames must outlive it.
class DatabaseKeeper {
 public:
  // heartbeat may be nullptr; it must outlive this, as the others must.
  DatabaseKeeper(DatabaseOptions options, Log* log, Usernames* usernames,
                 Heartbeat* heartbeat);

  // Takes the lock and opens the database, if it is not open; a new one if it
  // has been replaced. Returns the next_seq of the stream if it was opened just
  // now, and nothing if it had been open. Throws DatabaseTrouble.
  std::optional<int64_t> Open(const Stream& stream, int64_t now_ns);

  // What to do about a trouble, but for trying again later. Returns whether the
  // database has been moved aside. Throws what has no remedy.
  bool Handle(const DatabaseTrouble& trouble, int64_t now_ns);

  // None while it cannot be opened.
  Session* session() const { return session_.get(); }
  void Close() { session_.reset(); }

 private:
  void LeaveReplaced();
  void LeaveLostLog();
  void StartHeartbeat();
  void Enter(const char* phase);
  void NoteIncident(const std::string& incident);
  bool IsOurs() const;
  bool TryMoveAside(const DatabaseTrouble& trouble, int64_t now_ns);

  DatabaseOptions options_;
  Log* log_;
  Usernames* usernames_;
  Heartbeat* heartbeat_;
  RecorderLock lock_;
  std::unique_ptr<Session> session_;
  bool was_open_ = false;
  Descriptor file_;  // the database that was open last, while it has its name
};

}  // namespace forkdb

#endif  // FORKDB_RECORDER_DATABASE_DATABASE_KEEPER_H_
