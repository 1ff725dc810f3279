#include "store/schema.h"

#include <SQLiteCpp/Statement.h>
#include <fmt/core.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <string>
#include <vector>

#include "query/filter/shape.h"
#include "store/database.h"
#include "store/dimensions.h"
#include "store/record_row.h"
#include "tests/unit/testing.h"

namespace forkdb {
namespace {

using testing::HasSubstr;

class Schema : public testing::Test {
 protected:
  Schema() : database_(OpenForWriting(kMemoryDatabase)) {
    database_.exec("PRAGMA foreign_keys = ON");
  }

  // One valid row of every table.
  void Fill() {
    database_.exec(R"sql(
      INSERT INTO boots (id, boot_id) VALUES (1, 'a');
      INSERT INTO alive VALUES (1, 1, 0, 1, 0, NULL, 0, 'root', 'init', NULL, 0);
      INSERT INTO streams (id, boot, source, attachment, hook, attach_ns,
        capacity) VALUES (1, 1, 'proc', '', 'kernel_clone', 0, 8);
      INSERT INTO drains VALUES (1, 1, 0, 1, 0, 0, 1000000000001,
        1000000000001);
      INSERT INTO gaps VALUES (1, 1, 2, 3, 0, NULL, NULL);
      INSERT INTO missed VALUES (1, 1, 3, 0, 0);
      INSERT INTO rejects VALUES (1, 1, 1, 'seq: missing', x'ff');
      INSERT INTO comms VALUES (1, 'sh');
      INSERT INTO users VALUES (1, 0, 'root', 1);
      INSERT INTO flag_sets (id, flags, exit_signal) VALUES (1, 0, 17);
      INSERT INTO namespace_sets VALUES (1, 1, 1, 1, 1);
      INSERT INTO errnos VALUES (-11, 'EAGAIN', 'Try again');
      INSERT INTO signals VALUES (17, 'SIGCHLD');
      INSERT INTO records VALUES (1000000000001, 0, 1, 1, 1, 1, 2, 2, 1, 0,
        3, 3, 0, NULL, NULL);
      INSERT INTO blocks VALUES (244140625, 1, 0, 0, 3, 3, 0, 0);
      INSERT INTO comm_blocks VALUES (1, 244140625, 1);
      INSERT INTO user_blocks VALUES (1, 244140625, 1);
      INSERT INTO flag_set_blocks VALUES (1, 244140625, 1);
      INSERT INTO namespace_set_blocks VALUES (1, 244140625, 1);
      INSERT INTO errno_blocks VALUES (-11, 244140625, 1);
      INSERT INTO pid_blocks VALUES (2, 244140625, 0, '[1]');
      INSERT INTO start_blocks VALUES (1, 0, 244140625, 0, 0, x'00000001');
    )sql");
  }

  SQLite::Database database_;
};

TEST_F(Schema, CarriesTheConstantsOfItsHeader) {
  EXPECT_EQ(Ask(&database_, "PRAGMA application_id"),
            std::to_string(kApplicationId));
  EXPECT_EQ(Ask(&database_, "PRAGMA user_version"),
            std::to_string(kSchemaVersion));
}

TEST_F(Schema, HasTheColumnsThatTheCodeNames) {
  EXPECT_EQ(Ask(&database_,
                "SELECT group_concat(name, ', ') FROM "
                "pragma_table_info('records')"),
            RecordRow::AllNames());
  for (const Dimension& dimension : kDimensions) {
    EXPECT_EQ(
        Ask(&database_, fmt::format("SELECT \"table\" || '.' || \"to\" FROM "
                                    "pragma_foreign_key_list('records') WHERE "
                                    "\"from\" = '{}'",
                                    dimension.name())),
        dimension.of_failures
            ? ""
            : fmt::format("{}.{}", dimension.values, dimension.key));
    EXPECT_EQ(
        Ask(&database_, fmt::format("SELECT group_concat(name, ', ') FROM "
                                    "pragma_table_info('{}')",
                                    dimension.blocks)),
        fmt::format("{}, block, records", dimension.name()));
    for (const Dimension::ViewColumn& column : dimension.view_columns) {
      if (column.name == nullptr) continue;
      // An error where one of them is not there.
      database_.exec(
          fmt::format("SELECT {} FROM {} AS v", column.sql, dimension.values));
      database_.exec(fmt::format("SELECT {} FROM forks", column.name));
    }
  }
}

// Else what counts by blocks, prunes or filters would pass over a column.
TEST_F(Schema, CountsByBlockNothingThatIsNoDimension) {
  std::set<std::string> counted;
  for (const Dimension& dimension : kDimensions) {
    counted.insert(dimension.blocks);
  }
  SQLite::Statement tables(
      database_,
      "SELECT t.name FROM sqlite_schema AS t WHERE t.type = 'table' AND "
      "(SELECT "
      "group_concat(c.name) FROM pragma_table_info(t.name) AS c) "
      "LIKE '%,block,records'");
  std::set<std::string> found;
  while (tables.executeStep()) found.insert(tables.getColumn(0).getString());
  EXPECT_EQ(found, counted);
}

TEST_F(Schema, HasOnlyStrictTables) {
  EXPECT_EQ(Ask(&database_,
                "SELECT group_concat(name) FROM pragma_table_list WHERE schema "
                "= 'main' AND type = 'table' AND NOT strict AND name NOT LIKE "
                "'sqlite_%'"),
            "");
  EXPECT_EQ(Ask(&database_,
                "SELECT count(*) FROM pragma_table_list WHERE schema = 'main' "
                "AND strict"),
            "24");
}

TEST_F(Schema, ShowsTheColumnsThatTheQueryCommandKnows) {
  std::string columns;
  for (const std::string& column : ViewColumns()) columns += column + ",";
  EXPECT_EQ(Ask(&database_,
                "SELECT group_concat(name, ',') || ',' FROM "
                "(SELECT name FROM pragma_table_info('forks') ORDER BY cid)"),
            columns);
}

TEST_F(Schema, RefusesRowsThatCannotBeTrue) {
  Fill();
  const std::vector<std::string> changes = {
      "boots SET boot_id = ''",
      "boots SET boot_id = NULL",
      "boots SET boot_ns = 'x'",
      "alive SET pid = 0",
      "alive SET parent = id",
      "alive SET ns_pid = pid",
      "alive SET comm = 1",
      "streams SET id = 9000001",
      "streams SET id = 0",
      "streams SET boot = 2",
      "streams SET source = 'kprobe'",
      "streams SET next_seq = 0",
      "streams SET pruned_seq = -1",
      "streams SET pruned_seq = next_seq",
      "drains SET records = -1",
      "drains SET duplicates = -1",
      "drains SET rejected = -1",
      "drains SET records = 0",
      "drains SET first_id = NULL",
      "drains SET last_id = 1",
      "gaps SET first_seq = 0",
      "gaps SET first_seq = 4",
      "gaps SET stream = 2",
      "missed SET calls = 0",
      "missed SET seq = -1",
      "missed SET stream = 2",
      "rejects SET drain = 2",
      "rejects SET stream = 2",
      "rejects SET line = 'text'",
      "comms SET comm = 1",
      "comms SET comm = NULL",
      "comms SET comm = printf('%256s', '')",
      "users SET uid = -1",
      "users SET uid = 4294967296",
      "users SET username = NULL",
      "flag_sets SET exit_signal = -1",
      "flag_sets SET exit_signal = 256",
      "flag_sets SET flags = 256",
      "flag_sets SET names = 'CLONE_VM'",
      "namespace_sets SET child_pid_ns = NULL",
      "namespace_sets SET child_user_ns = NULL",
      "errnos SET ret = 0",
      "errnos SET ret = 11",
      "errnos SET ret = -4096",
      "records SET id = 1",
      "records SET id = 1000000000000",
      "records SET id = 2000000000000",
      "records SET time_ns = -1",
      "records SET time_ns = '2026-11-23'",
      "records SET user = 2",
      "records SET comm = 2",
      "records SET flag_set = 2",
      "records SET namespace_set = 2",
      "records SET pid = -1",
      "records SET tgid = -1",
      "records SET ppid = -1",
      "records SET start_ns = -1",
      "records SET ret = 0",
      "records SET ret = -4096",
      "records SET ret = -11",
      "records SET child_pid = NULL",
      "records SET child_pid = 0",
      "records SET child_start_ns = NULL",
      "records SET child_start_ns = -1",
      "records SET child_ns_pid = child_pid",
      "records SET child_ns_pid = 0",
      "records SET caller_id = id",
      "records SET ret = -11, child_pid = NULL, child_start_ns = NULL, "
      "child_ns_pid = 1",
      "blocks SET records = 0",
      "blocks SET records = 4097",
      "comm_blocks SET comm = 2",
      "comm_blocks SET records = 0",
      "user_blocks SET user = 2",
      "user_blocks SET block = 2",
      "flag_set_blocks SET flag_set = 2",
      "namespace_set_blocks SET namespace_set = 2",
      "errno_blocks SET ret = -12",
      "pid_blocks SET calls = NULL",
      "start_blocks SET boot = 2",
      "start_blocks SET block = 2",
      "start_blocks SET last_tick = -1",
      "start_blocks SET starts = x''",
      "start_blocks SET starts = x'000001'",
  };
  for (const std::string& change : changes) {
    EXPECT_THAT(MessageOf<SQLite::Exception>(
                    [&] { database_.exec("UPDATE " + change); }),
                testing::AnyOf(HasSubstr("constraint failed"),
                               HasSubstr("cannot store")))
        << change;
  }
}

TEST_F(Schema, RefusesTheSameThingTwice) {
  Fill();
  for (const char* insert :
       {"boots (boot_id) VALUES ('a')",
        "streams (boot, source, attachment, hook, attach_ns, capacity) VALUES "
        "(1, 'proc', '', 'kernel_clone', 1, 8)",
        "gaps (stream, first_seq, last_seq, noticed_ns) VALUES (1, 2, 9, 0)",
        "comms (comm) VALUES ('sh')",
        "users (uid, username) VALUES (0, 'root')",
        "flag_sets (flags, exit_signal) VALUES (0, 17)",
        "namespace_sets (pid_ns, user_ns, child_pid_ns, child_user_ns) VALUES "
        "(1, 1, 1, 1)",
        "records SELECT * FROM records",
        "comm_blocks SELECT * FROM comm_blocks",
        "pid_blocks SELECT * FROM pid_blocks",
        "start_blocks SELECT * FROM start_blocks"}) {
    EXPECT_THAT(MessageOf<SQLite::Exception>([&] {
                  database_.exec(std::string("INSERT INTO ") + insert);
                }),
                HasSubstr("UNIQUE constraint failed"))
        << insert;
  }
}

TEST_F(Schema, RefusesAFailuresNamespacesTwice) {
  const std::string insert =
      "INSERT INTO namespace_sets (pid_ns, user_ns) VALUES (1, 1)";
  database_.exec(insert);
  EXPECT_THAT(MessageOf<SQLite::Exception>([&] { database_.exec(insert); }),
              HasSubstr("UNIQUE constraint failed"));
}

}  // namespace
}  // namespace forkdb
