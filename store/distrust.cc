#include "store/distrust.h"

#include <fmt/core.h>
#include <sqlite3.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <optional>

namespace forkdb {
namespace {

void Configure(sqlite3* connection) {
  constexpr struct {
    int option;
    int on;
  } kOptions[] = {
      {SQLITE_DBCONFIG_DEFENSIVE, 1},
      {SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0},
      {SQLITE_DBCONFIG_ENABLE_TRIGGER, 0},
      // Debian's SQLite enables these two. The first lets SQL pass a function
      // pointer, which SQLite calls.
      {SQLITE_DBCONFIG_ENABLE_FTS3_TOKENIZER, 0},
      {SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0},
      {SQLITE_DBCONFIG_WRITABLE_SCHEMA, 0},
  };
  for (const auto& [option, on] : kOptions) {
    int is_on = 0;
    sqlite3_db_config(connection, option, on, &is_on);
  }
}

void Limit(sqlite3* connection) {
  constexpr struct {
    int limit;
    int most;
  } kLimits[] = {
      // Functions such as instr() and replace() take time proportional to the
      // product of their arguments' lengths, and cannot be interrupted.
      {SQLITE_LIMIT_LENGTH, kMostValueBytes},
      {SQLITE_LIMIT_SQL_LENGTH, kMostValueBytes},
      {SQLITE_LIMIT_LIKE_PATTERN_LENGTH, 1'000},
      {SQLITE_LIMIT_EXPR_DEPTH, 500},
      {SQLITE_LIMIT_COMPOUND_SELECT, 200},
      {SQLITE_LIMIT_VDBE_OP, 1'000'000},
      {SQLITE_LIMIT_ATTACHED, 0},
      {SQLITE_LIMIT_TRIGGER_DEPTH, 1},
      {SQLITE_LIMIT_WORKER_THREADS, 0},
  };
  for (const auto& [limit, most] : kLimits) {
    sqlite3_limit(connection, limit, most);
  }
}

// Returns roughly how much of RLIMIT_DATA this process uses: the figure also
// contains the stack (proc_pid_statm(5)). Returns nullopt without /proc.
std::optional<rlim_t> DataBytes() {
  std::ifstream statm("/proc/self/statm");
  rlim_t size = 0;
  rlim_t resident = 0;
  rlim_t shared = 0;
  rlim_t text = 0;
  rlim_t library = 0;
  rlim_t data = 0;
  statm >> size >> resident >> shared >> text >> library >> data;
  if (!statm) return std::nullopt;
  return data * static_cast<rlim_t>(sysconf(_SC_PAGESIZE));
}

}  // namespace

void Distrust(SQLite::Database* database) {
  sqlite3* const connection = database->getHandle();
  Configure(connection);
  Limit(connection);
  const char* kept_modules[] = {"json_each", "json_tree", nullptr};
  sqlite3_drop_modules(connection, kept_modules);
  database->exec("PRAGMA cell_size_check = ON");
}

Error MemoryTrouble() {
  return Error(
      fmt::format("the answer needs more than {} MiB of memory in SQLite or {} "
                  "MiB in total: narrow the query",
                  kMostQueryBytes >> 20, kMostAnswerBytes >> 20));
}

MemoryLimit::MemoryLimit() {
  sqlite3_hard_heap_limit64(sqlite3_memory_used() + kMostQueryBytes);
  const std::optional<rlim_t> used = DataBytes();
  if (!used || getrlimit(RLIMIT_DATA, &former_) != 0) return;
  rlimit limit = former_;
  limit.rlim_cur = std::min<rlim_t>(limit.rlim_cur, *used + kMostAnswerBytes);
  limits_data_ = setrlimit(RLIMIT_DATA, &limit) == 0;
}

MemoryLimit::~MemoryLimit() {
  sqlite3_hard_heap_limit64(0);
  if (limits_data_) setrlimit(RLIMIT_DATA, &former_);
}

}  // namespace forkdb
