// Keeps a recorder's database open, whatever happens to the file.

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
  bool once = false;  // ends on the first error, so it waits longer for locks
};

// Holds the recorder's lock and a session. Renames a damaged database
// (Quarantine). If the database is damaged, deleted or moved, creates a new one
// in its place. If its -wal or -shm file is deleted, saves what was committed
// and opens it again. Not thread-safe. The log and the usernames must outlive
// it.
class DatabaseKeeper {
 public:
  // heartbeat may be nullptr. It must outlive this, too.
  DatabaseKeeper(DatabaseOptions options, Log* log, Usernames* usernames,
                 Heartbeat* heartbeat);

  // Takes the lock and opens the database, if it is not open. If it has been
  // replaced, opens a new one. Returns the stream's next_seq if it opened a
  // database, and nullopt if the database was open. now_ns is CLOCK_REALTIME.
  // Throws DatabaseTrouble.
  std::optional<int64_t> Open(const Stream& stream, int64_t now_ns);

  // Handles a trouble as far as that is possible now; the caller tries again
  // later. Returns whether the database was renamed. Throws a trouble that
  // cannot be handled.
  bool Handle(const DatabaseTrouble& trouble, int64_t now_ns);

  // nullptr while the database cannot be opened.
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
  Descriptor file_;  // the last open database, until the path names another
};

}  // namespace forkdb

#endif  // FORKDB_RECORDER_DATABASE_DATABASE_KEEPER_H_
