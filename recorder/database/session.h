// A recorder's open database, for as long as the path names the same file.

#ifndef FORKDB_RECORDER_DATABASE_SESSION_H_
#define FORKDB_RECORDER_DATABASE_SESSION_H_

#include <SQLiteCpp/Database.h>

#include <memory>
#include <optional>
#include <string>

#include "base/descriptor.h"
#include "recorder/database/retention.h"
#include "recorder/ingest/writer.h"
#include "store/own_file.h"

namespace forkdb {

// An open database with its Writer and Retention. Detects that the file was
// deleted, moved or replaced; SQLite would continue to write into the nameless
// file. Not thread-safe.
class Session {
 public:
  // Opens the database as OpenForWriting() does. A write waits up to busy_ms
  // for other programs' locks. usernames are passed to the Writer. Throws
  // DatabaseTrouble.
  static std::unique_ptr<Session> Open(const std::string& path,
                                       const std::string& group,
                                       const RetentionOptions& retention,
                                       int busy_ms,
                                       Usernames* usernames = nullptr);
  ~Session();
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  SQLite::Database* database() { return &database_; }
  Writer* writer() { return &writer_; }
  Retention* retention() { return &retention_; }

  // Sets how long a write waits, as busy_ms of Open() does.
  void WaitForLocks(int busy_ms) { database_.setBusyTimeout(busy_ms); }

  // Whether the path names another file now, or none. Throws DatabaseTrouble if
  // that cannot be found out.
  bool Replaced() const;

  // Whether the database is the same but its -wal or -shm file is not. SQLite
  // continues to write into the nameless files, and the commits in them would
  // be lost if the recorder were killed. Throws DatabaseTrouble as Replaced()
  // does.
  bool LostLog() const;

  // After LostLog(): copies the commits in the log into the database. Returns
  // false if another program has begun a new log meanwhile. Then nothing can be
  // copied, and records that are not in the database yet must be recorded
  // again. Throws DatabaseTrouble if a reader prevents it. Call it at the end
  // of this session.
  bool SaveLog();

  // After Replaced(): moves the log to the database's new place, so that the
  // moved database is complete and the next database does not find a wrong log.
  // If the log cannot be moved, copies it into the database. If the database
  // was deleted, deletes the log. Returns what happened to the database: "was
  // deleted" or "was moved to …". If it throws DatabaseTrouble, nothing is
  // lost; call it again. Call it at the end of this session.
  std::string Leave();

  // Makes all commits durable: copies the log into the database as far as
  // readers allow, and syncs. Throws DatabaseTrouble.
  void Checkpoint();

 private:
  // Set and delete the row "recording" of the table settings.
  void SetMark();
  void ClearMark();
  // Returns the present name of the database's file, or nullopt if it cannot be
  // found out. Throws DatabaseTrouble.
  std::optional<std::string> FindName() const;
  // Moves the log to a database's new name. Returns false if it was not moved.
  bool TryMoveLog(const std::string& name);
  bool TryMove(const char* suffix, const std::optional<FileId>& id,
               const std::string& name);
  // Copies all of the log into the database. Throws DatabaseTrouble, also if a
  // reader prevents it; `what` is part of that message.
  void CopyLog(const char* what);
  // Removes the -wal and -shm files if they are this session's.
  void RemoveLog();

  Session(std::string path, const std::string& group,
          const RetentionOptions& retention, int busy_ms, Usernames* usernames);

  std::string path_;
  SQLite::Database database_;
  Writer writer_;
  Retention retention_;
  std::string name_;  // the path without links
  Descriptor place_;  // O_PATH: closing it does not drop SQLite's locks
  std::optional<FileId> file_, log_, index_;
};

}  // namespace forkdb

#endif  // FORKDB_RECORDER_DATABASE_SESSION_H_
