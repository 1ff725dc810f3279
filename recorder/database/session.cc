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
  // No files to be opened in the middle of work.
  database.exec("PRAGMA temp_store = MEMORY");
  return database;
}

// What a descriptor's file is called now.
std::string NameOf(int fd) {
  std::string name(PATH_MAX, '\0');
  const ssize_t size = readlink(fmt::format("/proc/self/fd/{}", fd).c_str(),
                                name.data(), name.size());
  name.resize(size < 0 ? 0 : static_cast<size_t>(size));
  return name;
}

// The log beyond what could be copied into the database.
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
      writer_(&database_, path_, usernames, Writer::kTransactionTime),
      retention_(retention, &database_, path_),
      place_(open(path_.c_str(), O_PATH | O_CLOEXEC)),
      name_(NameOf(place_)),
      file_(IdOf(name_)),
      log_(IdOf(name_ + "-wal")),
      index_(IdOf(name_ + "-shm")) {
  if (path_ == kMemoryDatabase) return;
  if (place_ < 0) throw FileError(path_, errno);
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
  if (place_ < 0) return;
  ClearMark();
  close(place_);
}

void Session::SetMark() {
  // The documented ways to copy a live database, VACUUM INTO and .backup,
  // change the schema's version; cp does not, and so the mark is true of its
  // copies.
  database_.exec(
      "INSERT OR REPLACE INTO settings "
      "SELECT 'recording', schema_version FROM pragma_schema_version");
  Checkpoint();
}

void Session::ClearMark() {
  try {
    database_.exec("DELETE FROM settings WHERE name = 'recording'");
  } catch (const SQLite::Exception&) {
    // It says too much then, but not too little.
  }
}

Session::FileId Session::IdOf(const std::string& path) {
  struct stat status {};
  if (lstat(path.c_str(), &status) != 0) return {};
  return {status.st_dev, status.st_ino};
}

bool Session::Replaced() const {
  return path_ != kMemoryDatabase && !(IdOf(ResolveLinks(path_)) == file_);
}

bool Session::LostLog() const {
  return path_ != kMemoryDatabase &&
         !(IdOf(name_ + "-wal") == log_ && IdOf(name_ + "-shm") == index_);
}

bool Session::SaveLog() {
  struct stat status {};
  const std::string log = name_ + "-wal";
  if (lstat(log.c_str(), &status) == 0 && status.st_size > 0 &&
      !(IdOf(log) == log_)) {
    sqlite3_db_config(database_.getHandle(), SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE,
                      1, nullptr);
    return false;
  }
  try {
    SQLite::Statement checkpoint(database_, "PRAGMA wal_checkpoint(FULL)");
    checkpoint.executeStep();
    const bool busy = checkpoint.getColumn(0).getInt() != 0;
    if (busy || checkpoint.getColumn(1).getInt64() >
                    checkpoint.getColumn(2).getInt64()) {
      throw DatabaseTrouble(
          fmt::format("database: {}: its log ({}) was deleted, and a reader "
                      "keeps it from being saved: end the reader",
                      path_, log),
          DatabaseTrouble::Kind::kPassing);
    }
  } catch (const SQLite::Exception& e) {
    throw DatabaseError(path_, e);
  }
  // One without the other would be taken for a whole log.
  if (IdOf(log) == log_) unlink(log.c_str());
  if (IdOf(name_ + "-shm") == index_) unlink((name_ + "-shm").c_str());
  return true;
}

std::string Session::Leave() {
  struct stat status {};
  const bool exists = fstat(place_, &status) == 0 && status.st_nlink > 0;
  const std::string name = exists ? NameOf(place_) : "";
  const std::pair<const char*, FileId> files[] = {{"-wal", log_},
                                                  {"-shm", index_}};
  for (const auto& [suffix, id] : files) {
    const std::string file = name_ + suffix;
    if (!(IdOf(file) == id)) continue;
    if (name.empty()) {
      unlink(file.c_str());
    } else {
      // Known by its identity. What is there already stays.
      renameat2(AT_FDCWD, file.c_str(), AT_FDCWD, (name + suffix).c_str(),
                RENAME_NOREPLACE);
    }
  }
  return name.empty() ? "was deleted" : "was moved to " + name;
}

void Session::Checkpoint() {
  try {
    SQLite::Statement checkpoint(database_, "PRAGMA wal_checkpoint(PASSIVE)");
    checkpoint.executeStep();
    // Any process that may read the files can keep a checkpoint from running.
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
