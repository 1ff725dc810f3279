#include "store/sql.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "query/search.h"
#include "recorder/writer.h"
#include "store/database.h"
#include "store/error.h"
#include "tests/unit/testing.h"

namespace forkdb {
namespace {

// A connection that may write: the guard alone stands in the way.
class Guard : public testing::Test {
 protected:
  Guard() : database_(OpenForWriting(dir_.File("fork.db"))) {
    Writer writer(&database_, "x");
    Batch batch = MakeBatch(ForkRecords(1, 3));
    writer.Write(ProcStream("a"), &batch, kStartNs);
    database_.exec("CREATE TABLE spare (x)");
  }

  // Runs the statement as far as the guard lets it.
  std::string Refusal(const std::string& sql, int parameters = 0) {
    return MessageOf<UsageError>([&] {
      SQLite::Statement statement =
          CompileReadOnly(&database_, sql, parameters);
      while (statement.executeStep()) {
      }
    });
  }

  std::string Dump() {
    return Ask(&database_,
               "SELECT group_concat(id), (SELECT group_concat(sql) FROM "
               "sqlite_schema) FROM records") +
           Ask(&database_, "PRAGMA user_version") +
           Ask(&database_, "PRAGMA database_list") +
           Ask(&database_, "PRAGMA journal_mode") +
           Ask(&database_, "PRAGMA query_only");
  }

  TempDir dir_;
  SQLite::Database database_;
};

// The text that a mistake is shown in, "|", and the place.
std::string PlaceOf(SQLite::Database* database, const std::string& sql,
                    const std::string& condition = "") {
  try {
    CompileReadOnly(database, sql, 0, condition);
  } catch (const TextError& e) {
    return e.text() + "|" + std::to_string(e.offset());
  } catch (const UsageError& e) {
    return "nowhere";
  }
  return "no mistake";
}

TEST_F(Guard, SaysWhereInTheSqlAMistakeIs) {
  EXPECT_EQ(PlaceOf(&database_, "SELECT nope FROM forks"),
            "SELECT nope FROM forks|7");
  EXPECT_EQ(PlaceOf(&database_, "SELECT 1 FROM forks WHERE"), "nowhere")
      << "SQLite names no place for what is incomplete";
  EXPECT_EQ(PlaceOf(&database_, "DELETE FROM forks"), "nowhere");
}

TEST_F(Guard, SaysWhereInTheConditionAMistakeIs) {
  for (const auto& [condition, offset] :
       std::vector<std::pair<std::string, size_t>>{{"nope = 1", 0},
                                                   {"pid = 1 AND nope", 12},
                                                   {"pid = ", 6},
                                                   {"id = 1 AND (id", 14},
                                                   {"\xe6\xbc\xa2 = 1", 0},
                                                   {"'\xff' pid", 4}}) {
    EXPECT_EQ(PlaceOf(&database_,
                      "SELECT id FROM forks WHERE id = 1 AND (" + condition +
                          "\n) ORDER BY id",
                      condition),
              condition + "|" + std::to_string(offset));
  }
}

TEST_F(Guard, NamesTheNearestColumnOrTable) {
  EXPECT_THAT(Refusal("SELECT usrname FROM forks"),
              testing::HasSubstr("did you mean 'username'?"));
  EXPECT_THAT(Refusal("SELECT 1 FROM frks"),
              testing::HasSubstr("did you mean 'forks'?"));
  EXPECT_THAT(Refusal("SELECT zebra FROM forks"),
              testing::Not(testing::HasSubstr("did you mean")));
}

TEST_F(Guard, LetsReadingThrough) {
  for (const char* sql :
       {"SELECT * FROM forks", "SELECT count(*) FROM records;",
        "SELECT 1; -- a comment", "SELECT 1 /* x */ ;  ", "VALUES (1)",
        "WITH RECURSIVE n(i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n "
        "WHERE i < 9) SELECT sum(i) FROM n",
        "SELECT name FROM pragma_table_info('forks')",
        "SELECT * FROM pragma_user_version", "SELECT * FROM sqlite_schema",
        "PRAGMA table_info(forks)", "PRAGMA user_version",
        "SELECT value FROM json_each('[1, 2]')",
        "SELECT upper(comm), strftime('%s', time) FROM forks",
        "SELECT json_group_array(pid) FROM forks",
        "SELECT 'DELETE FROM records; DROP TABLE records'"}) {
    EXPECT_EQ(Refusal(sql), "no exception") << sql;
  }
}

TEST_F(Guard, RefusesEverythingElse) {
  const std::string before = Dump();
  const std::string outside = dir_.File("outside.db");
  for (const std::string& sql : std::vector<std::string>{
           "INSERT INTO boots (boot_id) VALUES ('x')",
           "REPLACE INTO boots (id, boot_id) VALUES (1, 'x')",
           "UPDATE records SET pid = 1",
           "DELETE FROM records",
           "DELETE FROM records RETURNING id",
           "WITH x AS (SELECT 1) DELETE FROM records",
           "DROP TABLE spare",
           "DROP VIEW forks",
           "ALTER TABLE spare ADD y",
           "ALTER TABLE spare RENAME TO other",
           "CREATE TABLE t (x)",
           "CREATE TEMP TABLE t (x)",
           "CREATE TEMP VIEW forks AS SELECT 1",
           "CREATE TEMP TRIGGER t AFTER INSERT ON records BEGIN SELECT 1; END",
           "CREATE INDEX i ON records (pid)",
           "CREATE VIRTUAL TABLE temp.t USING fts5(x)",
           "ATTACH '" + outside + "' AS o",
           "DETACH main",
           "VACUUM",
           "VACUUM INTO '" + outside + "'",
           "REINDEX",
           "ANALYZE",
           "BEGIN",
           "BEGIN IMMEDIATE",
           "COMMIT",
           "ROLLBACK",
           "SAVEPOINT s",
           "PRAGMA user_version = 9",
           "PRAGMA user_version(9)",
           "PRAGMA application_id = 9",
           "PRAGMA journal_mode = DELETE",
           "PRAGMA journal_mode",
           "PRAGMA writable_schema = 1",
           "PRAGMA query_only = 1",
           "PRAGMA wal_checkpoint(TRUNCATE)",
           "PRAGMA incremental_vacuum",
           "PRAGMA temp_store_directory = '/'",
           "PRAGMA optimize",
           "SELECT * FROM pragma_optimize",
           "SELECT * FROM PRAGMA_OPTIMIZE",
           "SELECT count(*) FROM pragma_journal_mode",
           "UPDATE sqlite_master SET sql = ''",
           "DELETE FROM sqlite_schema",
           "SELECT load_extension('x')",
           "SELECT load_extension('x', 'y')",
           "SELECT LOAD_EXTENSION('x')",
           "SELECT 1; SELECT 2",
           "SELECT 1; DELETE FROM records",
           "SELECT 1; -- x\nDELETE FROM records",
           "SELECT ?",
           "SELECT :a",
           "SELECT ?2",
           "",
           " ",
           "-- nothing",
           "nonsense",
           "SELECT * FROM nowhere"}) {
    EXPECT_THAT(Refusal(sql), testing::StartsWith("SQL: ")) << sql;
  }
  EXPECT_EQ(Dump(), before);
  EXPECT_FALSE(std::filesystem::exists(outside));
}

TEST_F(Guard, HoldsInsideAConditionToo) {
  const std::string before = Dump();
  for (const char* condition :
       {"1); DELETE FROM records; --", "1); DELETE FROM records WHERE (1",
        "1; DROP TABLE spare", "1) RETURNING (1", "load_extension('x')",
        "1); ATTACH 'x' AS y; SELECT (1",
        "id IN (DELETE FROM records RETURNING id)", "pid = ?", "pid = :a"}) {
    for (const bool narrowed : {false, true}) {
      Filter filter;
      filter.condition = condition;
      filter.failed = narrowed;
      const Search search(&database_, filter);
      SCOPED_TRACE(condition);
      for (const Question& question :
           {Question{search.RowsSql("id", true), search.RowsValues(1, 2, 3)},
            search.Ordered("id", "pid", 5)}) {
        EXPECT_THAT(
            Refusal(question.sql, static_cast<int>(question.values.size())),
            testing::StartsWith("SQL: "))
            << question.sql;
      }
    }
  }
  EXPECT_EQ(Dump(), before);
}

TEST_F(Guard, IsGoneAfterwards) {
  EXPECT_EQ(Refusal("SELECT 1"), "no exception");
  EXPECT_NE(Refusal("DELETE FROM spare"), "no exception");
  EXPECT_EQ(database_.exec("INSERT INTO spare VALUES (1)"), 1);
}

}  // namespace
}  // namespace forkdb
