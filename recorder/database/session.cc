#include "recorder/database/session.h"

#include <SQLiteCpp/Statement.h>
#include <fcntl.h>
#include <fmt/core.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <climits>
#include <cstdio>
#include <utility>

#include "store/database.h"
#include "store/own_file.h"

namespace forkdb {
namespace {

SQLite::Database OpenDatabase(const std::string& path, const std::string& group,
                              int busy_ms) {
  SQLite::Database database = OpenForWriting(path, group);
  database.setBusyTimeout(busy_ms);
  // So that no temporary files are opened later.
  database.exec("PRAGMA temp_store = MEMORY");
  return database;
}

TransactionLimits LimitsFor(const RetentionOptions& retention) {
  TransactionLimits limits = {TransactionLimits::kRecorderTime};
  if (retention.max_bytes) {
    limits.records =
        static_cast<size_t>(MostRecordsAtOnce(*retention.max_bytes));
  }
  return limits;
}

// Whether there is a log with content that is not the known one.
bool HasOthersLog(const std::string& path, const std::optional<FileId>& known) {
  const std::optional<struct stat> status = StatFile(path);
  return status && status->st_size > 0 && !(known == FileId::Of(*status));
}

// Syncs a file. For the part of the log that could not be copied into the
// database.
void SyncFile(const std::string& path) {
  const int fd = open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY);
  if (fd < 0) throw FileError(path, errno);
  const bool synced = fdatasync(fd) == 0;
  const int error_number = errno;
  close(fd);
  if (!synced) throw FileError(path, error_number);
}

}  // namespace

Session::Session(std::string path, const std::string& group,
                 const RetentionOptions& retention, int busy_ms,
                 Usernames* usernames)
    : path_(std::move(path)),
      database_(OpenDatabase(path_, group, busy_ms)),
      writer_(&database_, path_, usernames, LimitsFor(retention)),
      retention_(retention, &database_, path_),
      name_(path_ == kMemoryDatabase ? path_ : ResolveLinks(path_)) {
  if (path_ == kMemoryDatabase) return;
  place_ = Descriptor(open(name_.c_str(), O_PATH | O_NOFOLLOW | O_CLOEXEC));
  if (!place_) throw FileError(path_, errno);
  file_ = FindFile(name_);
  log_ = FindFile(name_ + "-wal");
  index_ = FindFile(name_ + "-shm");
  SetMark();
}

std::unique_ptr<Session> Session::Open(const std::string& path,
                                       const std::string& group,
                                       const RetentionOptions& retention,
                                       int busy_ms, Usernames* usernames) {
  try {
    return std::unique_ptr<Session>(
        new Session(path, group, retention, busy_ms, usernames));
  } catch (const SQLite::Exception& e) {
    throw DatabaseError(path, e);
  }
}

Session::~Session() {
  if (place_) ClearMark();
}

void Session::SetMark() {
  // VACUUM INTO and .backup, the documented ways to copy a live database,
  // change schema_version, so the mark does not hold in their copies. cp does
  // not change it, so the mark holds in its copies.
  database_.exec(
      "INSERT OR REPLACE INTO settings "
      "SELECT 'recording', schema_version FROM pragma_schema_version");
  Checkpoint();
}

void Session::ClearMark() {
  try {
    database_.exec("DELETE FROM settings WHERE name = 'recording'");
  } catch (const SQLite::Exception&) {
    // The mark stays then. It warns without need, which is harmless.
  }
}

bool Session::Replaced() const {
  return path_ != kMemoryDatabase && !(FindFile(ResolveLinks(path_)) == file_);
}

bool Session::LostLog() const {
  return path_ != kMemoryDatabase && !(FindFile(name_ + "-wal") == log_ &&
                                       FindFile(name_ + "-shm") == index_);
}

bool Session::SaveLog() {
  if (HasOthersLog(name_ + "-wal", log_)) {
    sqlite3_db_config(database_.getHandle(), SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE,
                      1, nullptr);
    return false;
  }
  CopyLog("its log was deleted");
  // SQLite would take the file that is left for a complete log.
  RemoveLog();
  return true;
}

std::string Session::Leave() {
  struct stat status {};
  if (fstat(place_.get(), &status) != 0) throw FileError(name_, errno);
  if (status.st_nlink == 0) {
    RemoveLog();
    return "was deleted";
  }
  const std::optional<std::string> name = FindName();
  if (name && TryMoveLog(*name)) return "was moved to " + *name;
  ClearMark();
  CopyLog("the file was moved and its log cannot follow");
  RemoveLog();
  return name ? "was moved to " + *name : "was moved";
}

std::optional<std::string> Session::FindName() const {
  std::string name(PATH_MAX, '\0');
  const ssize_t size =
      readlink(fmt::format("/proc/self/fd/{}", place_.get()).c_str(),
               name.data(), name.size());
  name.resize(size < 0 ? 0 : static_cast<size_t>(size));
  // If the file has several hard links, the kernel returns the deleted name.
  if (!(FindFile(name) == file_)) return std::nullopt;
  return name;
}

bool Session::TryMoveLog(const std::string& name) {
  if (name == name_) return true;
  if (!TryMove("-wal", log_, name)) return false;
  // SQLite creates a new -shm file from the log.
  if (!TryMove("-shm", index_, name)) RemoveOwnFile(name_ + "-shm", index_);
  return true;
}

bool Session::TryMove(const char* suffix, const std::optional<FileId>& id,
                      const std::string& name) {
  const std::string to = name + suffix;
  if (FindFile(to) == id) return true;
  const std::string from = name_ + suffix;
  // Does not overwrite an existing file.
  return FindFile(from) == id && renameat2(AT_FDCWD, from.c_str(), AT_FDCWD,
                                           to.c_str(), RENAME_NOREPLACE) == 0;
}

void Session::CopyLog(const char* what) {
  try {
    SQLite::Statement checkpoint(database_, "PRAGMA wal_checkpoint(FULL)");
    checkpoint.executeStep();
    const bool busy = checkpoint.getColumn(0).getInt() != 0;
    if (busy || checkpoint.getColumn(1).getInt64() >
                    checkpoint.getColumn(2).getInt64()) {
      throw DatabaseTrouble(
          fmt::format("database: {}: {} ({}-wal), and a reader keeps it from "
                      "being saved: end the reader",
                      path_, what, name_),
          DatabaseTrouble::Kind::kPassing);
    }
  } catch (const SQLite::Exception& e) {
    throw DatabaseError(path_, e);
  }
}

void Session::RemoveLog() {
  RemoveOwnFile(name_ + "-wal", log_);
  RemoveOwnFile(name_ + "-shm", index_);
}

void Session::Checkpoint() {
  try {
    SQLite::Statement checkpoint(database_, "PRAGMA wal_checkpoint(PASSIVE)");
    checkpoint.executeStep();
    // Any process that may read the files can prevent a checkpoint.
    const bool busy = checkpoint.getColumn(0).getInt() != 0;
    if (busy || checkpoint.getColumn(1).getInt64() >
                    checkpoint.getColumn(2).getInt64()) {
      SyncFile(name_ + "-wal");
    }
  } catch (const SQLite::Exception& e) {
    throw DatabaseError(path_, e);
  }
}

}  // namespace forkdb
