// The database of a recorder, for as long as it stays the same file.

#ifndef FORKDB_RECORDER_DATABASE_SESSION_H_
#define FORKDB_RECORDER_DATABASE_SESSION_H_

#include <SQLiteCpp/Database.h>
#include <sys/types.h>

#include <memory>
#include <string>

#include "recorder/database/retention.h"
#include "recorder/ingest/writer.h"

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

  // Whether the path names another file by now, or none. One stat(2).
  bool Replaced() const;

  // Whether the database is the same, but its -wal or -shm file is not: SQLite
  // goes on writing into files that have no name any more, and a killed
  // recorder's commits would be gone with them. Two calls of stat(2).
  bool LostLog() const;

  // For a lost log: copies what was committed into the database. Returns false
  // if another program has begun a log of its own meanwhile: then nothing can
  // be copied, and what is not in the database yet must be recorded again.
  // Throws DatabaseTrouble if a reader is in the way. To be called at the end
  // of this session.
  bool SaveLog();

  // For a replaced database: sends the log after it, so that the file that was
  // moved is whole and its successor does not find what is not its own. Returns
  // what has become of it: "was deleted", "was moved to …". To be called at the
  // end of this session.
  std::string Leave();

  // Makes durable what has been committed: copies the log into the database as
  // far as readers let it, and syncs. Throws DatabaseTrouble.
  void Checkpoint();

 private:
  struct FileId {
    dev_t device = 0;
    ino_t inode = 0;
    bool operator==(const FileId& other) const {
      return device == other.device && inode == other.inode;
    }
  };
  static FileId IdOf(const std::string& path);
  // The row "recording" of the table settings.
  void SetMark();
  void ClearMark();

  Session(std::string path, const std::string& group,
          const RetentionOptions& retention, int busy_ms, Usernames* usernames);

  std::string path_;
  SQLite::Database database_;
  Writer writer_;
  Retention retention_;
  int place_;         // O_PATH: closing it does not drop SQLite's locks
  std::string name_;  // the path without links
  FileId file_, log_, index_;
};

}  // namespace forkdb

#endif  // FORKDB_RECORDER_DATABASE_SESSION_H_
