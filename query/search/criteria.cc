#include "query/search/criteria.h"

#include <SQLiteCpp/Statement.h>
#include <fmt/core.h>
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <string>
#include <string_view>
#include <utility>

#include "query/ancestry/under.h"
#include "query/filter/condition.h"
#include "query/search/namespace_lives.h"
#include "store/dimensions.h"
#include "store/statement.h"
#include "terminal/value.h"

namespace forkdb {
namespace {

// The dimension that has the column of the view; NULL if none has.
const Dimension* DimensionOf(std::string_view column) {
  for (const Dimension& dimension : kDimensions) {
    if (ViewSql(dimension, column) != nullptr) return &dimension;
  }
  return nullptr;
}

// Finds a criterion for each condition, and fills its table.
class Store {
 public:
  Store(SQLite::Database* database, const Filter& filter)
      : database_(database), filter_(filter) {}

  std::vector<const Criterion*> Run();

 private:
  void AddRanges();
  void Add(const Condition& condition);
  void AddKinds(const Condition& condition);
  void AddChangedNamespaces();
  // What all conditions on a dimension ask of its values.
  void AddDimension(const Dimension& dimension);
  // The dimension's values for which the condition holds.
  void WantValues(std::string_view name, const Dimension& dimension,
                  const Condition& condition);

  // A criterion that needs no table.
  void Want(std::string_view name);
  // Fills the criterion's table from a SELECT.
  void Want(std::string_view name, const std::string& select,
            const Row& values);
  void WantNumbers(std::string_view name, const std::vector<Value>& numbers);

  SQLite::Database* database_;
  const Filter& filter_;
  std::map<const Dimension*, std::vector<Condition>> of_dimensions_;
  std::vector<const Criterion*> wanted_;
};

std::vector<const Criterion*> Store::Run() {
  AddRanges();
  if (filter_.under) {
    StoreUnder(*filter_.under, database_);
    Want("id");
  }
  for (const Condition& condition : ConditionsOf(filter_)) Add(condition);
  if (filter_.changed_namespaces) AddChangedNamespaces();
  for (const Dimension& dimension : kDimensions) AddDimension(dimension);
  return std::move(wanted_);
}

void Store::Want(std::string_view name) {
  wanted_.push_back(FindCriterion(name));
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

void Store::WantNumbers(std::string_view name,
                        const std::vector<Value>& numbers) {
  const std::vector<const char*> marks(numbers.size(), "(?)");
  Want(name, fmt::format("VALUES {}", fmt::join(marks, ", ")), numbers);
}

void Store::AddRanges() {
  if (!filter_.ranges) return;
  database_->exec(
      "DROP TABLE IF EXISTS temp.wanted_range; CREATE TEMP TABLE wanted_range "
      "(value INTEGER PRIMARY KEY, last_id INTEGER NOT NULL)");
  SQLite::Statement insert(*database_,
                           "INSERT INTO temp.wanted_range VALUES (?, ?)");
  for (const IdRange& range : *filter_.ranges) {
    BindAll({range.first, range.last}, &insert);
    insert.exec();
    insert.reset();
  }
  Want("range");
}

void Store::Add(const Condition& condition) {
  const std::vector<std::string> columns = ColumnsOf(condition);
  // The user's own SQL is held against the rows, times against the blocks.
  if (columns.empty() || columns.front() == "time_ns") return;
  const std::string& column = columns.front();
  if (column == "kind") {
    AddKinds(condition);
  } else if (const Dimension* dimension = DimensionOf(column);
             dimension != nullptr && dimension->of_failures &&
             condition.op == Condition::Op::kNot) {
    WantValues("not_ret", *dimension, condition.parts.front());
  } else if (dimension != nullptr) {
    of_dimensions_[dimension].push_back(condition);
  } else if (column == "stream") {
    Want("stream", condition.sql, {});
  } else if (column == "ret") {
    Want("success");
  } else if (column == "pid") {
    WantNumbers("pid", condition.parts.front().values);
  } else {
    WantNumbers(column, condition.values);
  }
}

// A kernel thread is told by its caller, all other kinds by the flags.
void Store::AddKinds(const Condition& condition) {
  const auto& kinds = condition.values;
  const auto kthreads =
      std::count_if(kinds.begin(), kinds.end(), [](const Value& kind) {
        return std::get<std::string>(kind) == "kthread";
      });
  const Dimension* flag_sets = DimensionOf("kind");
  if (kthreads == 0) {
    of_dimensions_[flag_sets].push_back(condition);
    Want("no_kthread");
  } else if (static_cast<size_t>(kthreads) == kinds.size()) {
    if (filter_.pids.empty()) Want("pid", "VALUES (0), (2)", {});
    Want("kthread");
  } else {
    Row values;
    const std::string where = ToBoundSql(
        condition, [](std::string_view column) { return std::string(column); },
        &values);
    Want("kind", "SELECT id FROM flag_sets WHERE " + where, values);
  }
}

// Nobody can change into the initial user namespace, whose number is fixed. So
// most blocks need not be read.
void Store::AddChangedNamespaces() {
  of_dimensions_[DimensionOf("user_ns")].push_back(
      {Condition::Op::kSql,
       "",
       {},
       fmt::format("v.user_ns <> {} OR v.child_pid_ns <> v.pid_ns",
                   kInitialUserNs),
       {}});
  Want("changed_ns");
}

void Store::AddDimension(const Dimension& dimension) {
  const auto conditions = of_dimensions_.find(&dimension);
  if (conditions == of_dimensions_.end()) return;
  WantValues(dimension.name(), dimension, AllOf(conditions->second));
}

void Store::WantValues(std::string_view name, const Dimension& dimension,
                       const Condition& condition) {
  Row values;
  const std::string where = ToBoundSql(
      condition,
      [&](std::string_view column) { return ViewSql(dimension, column); },
      &values);
  Want(name,
       fmt::format("SELECT {} FROM {} AS v WHERE {}", dimension.key,
                   dimension.values, where),
       values);
}

}  // namespace

std::vector<const Criterion*> StoreCriteria(SQLite::Database* database,
                                            const Filter& filter) {
  return Store(database, filter).Run();
}

}  // namespace forkdb
