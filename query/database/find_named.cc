#include "query/database/find_named.h"

#include <SQLiteCpp/Statement.h>
#include <fmt/core.h>

#include <algorithm>
#include <set>
#include <string_view>
#include <tuple>

#include "query/filter/condition.h"
#include "query/filter/filter.h"
#include "query/search/row_cursor.h"
#include "query/search/search.h"
#include "store/statement.h"
#include "terminal/value.h"

namespace forkdb {
namespace {

// One call of each process that made a call the filter asks for.
std::vector<int64_t> FindCalls(const Search& search, size_t most) {
  std::vector<int64_t> calls;
  // The record that created it or, without one, boot, pid and start.
  std::set<std::tuple<int64_t, std::string, int64_t, int64_t>> callers;
  RowCursor rows(search, {"id, ifnull(caller_id, 0), boot, tgid, start_ns",
                          /*descending=*/true});
  while (calls.size() < most) {
    SQLite::Statement* row = rows.Next();
    if (row == nullptr) break;
    const auto column = [&](int i) { return row->getColumn(i).getInt64(); };
    std::tuple<int64_t, std::string, int64_t, int64_t> caller(column(1), "", 0,
                                                              0);
    if (column(1) == 0) {
      caller = {0, row->getColumn(2).getString(), column(3), column(4)};
    }
    if (callers.insert(caller).second) calls.push_back(column(0));
  }
  return calls;
}

std::vector<int64_t> FindAlive(const Filter& named,
                               const std::optional<int64_t>& boot, size_t most,
                               SQLite::Database* database) {
  Row values = {boot ? Value(*boot) : Value(), static_cast<int64_t>(most)};
  const std::string is_named = ToBoundSql(
      AllOf(ConditionsOf(named)),
      [](std::string_view column) { return std::string(column); }, &values);
  SQLite::Statement find(
      *database,
      fmt::format("WITH asked (boot, most) AS (VALUES (?, ?)) "
                  "SELECT a.id FROM asked CROSS JOIN alive AS a "
                  "WHERE a.boot = ifnull(asked.boot, a.boot) AND {} "
                  "ORDER BY a.id DESC LIMIT (SELECT most FROM asked)",
                  is_named));
  BindAll(values, &find);
  std::vector<int64_t> rows;
  while (find.executeStep()) rows.push_back(find.getColumn(0).getInt64());
  return rows;
}

}  // namespace

std::vector<Process> FindNamed(const std::string& name,
                               const std::optional<int64_t>& boot, size_t most,
                               ProcessReader* reader,
                               SQLite::Database* database,
                               ProgressMeter* progress) {
  Filter named;
  named.values["comm"] = {name};
  Filter in_boot = named;
  in_boot.boot = boot;
  std::vector<Process> processes;
  const auto add = [&](const Process& process) {
    if (std::find(processes.begin(), processes.end(), process) ==
        processes.end()) {
      processes.push_back(process);
    }
  };
  for (const int64_t call :
       FindCalls(Search(database, in_boot, progress), most)) {
    add(reader->CallerOf(call));
  }
  for (const int64_t row : FindAlive(named, boot, most, database)) {
    add(reader->OfAlive(row));
  }
  return processes;
}

}  // namespace forkdb
