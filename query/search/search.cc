#include "query/search/search.h"

#include <SQLiteCpp/Statement.h>
#include <fmt/core.h>
#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "query/search/runs.h"
#include "store/record.h"
#include "store/sql.h"
#include "store/statement.h"

namespace forkdb {
namespace {

constexpr int64_t kFirst = std::numeric_limits<int64_t>::min();
constexpr int64_t kAllRows = -1;
constexpr int64_t kLast = std::numeric_limits<int64_t>::max();

constexpr char kAnything[] = "1";

// More values than this are not worth a statement of so many parts.
constexpr int64_t kMostDriverValues = 64;

// To know which kind is rarest, it is enough to count so far.
constexpr int64_t kCountedBlocks = 1000;

std::vector<int64_t> Integers(SQLite::Database* database,
                              const BoundSql& question) {
  SQLite::Statement statement(*database, question.sql);
  BindAll(question.values, &statement);
  std::vector<int64_t> integers;
  while (statement.executeStep()) {
    integers.push_back(statement.getColumn(0).getInt64());
  }
  return integers;
}

// The condition, or one that always holds.
std::string Checked(const std::string& condition, SQLite::Database* database) {
  if (condition.empty()) return kAnything;
  CheckCondition(database, condition);
  return condition;
}

}  // namespace

Search::Search(SQLite::Database* database, const Filter& filter,
               ProgressMeter* progress)
    : database_(database),
      progress_(progress),
      condition_(Checked(filter.condition, database)),
      since_ns_(filter.since_ns.value_or(kFirst)),
      until_ns_(filter.until_ns.value_or(kLast)),
      timed_(filter.since_ns || filter.until_ns),
      wanted_(StoreCriteria(database, filter)) {
  ChooseDriver();
  NarrowToRanges(filter);
  NarrowBlocks();
}

bool Search::TakesAllOf(std::string_view kind) const {
  return condition_ == kAnything &&
         std::all_of(wanted_.begin(), wanted_.end(),
                     [&](const Criterion* wanted) {
                       return wanted->name == "stream" || wanted->name == kind;
                     });
}

void Search::ChooseDriver() {
  int64_t fewest = kLast;
  for (const Criterion* kind : wanted_) {
    if (kind->blocks.empty()) continue;
    const int64_t blocks =
        Integers(database_,
                 {fmt::format("SELECT count(*) FROM (SELECT 1 FROM {0} WHERE "
                              "{1} IN temp.wanted_{1} LIMIT ?)",
                              kind->blocks, kind->name),
                  {kCountedBlocks}})
            .front();
    if (blocks < fewest) {
      fewest = blocks;
      driver_ = kind;
    }
  }
  if (driver_ == nullptr) return;
  driver_values_ = Integers(
      database_,
      {fmt::format("SELECT value FROM temp.wanted_{} LIMIT ?", driver_->name),
       {kMostDriverValues + 1}});
  if (driver_values_.size() > kMostDriverValues) driver_values_.clear();
}

void Search::NarrowToRanges(const Filter& filter) {
  if (!filter.ranges) return;
  const bool none = filter.ranges->empty();
  first_block_ = none ? kLast : BlockOf(filter.ranges->front().first);
  last_block_ = none ? 0 : BlockOf(filter.ranges->back().last);
  first_stream_ = none ? kLast : StreamOf(filter.ranges->front().first);
  last_stream_ = none ? 0 : StreamOf(filter.ranges->back().last);
}

std::vector<int64_t> Search::Streams() const {
  const bool chosen = std::any_of(
      wanted_.begin(), wanted_.end(),
      [](const Criterion* wanted) { return wanted->name == "stream"; });
  return Integers(
      database_,
      {fmt::format("SELECT id FROM streams WHERE next_seq - 1 > pruned_seq AND "
                   "id BETWEEN ? AND ?{} ORDER BY id",
                   chosen ? " AND id IN temp.wanted_stream" : ""),
       {first_stream_, last_stream_}});
}

void Search::NarrowBlocks() {
  if (!timed_) return;
  const auto edge = [&](const char* direction) {
    return Integers(
        database_,
        {fmt::format("SELECT block FROM blocks WHERE last_time_ns >= ? AND "
                     "first_time_ns <= ? ORDER BY block {} LIMIT 1",
                     direction),
         {since_ns_, until_ns_}});
  };
  const std::vector<int64_t> first = edge("ASC");
  const std::vector<int64_t> last = edge("DESC");
  first_block_ = first.empty() ? kLast : std::max(first_block_, first.front());
  last_block_ = last.empty() ? 0 : std::min(last_block_, last.front());
}

std::string Search::BlockConditions() const {
  std::string conditions;
  for (const Criterion* kind : wanted_) {
    if (kind == driver_) continue;
    conditions += fmt::format(" AND {}", kind->block_condition);
  }
  if (timed_) {
    conditions +=
        " AND EXISTS (SELECT 1 FROM blocks AS b WHERE b.block = d.block AND "
        "b.last_time_ns >= ?4 AND b.first_time_ns <= ?5)";
  }
  return conditions;
}

BoundSql Search::BlocksSql(bool descending, int64_t from_block,
                           int64_t to_block) const {
  const std::string conditions = BlockConditions();
  BoundSql question;
  question.values = Values(kAllRows, std::max(first_block_, from_block),
                           std::min(last_block_, to_block));
  const auto add = [&](std::string_view from) {
    question.sql += fmt::format(
        "SELECT d.block FROM {} AS d WHERE d.block BETWEEN ?2 AND ?3{}{} "
        "UNION ",
        from, conditions,
        driver_values_.empty() ? ""
                               : fmt::format(" AND d.{} = ?{}", driver_->name,
                                             question.values.size()));
  };
  if (driver_ == nullptr) {
    add("blocks");
  } else if (driver_values_.empty()) {
    add(
        fmt::format("(SELECT DISTINCT block FROM {0} "
                    "WHERE {1} IN temp.wanted_{1})",
                    driver_->blocks, driver_->name));
  }
  // SQLite merges these as it goes, for each is in order by the table's key.
  for (const int64_t value : driver_values_) {
    question.values.emplace_back(value);
    add(driver_->blocks);
  }
  question.sql += fmt::format("SELECT block FROM open_blocks ORDER BY 1 {}",
                              descending ? "DESC" : "ASC");
  return question;
}

void Search::ForEachRun(
    bool descending, int64_t from_id,
    const std::function<bool(int64_t, int64_t)>& look) const {
  Runs runs(*this, descending, from_id);
  while (const std::optional<IdRange> run = runs.Next()) {
    if (!look(run->first, run->last)) return;
  }
}

std::string Search::RowsFrom(const std::string& blocks,
                             const std::string& ids) const {
  std::string conditions;
  const char* index = "";
  for (const Criterion* kind : wanted_) {
    conditions += fmt::format(" AND {}", kind->row_condition);
    if (kind->of_failures) index = "INDEXED BY records_failed";
  }
  if (timed_) conditions += " AND time_ns BETWEEN ?4 AND ?5";
  // Held against the narrow table first. The newline ends a comment that the
  // user's condition may end in.
  return fmt::format(
      "(SELECT records.id AS record FROM {}records {} WHERE records.id {}{}) "
      "CROSS JOIN forks ON forks.id = record WHERE ({}\n)",
      blocks, index, ids, conditions, condition_);
}

std::string Search::RowsSql(const std::string& columns, bool descending) const {
  const char* direction = descending ? "DESC" : "ASC";
  if (everywhere()) {
    return fmt::format(
        "SELECT {} FROM forks WHERE id BETWEEN ?2 AND ?3 AND ({}\n) "
        "ORDER BY id {} LIMIT ?1",
        columns, condition_, direction);
  }
  return fmt::format("SELECT {} FROM {} ORDER BY record {} LIMIT ?1", columns,
                     RowsFrom("", "BETWEEN ?2 AND ?3"), direction);
}

// ?1 to ?5.
Row Search::Values(int64_t limit, int64_t first, int64_t last) const {
  Row values = {limit, first, last};
  if (timed_) {
    values.emplace_back(since_ns_);
    values.emplace_back(until_ns_);
  }
  return values;
}

Row Search::RowsValues(int64_t first_id, int64_t last_id, int64_t limit) const {
  return Values(limit, first_id, last_id);
}

BoundSql Search::Ordered(const std::string& columns, const std::string& order,
                         int64_t limit) const {
  BoundSql question;
  if (everywhere()) {
    question.sql = fmt::format(
        "SELECT {} FROM forks WHERE id BETWEEN ?2 AND ?3 AND ({}\n)", columns,
        condition_);
    question.values = Values(limit, 0, kLast);
  } else {
    question = BlocksSql(/*descending=*/false, 0);
    const std::string rows =
        RowsFrom(fmt::format("({}) AS d CROSS JOIN ", question.sql),
                 fmt::format("BETWEEN d.block * {0} AND d.block * {0} + {1}",
                             kBlockRecords, kBlockRecords - 1));
    question.sql = fmt::format("SELECT {} FROM {}", columns, rows);
  }
  question.values.front() = limit;
  question.sql += fmt::format(" ORDER BY {} LIMIT ?1", order);
  return question;
}

}  // namespace forkdb
