#include "store/sql.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "base/error.h"
#include "query/search/search.h"
#include "recorder/ingest/writer.h"
#include "store/database.h"
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
std::string PlaceOf(const std::function<void()>& compile) {
  try {
    compile();
  } catch (const TextError& e) {
    return e.text() + "|" + std::to_string(e.offset());
  } catch (const UsageError& e) {
    return "nowhere";
  }
  return "no mistake";
}

TEST_F(Guard, SaysWhereInTheSqlAMistakeIs) {
  const auto place_of = [&](const char* sql) {
    return PlaceOf([&] { CompileReadOnly(&database_, sql, 0); });
  };
  EXPECT_EQ(place_of("SELECT nope FROM forks"), "SELECT nope FROM forks|7");
  EXPECT_EQ(place_of("SELECT 1 FROM forks WHERE"), "nowhere")
      << "SQLite names no place for what is incomplete";
  EXPECT_EQ(place_of("DELETE FROM forks"), "nowhere");
}

TEST_F(Guard, SaysWhereInTheConditionAMistakeIs) {
  for (const auto& [condition, offset] :
       std::vector<std::pair<std::string, size_t>>{{"nope = 1", 0},
                                                   {"pid = 1 AND nope", 12},
                                                   {"pid = ", 6},
                                                   {"id = 1 AND (id", 14},
                                                   {"1) OR (1", 1},
                                                   {"\xe6\xbc\xa2 = 1", 0},
                                                   {"'\xff' pid", 4}}) {
    EXPECT_EQ(PlaceOf([&] { CheckCondition(&database_, condition); }),
              condition + "|" + std::to_string(offset));
  }
}

TEST_F(Guard, RefusesTextsThatNoTimeComparesWith) {
  for (const auto& [condition, offset] :
       std::vector<std::pair<std::string, size_t>>{
           {"time > '23:03'", 7},
           {"pid = 1 AND forks.time<'2026-11-23 10:00'", 23},
           {"'10:00' <= time", 0},
           {"'10:00' <= forks.time", 0},
           {"time BETWEEN '2026-11-23' AND '11:00'", 30},
           {"time NOT BETWEEN 'x' AND '2026'", 17},
           {"time = '2026-11-23T10:00:00'", 7},
           {"\"time\" <> '2026'", 10},
           {"[time] > /* ' */ ''", 17},
           {"time > '2026-11-23T10:00:00Z'", 7},
           {"time_ns >= '2026-11-23T10:00:00'", 11}}) {
    EXPECT_EQ(PlaceOf([&] { CheckCondition(&database_, condition); }),
              condition + "|" + std::to_string(offset));
  }
  for (const char* condition :
       {"time > '2026'", "TIME >= '2026-11-23T10:00:00.5'",
        "time = '2026-11-23T10:00:00.000000000Z'", "time LIKE '%T23:%'",
        "time(time) > '23:03'", "comm = 'time > ''23:03'''",
        "comm = 'it''s time' AND pid > 1 -- time > '23:03'", "time_ns > 5",
        "substr(time, 12) > '23:03'", "time IN ('x')"}) {
    EXPECT_EQ(PlaceOf([&] { CheckCondition(&database_, condition); }),
              "no mistake")
        << condition;
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
           "SELECT fts3_tokenizer('simple')",
           "SELECT FTS3_TOKENIZER('x', x'4141414141414141')",
           "SELECT fts5(1)",
           "SELECT rtreecheck('forks')",
           "SELECT sqlite_log(1, 'x')",
           "SELECT match(1, 2)",
           "SELECT * FROM sqlite_stmt",
           "SELECT * FROM dbstat",
           "SELECT * FROM sqlite_dbpage",
           "SELECT * FROM pragma_function_list('x')",
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
  for (const char* condition : {"1); DELETE FROM records; --",
                                "1); DELETE FROM records WHERE (1",
                                "1; DROP TABLE spare",
                                "1) RETURNING (1",
                                "load_extension('x')",
                                "1); ATTACH 'x' AS y; SELECT (1",
                                "id IN (DELETE FROM records RETURNING id)",
                                "pid = ?",
                                "pid = :a",
                                "pid = ?1",
                                "pid = ?2",
                                "pid = $a",
                                "1) OR (SELECT 1",
                                "1) OR (1",
                                "1) UNION SELECT (1",
                                "1)--",
                                "1) /*",
                                "1 /*",
                                "1 LIMIT 1",
                                "1, 2",
                                "1 ORDER BY pid",
                                "1 GROUP BY pid",
                                "1 UNION SELECT 1",
                                "SELECT 1",
                                "1;",
                                "f.pid = 1",
                                "record = 1",
                                "count(*) > 0",
                                "fts3_tokenizer('simple') > 0"}) {
    for (const bool narrowed : {false, true}) {
      Filter filter;
      filter.condition = condition;
      filter.failed = narrowed;
      EXPECT_THAT(MessageOf<UsageError>(
                      [&] { const Search search(&database_, filter); }),
                  testing::StartsWith("SQL: "))
          << condition;
    }
  }
  EXPECT_EQ(Dump(), before);
}

TEST_F(Guard, TakesConditionsOfAnyForm) {
  for (const char* condition :
       {"1", "pid = 1 OR pid = 2", "(pid = 1) OR (pid = 2)", "1 -- comment",
        "/* comment */ 1", "comm = ')'", "comm = '('", "id IN (SELECT 1)",
        "(SELECT count(*) FROM forks) > 0", "EXISTS (SELECT 1)",
        "time > datetime('now', '-1 hour')", "CASE WHEN pid THEN 1 ELSE 0 END",
        "comm LIKE '%sh' AND username GLOB 'r*'", "flags ->> '$' IS NULL"}) {
    EXPECT_EQ(
        MessageOf<UsageError>([&] { CheckCondition(&database_, condition); }),
        "no exception")
        << condition;
  }
}

TEST_F(Guard, IsGoneAfterwards) {
  EXPECT_EQ(Refusal("SELECT 1"), "no exception");
  EXPECT_NE(Refusal("DELETE FROM spare"), "no exception");
  EXPECT_EQ(database_.exec("INSERT INTO spare VALUES (1)"), 1);
}

}  // namespace
}  // namespace forkdb
