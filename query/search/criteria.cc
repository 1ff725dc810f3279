#include "query/search/criteria.h"

#include <SQLiteCpp/Statement.h>
#include <fmt/core.h>
#include <fmt/format.h>
#include <linux/sched.h>

#include <algorithm>
#include <string>
#include <string_view>

#include "query/ancestry/alive.h"
#include "store/statement.h"
#include "terminal/value.h"

namespace forkdb {
namespace {

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

  void WantRanges(const Filter& filter);
  void WantNumbers(const Filter& filter);
  void WantNames(const Filter& filter);
  void WantFlagSets(const Filter& filter);

  std::vector<const Criterion*> wanted;

 private:
  // A criterion that needs no table.
  void Want(std::string_view name);
  // Fills the criterion's table from a SELECT.
  void Want(std::string_view name, const std::string& select,
            const Row& values);

  void WantKinds(const Filter& filter, std::vector<std::string>* terms,
                 Row* values);

  SQLite::Database* database_;
};

void Store::Want(std::string_view name) {
  wanted.push_back(FindCriterion(name));
}

void Store::Want(std::string_view name, const std::string& select,
                 const Row& values) {
  database_->exec(
      fmt::format("DROP TABLE IF EXISTS temp.wanted_{0}; "
                  "CREATE TEMP TABLE wanted_{0} (value INTEGER PRIMARY KEY)",
                  name));
  SQLite::Statement insert(
      *database_,
      fmt::format("INSERT OR IGNORE INTO temp.wanted_{} {}", name, select));
  BindAll(values, &insert);
  insert.exec();
  Want(name);
}

void Store::WantRanges(const Filter& filter) {
  if (!filter.ranges) return;
  database_->exec(
      "DROP TABLE IF EXISTS temp.wanted_range; CREATE TEMP TABLE wanted_range "
      "(value INTEGER PRIMARY KEY, last_id INTEGER NOT NULL)");
  SQLite::Statement insert(*database_,
                           "INSERT INTO temp.wanted_range VALUES (?, ?)");
  for (const IdRange& range : *filter.ranges) {
    BindAll({range.first, range.last}, &insert);
    insert.exec();
    insert.reset();
  }
  Want("range");
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
  if (filter.under || filter.under_caller) {
    StoreUnder(filter, database_);
    Want("id");
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
  if (!filter.namespaces.empty()) {
    const size_t count = filter.namespaces.size();
    const std::string marks = Marks(count);
    Row values;
    for (int i = 0; i < 4; ++i) Append(filter.namespaces, &values);
    Want("namespace_set",
         fmt::format("SELECT id FROM namespace_sets WHERE pid_ns IN ({0}) OR "
                     "user_ns IN ({0}) OR child_pid_ns IN ({0}) OR "
                     "child_user_ns IN ({0})",
                     marks),
         values);
  }
}

void Store::WantFlagSets(const Filter& filter) {
  std::vector<std::string> terms;
  Row values;
  const auto bits = [](const std::vector<std::string>& flags) {
    uint64_t sum = 0;
    for (const std::string& flag : flags) sum |= ParseFlag(flag);
    return static_cast<int64_t>(sum);
  };
  const auto add = [&](const char* term, int64_t value) {
    values.emplace_back(value);
    terms.push_back(fmt::format(fmt::runtime(term), values.size()));
  };
  if (!filter.flags.empty()) add("flags & ?{0} = ?{0}", bits(filter.flags));
  if (!filter.not_flags.empty()) add("flags & ?{} = 0", bits(filter.not_flags));
  if (filter.threads) {
    add(*filter.threads ? "flags & ?{} <> 0" : "flags & ?{} = 0", CLONE_THREAD);
  }
  if (filter.new_namespaces != 0) {
    add("flags & ?{} <> 0", static_cast<int64_t>(filter.new_namespaces));
    if (!filter.failed && filter.errnos.empty()) Want("success");
  }
  WantKinds(filter, &terms, &values);
  if (terms.empty()) return;
  Want("flag_set",
       fmt::format("SELECT id FROM flag_sets WHERE {}",
                   fmt::join(terms, " AND ")),
       values);
}

// A kernel's thread is told by its caller, all other kinds by the flags.
void Store::WantKinds(const Filter& filter, std::vector<std::string>* terms,
                      Row* values) {
  if (filter.kinds.empty()) return;
  for (const std::string& kind : filter.kinds) CheckKind(kind);
  const auto kthreads =
      std::count(filter.kinds.begin(), filter.kinds.end(), "kthread");
  if (kthreads == 0) {
    Append(filter.kinds, values);
    std::vector<std::string> marks;
    for (size_t i = 0; i < filter.kinds.size(); ++i) {
      marks.push_back(
          fmt::format("?{}", values->size() - filter.kinds.size() + i + 1));
    }
    terms->push_back(fmt::format("kind IN ({})", fmt::join(marks, ", ")));
    Want("no_kthread");
  } else if (static_cast<size_t>(kthreads) == filter.kinds.size()) {
    if (filter.pids.empty()) Want("pid", "VALUES (0), (2)", {});
    Want("kthread");
  } else {
    Want("kind",
         fmt::format("SELECT id FROM flag_sets WHERE kind IN ({})",
                     Marks(filter.kinds.size())),
         Row(filter.kinds.begin(), filter.kinds.end()));
  }
}

}  // namespace

std::vector<const Criterion*> StoreCriteria(SQLite::Database* database,
                                            const Filter& filter) {
  Store store(database);
  store.WantRanges(filter);
  store.WantNumbers(filter);
  store.WantNames(filter);
  store.WantFlagSets(filter);
  return store.wanted;
}

}  // namespace forkdb
