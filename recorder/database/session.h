// The database of a recorder, for as long as it stays the same file.

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

// An open database and what works on it. Somebody may delete the file, move it
// or put another in its place: SQLite would go on writing into what has no name
// any more. Not thread-safe.
class Session {
 public:
  // Opens as OpenForWriting() does. A write waits busy_ms for other programs'
  // locks. usernames are as Writer has them. Throws DatabaseTrouble.
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

  // As busy_ms of Open().
  void WaitForLocks(int busy_ms) { database_.setBusyTimeout(busy_ms); }

  // Whether the path names another file by now, or none. Throws
  // DatabaseTrouble if the path cannot be asked.
  bool Replaced() const;

  // Whether the database is the same, but its -wal or -shm file is not: SQLite
  // goes on writing into files that have no name any more, and a killed
  // recorder's commits would be gone with them. Throws DatabaseTrouble as
  // Replaced() does.
  bool LostLog() const;

  // For a lost log: copies what was committed into the database. Returns false
  // if another program has begun a log of its own meanwhile: then nothing can
  // be copied, and what is not in the database yet must be recorded again.
  // Throws DatabaseTrouble if a reader is in the way. To be called at the end
  // of this session.
  bool SaveLog();

  // For a replaced database: moves the log to where the database is now, so
  // that the moved database is whole and the next one does not find a log that
  // is not its own. If the log cannot be moved, copies it into the database.
  // Only the log of a database that was deleted is deleted. Returns what became
  // of the database: "was deleted", "was moved to …". Throws DatabaseTrouble,
  // with nothing lost, if it must be called again. To be called at the end of
  // this session.
  std::string Leave();

  // Makes durable what has been committed: copies the log into the database as
  // far as readers let it, and syncs. Throws DatabaseTrouble.
  void Checkpoint();

 private:
  // The row "recording" of the table settings.
  void SetMark();
  void ClearMark();
  // What the database's file is called now; nothing if that cannot be found
  // out. Throws DatabaseTrouble.
  std::optional<std::string> FindName() const;
  // Returns false if the log stays where it is.
  bool TryMoveLog(const std::string& name);
  bool TryMove(const char* suffix, const std::optional<FileId>& id,
               const std::string& name);
  // Copies all of the log into the database. what completes a message about a
  // reader that is in the way. Throws DatabaseTrouble.
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
