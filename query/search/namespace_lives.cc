#include "query/search/namespace_lives.h"

#include <SQLiteCpp/Statement.h>
#include <fmt/core.h>
#include <linux/sched.h>

#include <limits>

#include "query/search/rows_by_time.h"
#include "query/search/search.h"
#include "store/schema.h"

namespace forkdb {
namespace {

// ?1 is the inode, ?2 to ?3 the time, ?4 the boot.
constexpr char kBootsSql[] =
    "WITH sets (id) AS MATERIALIZED (SELECT id FROM namespace_sets WHERE ?1 IN "
    "(pid_ns, user_ns, child_pid_ns, child_user_ns)), holders (block) AS ("
    "SELECT b.block FROM sets CROSS JOIN namespace_set_blocks AS b "
    "ON b.namespace_set = sets.id CROSS JOIN blocks AS k ON k.block = b.block "
    "WHERE k.last_time_ns >= ?2 AND k.first_time_ns <= ?3 "
    "UNION SELECT o.block FROM open_blocks AS o CROSS JOIN records AS r "
    "ON r.id BETWEEN o.block * {kBlockRecords} "
    "AND (o.block + 1) * {kBlockRecords} - 1 WHERE r.time_ns BETWEEN ?2 AND ?3 "
    "AND r.namespace_set IN (SELECT id FROM sets)) "
    "SELECT count(DISTINCT s.boot) FROM holders JOIN streams AS s "
    "ON s.id = holders.block / {kStreamBlocks} WHERE ?4 IS NULL OR s.boot = ?4";

int64_t CountBoots(int64_t inode, const Filter& filter,
                   SQLite::Database* database) {
  using Limits = std::numeric_limits<int64_t>;
  SQLite::Statement find(*database, FormatSql(kBootsSql));
  find.bind(1, inode);
  find.bind(2, filter.since_ns.value_or(Limits::min()));
  find.bind(3, filter.until_ns.value_or(Limits::max()));
  if (filter.boot) find.bind(4, *filter.boot);
  find.executeStep();
  return find.getColumn(0).getInt64();
}

void FindCreations(const Filter& filter, size_t most_times,
                   SQLite::Database* database, NamespaceLives* lives) {
  Filter created;
  created.since_ns = filter.since_ns;
  created.until_ns = filter.until_ns;
  created.boot = filter.boot;
  created.namespaces = {lives->inode};
  created.new_namespaces = CLONE_NEWPID | CLONE_NEWUSER;
  created.succeeded = true;
  created.condition = fmt::format(
      "child_pid_ns = {0} AND flags_raw & {1} "
      "OR child_user_ns = {0} AND flags_raw & {2}",
      lives->inode, CLONE_NEWPID, CLONE_NEWUSER);
  RowsByTime rows(Search(database, created), {"time_ns"});
  for (Row row; rows.Next(&row);) {
    ++lives->created;
    if (lives->created_ns.size() == most_times) continue;
    lives->created_ns.push_back(IntegerOr(row.front(), 0));
  }
}

}  // namespace

std::vector<NamespaceLives> FindNamespaceLives(const Filter& filter,
                                               size_t most_times,
                                               SQLite::Database* database) {
  std::vector<NamespaceLives> found;
  for (const Value& value : filter.namespaces) {
    const int64_t inode = IntegerOr(value, 0);
    if (inode == kInitialPidNs || inode == kInitialUserNs) continue;
    NamespaceLives& lives = found.emplace_back();
    lives.inode = inode;
    lives.boots = CountBoots(inode, filter, database);
    FindCreations(filter, most_times, database, &lives);
  }
  return found;
}

}  // namespace forkdb
