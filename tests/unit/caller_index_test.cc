#include <SQLiteCpp/Statement.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "query/ancestry/calls.h"
#include "store/database.h"
#include "store/schema.h"

namespace forkdb {
namespace {

using testing::HasSubstr;
using testing::Not;

// How SQLite goes about a SELECT.
std::string PlanOf(const std::string& sql) {
  SQLite::Database database = OpenForWriting(kMemoryDatabase);
  SQLite::Statement statement(database, FormatSql("EXPLAIN QUERY PLAN " + sql));
  std::string plan;
  while (statement.executeStep()) {
    plan += statement.getColumn(3).getString() + "\n";
  }
  return plan;
}

TEST(CallerIndex, AreFoundByTheirCallersPidAndBlocks) {
  const std::string of_record =
      PlanOf(std::string("SELECT r.id FROM ") + kCallsOfRecord);
  EXPECT_THAT(of_record, HasSubstr("SEARCH p USING PRIMARY KEY (pid=?)"));
  EXPECT_THAT(of_record, HasSubstr("SEARCH r USING INTEGER PRIMARY KEY"));
  const std::string of_alive =
      PlanOf(std::string("SELECT r.id FROM ") + kCallsOfAlive);
  EXPECT_THAT(of_alive, HasSubstr("SEARCH p USING PRIMARY KEY (pid=?)"));
  EXPECT_THAT(of_alive, HasSubstr("SEARCH r USING INTEGER PRIMARY KEY"));
}

TEST(CallerIndex, ComeInOrderWithoutASort) {
  EXPECT_THAT(PlanOf(std::string("SELECT r.id FROM ") + kCallsOfRecord +
                     " ORDER BY p.block DESC LIMIT 1"),
              Not(HasSubstr("TEMP B-TREE")));
}

TEST(CallerIndex, AreAskedForInRecursiveSqlWithoutAScan) {
  const std::string plan = PlanOf(
      "WITH RECURSIVE under (id) AS (SELECT 1 UNION SELECT c.id FROM under "
      "CROSS JOIN calls AS c ON c.caller_id = under.id) SELECT id FROM under");
  EXPECT_THAT(plan, HasSubstr("SEARCH m USING INTEGER PRIMARY KEY"));
  EXPECT_THAT(plan, HasSubstr("SEARCH p USING PRIMARY KEY (pid=?)"));
}

}  // namespace
}  // namespace forkdb
