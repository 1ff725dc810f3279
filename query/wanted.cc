#include "query/wanted.h"

#include <SQLiteCpp/Statement.h>
#include <fmt/core.h>
#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <string>
#include <string_view>

#include "store/value.h"

namespace forkdb {
namespace {

constexpr WantedKind kKinds[] = {
    {"pid", "pid_blocks", false,
     "EXISTS (SELECT 1 FROM pid_blocks AS p WHERE p.block = d.block AND "
     "p.pid IN temp.wanted_pid)",
     "(pid IN temp.wanted_pid OR tgid IN temp.wanted_pid)"},
    {"ret", "errno_blocks", true,
     "EXISTS (SELECT 1 FROM errno_blocks AS e WHERE e.block = d.block AND "
     "e.ret IN temp.wanted_ret)",
     "ret < 0 AND ret IN temp.wanted_ret"},
    {"comm", "comm_blocks", false,
     "EXISTS (SELECT 1 FROM comm_blocks AS c WHERE c.block = d.block AND "
     "c.comm IN temp.wanted_comm)",
     "comm IN temp.wanted_comm"},
    {"user", "user_blocks", false,
     "EXISTS (SELECT 1 FROM user_blocks AS u WHERE u.block = d.block AND "
     "u.user IN temp.wanted_user)",
     "user IN temp.wanted_user"},
    {"flag_set", "flag_set_blocks", false,
     "EXISTS (SELECT 1 FROM flag_set_blocks AS f WHERE f.block = d.block AND "
     "f.flag_set IN temp.wanted_flag_set)",
     "flag_set IN temp.wanted_flag_set"},
    {"child_pid", nullptr, false,
     "EXISTS (SELECT 1 FROM blocks AS b, temp.wanted_child_pid AS w WHERE "
     "b.block = d.block AND w.value BETWEEN b.first_child_pid AND "
     "b.last_child_pid)",
     "child_pid IN temp.wanted_child_pid"},
    {"id", nullptr, false,
     "EXISTS (SELECT 1 FROM temp.wanted_id AS i WHERE i.value BETWEEN "
     "d.block * 4096 AND d.block * 4096 + 4095)",
     // The + keeps SQLite on the run of ids that is being read.
     "+records.id IN temp.wanted_id"},
    {"stream", nullptr, false, "d.block / 244140625 IN temp.wanted_stream",
     "id / 1000000000000 IN temp.wanted_stream"},
};

// The calls of a process that no record made, from one of them, and what
// descends from it.
constexpr char kUnderCallerSql[] =
    "WITH RECURSIVE process (pid, start_ns, boot) AS ("
    "SELECT r.tgid, r.start_ns, s.boot FROM records AS r "
    "JOIN streams AS s ON s.id = r.id / 1000000000000 WHERE r.id = ?), "
    "candidates (block) AS (SELECT block FROM pid_blocks "
    "WHERE pid = (SELECT pid FROM process) "
    "UNION SELECT block FROM open_blocks), "
    "under (id) AS (SELECT r.id FROM process AS p CROSS JOIN candidates AS c "
    "CROSS JOIN records AS r ON r.id BETWEEN c.block * 4096 "
    "AND c.block * 4096 + 4095 JOIN streams AS s "
    "ON s.id = r.id / 1000000000000 AND s.boot = p.boot "
    "WHERE r.tgid = p.pid AND r.start_ns = p.start_ns AND r.caller_id IS NULL "
    "UNION SELECT r.id FROM under CROSS JOIN records AS r "
    "ON r.caller_id = under.id ORDER BY 1) SELECT id FROM under";

// "?, ?" for so many values.
std::string Marks(size_t count) {
  return fmt::format("{}",
                     fmt::join(std::vector<const char*>(count, "?"), ", "));
}

template <typename T>
void Append(const std::vector<T>& from, Row* values) {
  values->insert(values->end(), from.begin(), from.end());
}

bool IsPattern(const std::string& comm) {
  return comm.find_first_of("*?") != std::string::npos;
}

// Fills the tables.
class Store {
 public:
  explicit Store(SQLite::Database* database) : database_(database) {}

  void WantNumbers(const Filter& filter);
  void WantNames(const Filter& filter);

  std::vector<const WantedKind*> wanted;

 private:
  // Fills the kind's table from a SELECT.
  void Want(std::string_view name, const std::string& select,
            const Row& values);

  SQLite::Database* database_;
};

void Store::Want(std::string_view name, const std::string& select,
                 const Row& values) {
  const auto* kind =
      std::find_if(std::begin(kKinds), std::end(kKinds),
                   [&](const WantedKind& k) { return k.name == name; });
  database_->exec(
      fmt::format("DROP TABLE IF EXISTS temp.wanted_{0}; "
                  "CREATE TEMP TABLE wanted_{0} (value INTEGER PRIMARY KEY)",
                  name));
  SQLite::Statement insert(
      *database_,
      fmt::format("INSERT OR IGNORE INTO temp.wanted_{} {}", name, select));
  BindAll(values, &insert);
  insert.exec();
  wanted.push_back(kind);
}

void Store::WantNumbers(const Filter& filter) {
  const auto want_each = [&](const char* name,
                             const std::vector<int64_t>& numbers) {
    if (numbers.empty()) return;
    const std::vector<const char*> marks(numbers.size(), "(?)");
    Want(name, fmt::format("VALUES {}", fmt::join(marks, ", ")),
         Row(numbers.begin(), numbers.end()));
  };
  want_each("pid", filter.pids);
  want_each("child_pid", filter.children);
  if (filter.under) {
    // UNION, not UNION ALL: a forged source could name itself as its creator.
    // By id, so that the table of the wanted grows at its end.
    Want("id",
         "WITH RECURSIVE under (id) AS ("
         "SELECT id FROM records WHERE caller_id = ? UNION "
         "SELECT r.id FROM under CROSS JOIN records AS r "
         "ON r.caller_id = under.id ORDER BY 1) SELECT id FROM under",
         {*filter.under});
  }
  if (filter.under_caller) {
    Want("id", kUnderCallerSql, {*filter.under_caller});
  }
  if (filter.boot) {
    Want("stream", "SELECT id FROM streams WHERE boot = ?", {*filter.boot});
  }
  if (!filter.errnos.empty()) {
    Row rets;
    for (const std::string& name : filter.errnos) {
      rets.emplace_back(int64_t{-ParseErrno(name)});
    }
    Want("ret",
         fmt::format("SELECT ret FROM errnos WHERE ret IN ({})",
                     Marks(rets.size())),
         rets);
  } else if (filter.failed) {
    Want("ret", "SELECT ret FROM errnos", {});
  }
}

void Store::WantNames(const Filter& filter) {
  if (!filter.comms.empty()) {
    std::vector<std::string> terms;
    for (const std::string& comm : filter.comms) {
      // Names that are not UTF-8 are BLOBs, which no text equals or matches.
      const char* term = IsPattern(comm) ? "CAST(comm AS TEXT) GLOB ?{}"
                                         : "comm IN (?{0}, CAST(?{0} AS BLOB))";
      terms.push_back(fmt::format(fmt::runtime(term), terms.size() + 1));
    }
    Want("comm",
         fmt::format("SELECT id FROM comms WHERE {}", fmt::join(terms, " OR ")),
         Row(filter.comms.begin(), filter.comms.end()));
  }
  if (!filter.users.empty() || !filter.uids.empty()) {
    std::vector<std::string> terms;
    Row values;
    if (!filter.users.empty()) {
      terms.push_back(
          fmt::format("username IN ({})", Marks(filter.users.size())));
      Append(filter.users, &values);
    }
    if (!filter.uids.empty()) {
      terms.push_back(fmt::format("uid IN ({})", Marks(filter.uids.size())));
      Append(filter.uids, &values);
    }
    Want(
        "user",
        fmt::format("SELECT id FROM users WHERE {}", fmt::join(terms, " AND ")),
        values);
  }
  if (!filter.flags.empty()) {
    uint64_t bits = 0;
    for (const std::string& flag : filter.flags) bits |= ParseFlag(flag);
    Want("flag_set", "SELECT id FROM flag_sets WHERE flags & ?1 = ?1",
         {static_cast<int64_t>(bits)});
  }
}

}  // namespace

std::vector<const WantedKind*> StoreWanted(SQLite::Database* database,
                                           const Filter& filter) {
  Store store(database);
  store.WantNumbers(filter);
  store.WantNames(filter);
  return store.wanted;
}

}  // namespace forkdb
