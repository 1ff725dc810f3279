#include "query/count/whole_blocks.h"

#include <SQLiteCpp/Statement.h>
#include <fmt/core.h>

#include "store/record.h"
#include "store/statement.h"

namespace forkdb {
namespace {

void DescribeWholes(SQLite::Database* database, WholeBlocks* wholes) {
  SQLite::Statement find(
      *database,
      "SELECT count(*), ifnull(min(block), 0), ifnull(max(block), -1) "
      "FROM temp.whole_blocks");
  find.executeStep();
  wholes->count = find.getColumn(0).getInt64();
  wholes->first = find.getColumn(1).getInt64();
  wholes->last = find.getColumn(2).getInt64();
  wholes->condition =
      fmt::format("b.block BETWEEN {} AND {}", wholes->first, wholes->last);
  SQLite::Statement between(
      *database, fmt::format("SELECT count(*) FROM blocks AS b WHERE {}",
                             wholes->condition));
  between.executeStep();
  // Saves a look-up for each row of b where every block between is whole. The +
  // keeps SQLite from a search of each value for each block.
  if (between.getColumn(0).getInt64() != wholes->count) {
    wholes->condition += " AND +b.block IN temp.whole_blocks";
  }
}

}  // namespace

WholeBlocks StoreWholeBlocks(const Search& search) {
  SQLite::Database* database = search.database();
  database->exec(
      "DROP TABLE IF EXISTS temp.whole_blocks; "
      "CREATE TEMP TABLE whole_blocks (block INTEGER PRIMARY KEY)");
  SQLite::Statement insert(*database,
                           "INSERT INTO temp.whole_blocks VALUES (?)");
  const BoundSql blocks =
      search.BlocksSql(/*descending=*/false, /*from_block=*/0);
  // An open block has no row in blocks.
  SQLite::Statement find(
      *database,
      fmt::format("SELECT d.block, b.block IS NOT NULL, b.first_time_ns, "
                  "b.last_time_ns FROM ({}) AS d "
                  "LEFT JOIN blocks AS b ON b.block = d.block",
                  blocks.sql));
  BindAll(blocks.values, &find);
  WholeBlocks wholes;
  while (find.executeStep()) {
    const auto column = [&](int i) { return find.getColumn(i).getInt64(); };
    const int64_t block = column(0);
    if (column(1) != 0 && search.Spans(column(2), column(3))) {
      insert.bind(1, block);
      insert.exec();
      insert.reset();
    } else {
      wholes.rest.push_back({FirstIdOf(block), LastIdOf(block)});
    }
  }
  DescribeWholes(database, &wholes);
  return wholes;
}

std::string BlocksByValue(const Dimension& dimension) {
  return fmt::format("{0} AS v CROSS JOIN {1} AS b ON b.{2} = v.{3}",
                     dimension.values, dimension.blocks, dimension.name(),
                     dimension.key);
}

}  // namespace forkdb
