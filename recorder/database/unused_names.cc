#include "recorder/database/unused_names.h"

#include <SQLiteCpp/Statement.h>

#include "recorder/ingest/run.h"
#include "store/dimensions.h"
#include "store/schema.h"

namespace forkdb {

void DeleteUnusedNames(const std::string& rows, int64_t gone_block,
                       SQLite::Database* database) {
  for (const Dimension& dimension : kDimensions) {
    if (dimension.of_failures) continue;
    SQLite::Statement statement(
        *database,
        FormatSql(
            "DELETE FROM {0} WHERE id IN (SELECT {1} FROM {3}) "
            "AND NOT EXISTS (SELECT 1 FROM {2} AS b "
            "WHERE b.{1} = {0}.id AND b.block <> ?1) AND id NOT IN (SELECT "
            "r.{1} FROM open_blocks AS o CROSS JOIN records AS r ON r.id "
            "BETWEEN o.block * {kBlockRecords} AND "
            "(o.block + 1) * {kBlockRecords} - 1 WHERE o.block <> ?1)",
            dimension.values, dimension.name(), dimension.blocks, rows));
    Run({gone_block}, &statement);
  }
}

}  // namespace forkdb
