#include "store/database.h"

#include <SQLiteCpp/Statement.h>
#include <SQLiteCpp/Transaction.h>
#include <fcntl.h>
#include <fmt/core.h>
#include <grp.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <optional>
#include <string_view>
#include <thread>
#include <vector>

#include "store/safety.h"
#include "store/schema.h"

namespace forkdb {
namespace {

constexpr int kBusyTimeoutMs = 10'000;
constexpr mode_t kDatabaseMode = 0640;

using Kind = DatabaseTrouble::Kind;

int64_t QueryInt(SQLite::Database* database, const char* sql) {
  SQLite::Statement statement(*database, sql);
  statement.executeStep();
  return statement.getColumn(0).getInt64();
}

std::filesystem::path DirectoryOf(const std::string& path) {
  const std::filesystem::path parent =
      std::filesystem::path(path).parent_path();
  return parent.empty() ? "." : parent;
}

gid_t GroupId(const std::string& group) {
  errno = 0;
  const struct group* entry = getgrnam(group.c_str());
  if (entry == nullptr) {
    throw Error(
        fmt::format("no such group: {}: create it with groupadd", group));
  }
  return entry->gr_gid;
}

// Somebody else may have made the database: its views and triggers run nothing
// that reaches outside, and its pages are checked.
void Distrust(SQLite::Database* database) {
  sqlite3* const connection = database->getHandle();
  int was = 0;
  sqlite3_db_config(connection, SQLITE_DBCONFIG_DEFENSIVE, 1, &was);
  sqlite3_db_config(connection, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, &was);
  sqlite3_db_config(connection, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, &was);
  database->exec("PRAGMA cell_size_check = ON");
}

// Makes the file before SQLite does, to give it its mode; SQLite copies mode,
// owner and group to the -wal and -shm files.
void CreateFile(const std::string& path) {
  EnsureDirectory(path);
  const std::string danger = WhyUnsafe(path);
  if (!danger.empty()) throw DatabaseTrouble::Opening(path, danger);
  // A link that is there has been looked at; one that comes now is refused.
  const int no_link = std::filesystem::is_symlink(path) ? 0 : O_NOFOLLOW;
  const int fd =
      open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOCTTY | no_link,
           kDatabaseMode);
  if (fd < 0) throw FileError(path, errno);
  close(fd);
}

// Gives the database to the group, with the files beside it where they are
// there already.
void SetGroup(const std::string& path, gid_t group) {
  std::vector<std::string> files = {path, path + "-wal", path + "-shm"};
  if (path == kDefaultDatabasePath) files.push_back(DirectoryOf(path));
  for (const std::string& file : files) {
    if (chown(file.c_str(), static_cast<uid_t>(-1), group) != 0 &&
        (errno != ENOENT || file == path)) {
      throw DatabaseTrouble::Opening(path, ErrnoText(errno));
    }
  }
}

// Throws unless the database is forkdb's and of a version known here. Returns
// false if it is empty.
bool CheckSchema(SQLite::Database* database, const std::string& path) {
  const int64_t application_id = QueryInt(database, "PRAGMA application_id");
  const int64_t version = QueryInt(database, "PRAGMA user_version");
  if (application_id == kApplicationId) {
    if (version == kSchemaVersion) return true;
    if (version > kSchemaVersion) {
      throw DatabaseTrouble::Opening(
          path, fmt::format("it was written by a newer forkdb (schema version "
                            "{}, this one knows {}): upgrade forkdb",
                            version, kSchemaVersion));
    }
  }
  const bool empty =
      application_id == 0 && version == 0 &&
      QueryInt(database, "SELECT count(*) FROM sqlite_schema") == 0;
  if (empty) return false;
  throw DatabaseTrouble::Opening(
      path,
      "it is an SQLite database, but not forkdb's: choose "
      "another file with --db");
}

void CreateSchema(SQLite::Database* database, const std::string& path) {
  // Must come before the first table. It lets pruning give space back.
  database->exec("PRAGMA auto_vacuum = INCREMENTAL");
  SQLite::Transaction transaction(*database,
                                  SQLite::TransactionBehavior::IMMEDIATE);
  // Another recorder may have been faster.
  if (CheckSchema(database, path)) return;
  database->exec(kSchemaSql);
  transaction.commit();
}

bool HasUncheckpointedWal(const std::string& path) {
  struct stat status;
  return stat((path + "-wal").c_str(), &status) == 0 && status.st_size > 0;
}

// A path as an SQLite URI that says the file will not change.
std::string ImmutableUri(const std::string& path) {
  std::string uri = "file:";
  for (const char c : std::filesystem::absolute(path).string()) {
    if (c == '%' || c == '?' || c == '#') {
      uri += fmt::format("%{:02X}", static_cast<unsigned char>(c));
    } else {
      uri += c;
    }
  }
  return uri + "?immutable=1";
}

SQLite::Database OpenReadOnly(const std::string& name,
                              const std::string& path) {
  SQLite::Database database(
      name, SQLite::OPEN_READONLY | SQLite::OPEN_URI | SQLite::OPEN_NOMUTEX,
      kBusyTimeoutMs);
  Distrust(&database);
  // One transaction for the connection's life: one state of the database, and
  // one moment only in which a recorder can get in the way.
  database.exec("BEGIN");
  if (!CheckSchema(&database, path)) {
    throw DatabaseTrouble::Opening(path, "it is empty: record something first");
  }
  return database;
}

// Opens as SQLite would, but for two cases that a user meets who may not write
// the -shm file. A database at rest, without one, is read as it stands. And
// while a recorder creates or restarts the log, SQLite says that it would have
// to write: a moment later it no longer does.
SQLite::Database OpenPatiently(const std::string& path) {
  using std::chrono::milliseconds;
  const auto deadline =
      std::chrono::steady_clock::now() + milliseconds(kBusyTimeoutMs);
  for (;;) {
    try {
      return OpenReadOnly(path, path);
    } catch (const SQLite::Exception& e) {
      const bool no_side_files = e.getErrorCode() == SQLITE_CANTOPEN ||
                                 e.getErrorCode() == SQLITE_READONLY;
      if (!no_side_files) throw;
      if (!HasUncheckpointedWal(path)) {
        return OpenReadOnly(ImmutableUri(path), path);
      }
      if (std::chrono::steady_clock::now() > deadline) throw;
    }
    std::this_thread::sleep_for(milliseconds(5));
  }
}

}  // namespace

void EnsureDirectory(const std::string& path) {
  std::error_code error;
  if (path == kDefaultDatabasePath &&
      std::filesystem::create_directory(DirectoryOf(path), error)) {
    std::filesystem::permissions(DirectoryOf(path),
                                 std::filesystem::perms(0750), error);
  }
  if (!std::filesystem::is_directory(DirectoryOf(path), error)) {
    throw DatabaseTrouble::Opening(
        path, fmt::format("no directory {}: create it, or choose "
                          "another file with --db",
                          DirectoryOf(path).string()));
  }
}

bool HasOurHeader(const std::string& path) {
  // https://www.sqlite.org/fileformat.html: big-endian.
  constexpr std::string_view kMagic("SQLite format 3\0", 16);
  constexpr size_t kVersionAt = 60;
  constexpr size_t kApplicationIdAt = 68;
  std::array<char, 100> header{};
  std::ifstream(path, std::ios::binary).read(header.data(), header.size());
  const auto number_at = [&](size_t offset) {
    uint32_t number = 0;
    for (size_t i = 0; i < sizeof(number); ++i) {
      number = number << 8 | static_cast<unsigned char>(header[offset + i]);
    }
    return static_cast<int64_t>(number);
  };
  return std::string_view(header.data(), kMagic.size()) == kMagic &&
         number_at(kApplicationIdAt) == kApplicationId &&
         number_at(kVersionAt) <= kSchemaVersion;
}

SQLite::Database OpenForWriting(const std::string& path,
                                const std::string& group) {
  std::optional<gid_t> group_id;
  if (!group.empty()) group_id = GroupId(group);
  try {
    if (path != kMemoryDatabase) CreateFile(path);
    SQLite::Database database(
        path,
        SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE | SQLite::OPEN_NOMUTEX,
        kBusyTimeoutMs);
    Distrust(&database);
    if (!CheckSchema(&database, path)) CreateSchema(&database, path);
    // Not before: another program's file is none of our business.
    if (group_id) SetGroup(path, *group_id);
    database.exec("PRAGMA journal_mode = WAL");
    database.exec("PRAGMA synchronous = NORMAL");
    // The pages of a large batch (comm_blocks has one for each of some thousand
    // names), lest they go to the log twice: a sixth of the time at 10 million
    // records.
    database.exec("PRAGMA cache_size = -16000");
    int persist_wal = 1;
    sqlite3_file_control(database.getHandle(), "main", SQLITE_FCNTL_PERSIST_WAL,
                         &persist_wal);
    // Makes the -wal and -shm files, for readers who may not.
    QueryInt(&database, "PRAGMA user_version");
    return database;
  } catch (const SQLite::Exception& e) {
    throw DatabaseError(path, e);
  }
}

SQLite::Database OpenForReading(const std::string& path) {
  if (access(path.c_str(), R_OK) != 0) {
    const int error_number = errno;
    const bool denied = error_number == EACCES;
    throw DatabaseTrouble::Opening(
        path, ErrnoText(error_number) +
                  (denied ? ": ask for membership of the file's group"
                          : ": record something first, or name the file with "
                            "--db"));
  }
  try {
    return OpenPatiently(path);
  } catch (const SQLite::Exception& e) {
    throw DatabaseError(path, e);
  }
}

}  // namespace forkdb
