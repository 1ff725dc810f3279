#include "store/database.h"

#include <SQLiteCpp/Statement.h>
#include <SQLiteCpp/Transaction.h>
#include <fcntl.h>
#include <fmt/core.h>
#include <grp.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <thread>

#include "base/descriptor.h"
#include "store/database_files.h"
#include "store/distrust.h"
#include "store/own_file.h"
#include "store/safety.h"
#include "store/schema.h"

namespace forkdb {
namespace {

constexpr int kBusyTimeoutMs = 10'000;
constexpr mode_t kDatabaseMode = 0640;

int64_t QueryInt(SQLite::Database* database, const char* sql) {
  SQLite::Statement statement(*database, sql);
  statement.executeStep();
  return statement.getColumn(0).getInt64();
}

std::string DirectoryOf(const std::string& path) {
  const std::filesystem::path parent =
      std::filesystem::path(path).parent_path();
  return parent.empty() ? "." : parent.string();
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

// Creates the default path's directory if it is missing. Throws DatabaseTrouble
// if another path's directory is missing.
void EnsureDirectory(const std::string& path) {
  std::error_code error;
  const std::string directory = DirectoryOf(path);
  constexpr mode_t kMode = 0750;
  if (path == kDefaultDatabasePath && mkdir(directory.c_str(), kMode) == 0) {
    // The umask may have removed the group's bits.
    const Descriptor file(
        open(directory.c_str(), O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    if (file) fchmod(file.get(), kMode);
  }
  if (!std::filesystem::is_directory(directory, error)) {
    throw DatabaseTrouble::Opening(
        path, fmt::format("no directory {}: create it, or choose "
                          "another file with --db",
                          directory));
  }
}

void SetGroup(const std::string& path, gid_t group) {
  for (const char* suffix : {"", "-wal", "-shm"}) {
    GiveToGroup(path + suffix, group);
  }
  if (path != kDefaultDatabasePath) return;
  const std::string directory = DirectoryOf(path);
  const Descriptor file(
      open(directory.c_str(), O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
  if (!file || fchown(file.get(), static_cast<uid_t>(-1), group) != 0) {
    throw DatabaseTrouble::Opening(path, ErrnoText(errno));
  }
}

bool IsEmpty(SQLite::Database* database) {
  return QueryInt(database, "PRAGMA application_id") == 0 &&
         QueryInt(database, "PRAGMA user_version") == 0 &&
         QueryInt(database, "SELECT count(*) FROM sqlite_schema") == 0;
}

// Repeats a check of CheckFiles…(), because the log can override the file.
void CheckSchema(SQLite::Database* database, const std::string& path) {
  CheckIdentity(QueryInt(database, "PRAGMA application_id"),
                QueryInt(database, "PRAGMA user_version"), path);
}

void CreateSchema(SQLite::Database* database) {
  // No journal on disk: it would not show that the file is forkdb's. A process
  // killed here leaves an empty file, or a damaged one with forkdb's id. The
  // next pragma already writes.
  database->exec("PRAGMA journal_mode = MEMORY");
  // Must precede the first table. Lets pruning shrink the file.
  database->exec("PRAGMA auto_vacuum = INCREMENTAL");
  SQLite::Transaction transaction(*database,
                                  SQLite::TransactionBehavior::IMMEDIATE);
  // Another recorder may have created it meanwhile.
  if (!IsEmpty(database)) return;
  database->exec(kSchemaSql);
  transaction.commit();
}

bool HasUncheckpointedWal(const std::string& path) {
  const std::optional<struct stat> log = StatFile(path + "-wal");
  return log && log->st_size > 0;
}

// The path as an SQLite URI that promises that the file does not change.
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
  SQLite::Database database(name,
                            SQLite::OPEN_READONLY | SQLite::OPEN_URI |
                                SQLite::OPEN_NOMUTEX | SQLITE_OPEN_NOFOLLOW,
                            kBusyTimeoutMs);
  Distrust(&database);
  // One transaction as long as the connection: all reads see the same state,
  // and a recorder can only get in the way of its start.
  database.exec("BEGIN");
  CheckSchema(&database, path);
  return database;
}

// Rolls back an interrupted transaction: opening for writing makes SQLite do
// it.
void RollBack(const std::string& path, const std::string& resolved) {
  const std::string reason =
      "an interrupted transaction must be rolled back first";
  if (access(resolved.c_str(), W_OK) != 0 ||
      access(DirectoryOf(resolved).c_str(), W_OK) != 0) {
    throw DatabaseTrouble::Opening(
        path,
        reason +
            ": run this command or forkdb record as the owner of the file");
  }
  const std::string danger = WhyUnsafe(resolved);
  if (!danger.empty()) {
    throw DatabaseTrouble::Opening(path, reason + ": " + danger);
  }
  CheckFilesForWriting(resolved, path);
  SQLite::Database database(
      resolved,
      SQLite::OPEN_READWRITE | SQLite::OPEN_NOMUTEX | SQLITE_OPEN_NOFOLLOW,
      kBusyTimeoutMs);
  Distrust(&database);
  QueryInt(&database, "SELECT count(*) FROM sqlite_schema");
}

// Why no -shm file can be created beside the log: EROFS, EACCES, or 0 if it can
// or is there.
int WhyNoSharedMemory(const std::string& resolved) {
  if (StatFile(resolved + "-shm")) return 0;
  return access(DirectoryOf(resolved).c_str(), W_OK) == 0 ? 0 : errno;
}

// Opens the database for reading, and handles four failures of SQLite. If this
// user may not create the -shm file of a database at rest, opens it as
// immutable. If a recorder is creating or restarting the log, tries again. If
// nobody can create the -shm file of a log, says what to do. If the journal is
// hot, rolls it back.
SQLite::Database OpenWithRetry(const std::string& path,
                               const std::string& resolved, bool in_wal_mode) {
  using std::chrono::milliseconds;
  const auto deadline =
      std::chrono::steady_clock::now() + milliseconds(kBusyTimeoutMs);
  for (;;) {
    try {
      return OpenReadOnly(resolved, path);
    } catch (const SQLite::Exception& e) {
      const bool no_side_files = e.getErrorCode() == SQLITE_CANTOPEN ||
                                 e.getErrorCode() == SQLITE_READONLY;
      const bool late = std::chrono::steady_clock::now() > deadline;
      if (!no_side_files) throw;
      if (HasHotJournal(resolved)) {
        RollBack(path, resolved);
      } else if (in_wal_mode && !HasUncheckpointedWal(resolved)) {
        return OpenReadOnly(ImmutableUri(resolved), path);
      }
      const int no_memory = WhyNoSharedMemory(resolved);
      if (no_memory == EROFS || (no_memory != 0 && late)) {
        throw DatabaseTrouble::Opening(
            path, fmt::format("its log needs the file {}-shm, which cannot be "
                              "created: {}: copy the database and its -wal "
                              "file into a directory of your own",
                              resolved, ErrnoText(no_memory)));
      }
      if (late) throw;
    }
    std::this_thread::sleep_for(milliseconds(5));
  }
}

}  // namespace

void CheckDatabase(const std::string& path) {
  if (path == kMemoryDatabase) return;
  EnsureDirectory(path);
  const std::string danger = WhyUnsafe(path);
  if (!danger.empty()) throw DatabaseTrouble::Opening(path, danger);
  CheckFilesForWriting(ResolveLinks(path), path);
}

SQLite::Database OpenForWriting(const std::string& path,
                                const std::string& group) {
  std::optional<gid_t> group_id;
  if (!group.empty()) group_id = GroupId(group);
  try {
    const bool in_memory = path == kMemoryDatabase;
    const std::string resolved = in_memory ? path : ResolveLinks(path);
    CheckDatabase(path);
    // Create the file before SQLite does, to set its mode. SQLite copies mode,
    // owner and group to the other files. If another recorder is faster, SQLite
    // opens the file of that one.
    if (!in_memory) CreateOwnFile(resolved, kDatabaseMode);
    SQLite::Database database(resolved,
                              SQLite::OPEN_READWRITE | SQLite::OPEN_NOMUTEX |
                                  (in_memory ? 0 : SQLITE_OPEN_NOFOLLOW),
                              kBusyTimeoutMs);
    Distrust(&database);
    sqlite3* const connection = database.getHandle();
    // Until CheckSchema() has passed, closing must not change the database. The
    // -wal file always stays.
    int persist_wal = 1;
    sqlite3_file_control(connection, "main", SQLITE_FCNTL_PERSIST_WAL,
                         &persist_wal);
    sqlite3_db_config(connection, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
    if (IsEmpty(&database)) CreateSchema(&database);
    CheckSchema(&database, path);
    sqlite3_db_config(connection, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 0, nullptr);
    database.exec("PRAGMA journal_mode = WAL");
    database.exec("PRAGMA synchronous = NORMAL");
    // Enough for a large batch, which changes a page of comm_blocks for each of
    // some thousand names. With less, pages go to the log twice: a sixth of the
    // time at 10 million records.
    database.exec("PRAGMA cache_size = -16000");
    // Creates the -wal and -shm files for readers who may not.
    QueryInt(&database, "PRAGMA user_version");
    if (group_id && !in_memory) SetGroup(resolved, *group_id);
    return database;
  } catch (const SQLite::Exception& e) {
    throw DatabaseError(path, e);
  }
}

SQLite::Database OpenForReading(const std::string& path) {
  const std::string resolved = ResolveLinks(path);
  const DatabaseHeader header = CheckFilesForReading(resolved, path);
  try {
    return OpenWithRetry(path, resolved, header.in_wal_mode);
  } catch (const SQLite::Exception& e) {
    throw DatabaseError(path, e);
  }
}

}  // namespace forkdb
