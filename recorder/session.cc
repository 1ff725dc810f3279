#include "recorder/session.h"

#include <SQLiteCpp/Statement.h>
#include <fcntl.h>
#include <fmt/core.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <climits>
#include <cstdio>
#include <utility>

#include "store/database.h"

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
                 const RetentionOptions& retention, int busy_ms)
    : path_(std::move(path)),
      database_(OpenDatabase(path_, group, busy_ms)),
      writer_(&database_, path_),
      retention_(retention, &database_, path_),
      place_(open(path_.c_str(), O_PATH | O_CLOEXEC)),
      name_(NameOf(place_)),
      file_(IdOf(path_)),
      log_(IdOf(name_ + "-wal")),
      index_(IdOf(name_ + "-shm")) {
  if (place_ < 0 && path_ != kMemoryDatabase) throw FileError(path_, errno);
}

std::unique_ptr<Session> Session::Open(const std::string& path,
                                       const std::string& group,
                                       const RetentionOptions& retention,
                                       int busy_ms) {
  try {
    return std::unique_ptr<Session>(
        new Session(path, group, retention, busy_ms));
  } catch (const SQLite::Exception& e) {
    throw DatabaseError(path, e);
  }
}

Session::~Session() {
  if (place_ >= 0) close(place_);
}

Session::FileId Session::IdOf(const std::string& path) {
  struct stat status {};
  if (stat(path.c_str(), &status) != 0) return {};
  return {status.st_dev, status.st_ino};
}

bool Session::Replaced() const {
  return path_ != kMemoryDatabase && !(IdOf(path_) == file_);
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
      rename(file.c_str(), (name + suffix).c_str());
    }
  }
  return name.empty() ? "was deleted" : "was moved to " + name;
}

void Session::Checkpoint() {
  try {
    SQLite::Statement checkpoint(database_, "PRAGMA wal_checkpoint(PASSIVE)");
    checkpoint.executeStep();
    if (checkpoint.getColumn(1).getInt64() >
        checkpoint.getColumn(2).getInt64()) {
      SyncFile(name_ + "-wal");
    }
  } catch (const SQLite::Exception& e) {
    throw DatabaseError(path_, e);
  }
}

}  // namespace forkdb
