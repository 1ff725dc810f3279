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

std::string PlanOfCalls(Process::Kind kind, const std::string& order = "") {
  return PlanOf("SELECT r.id FROM " + CallsOf(kind) + order);
}

TEST(CallerIndex, AreFoundByTheirCallersPidAndBlocks) {
  for (const auto kind : {Process::Kind::kCaller, Process::Kind::kAlive,
                          Process::Kind::kRecorded}) {
    const std::string plan = PlanOfCalls(kind);
    EXPECT_THAT(plan, HasSubstr("SEARCH p USING PRIMARY KEY (pid=?)"));
    EXPECT_THAT(plan, HasSubstr("SEARCH r USING INTEGER PRIMARY KEY"));
  }
}

TEST(CallerIndex, ComeInOrderWithoutASort) {
  EXPECT_THAT(
      PlanOfCalls(Process::Kind::kRecorded, " ORDER BY p.block DESC LIMIT 1"),
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
