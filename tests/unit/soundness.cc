#include "tests/unit/soundness.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "tests/unit/testing.h"

namespace forkdb {

void ExpectSound(SQLite::Database* database) {
  const auto Sql = [&](const std::string& sql) { return Ask(database, sql); };
  EXPECT_EQ(
      Sql("SELECT s.id FROM streams AS s WHERE s.next_seq - 1 <> "
          "s.pruned_seq + s.thinned + (SELECT count(*) FROM records WHERE id / "
          "1000000000000 = s.id) + (SELECT ifnull(sum(last_seq - "
          "first_seq + 1), 0) FROM gaps WHERE stream = s.id)"),
      "");
  EXPECT_EQ(Sql("SELECT count(*) FROM forks JOIN streams AS s ON s.id = "
                "stream WHERE seq <= s.pruned_seq"),
            "0");
  EXPECT_EQ(Sql("SELECT count(*) FROM forks WHERE comm IS NULL OR "
                "exit_signal IS NULL OR username IS NULL OR pid_ns IS NULL"),
            "0");
  EXPECT_EQ(Sql("SELECT id, thinned FROM streams WHERE thinned > 0 ORDER BY 1"),
            Sql("SELECT block * 4096 / 1000000000000, sum(records) FROM "
                "thinned GROUP BY 1 ORDER BY 1"));
  EXPECT_EQ(Sql("SELECT ret, block, records FROM errno_blocks ORDER BY 1, 2"),
            Sql("SELECT ret, id / 4096, count(*) FROM records WHERE ret < 0 "
                "AND id / 4096 NOT IN open_blocks GROUP BY 1, 2 "
                "ORDER BY 1, 2"));
  for (const auto& [table, column] :
       std::vector<std::pair<std::string, std::string>>{
           {"comms", "comm"},
           {"users", "user"},
           {"flag_sets", "flag_set"},
           {"namespace_sets", "namespace_set"}}) {
    EXPECT_EQ(Sql("SELECT count(*) FROM " + table + " WHERE id NOT IN " +
                  "(SELECT " + column + " FROM records)"),
              "0")
        << table;
    // Of closed blocks, as many as there are.
    EXPECT_EQ(Sql("SELECT " + column + ", block, records FROM " + column +
                  "_blocks ORDER BY 1, 2"),
              Sql("SELECT " + column +
                  ", id / 4096, count(*) FROM records "
                  "WHERE id / 4096 NOT IN open_blocks GROUP BY 1, 2 "
                  "ORDER BY 1, 2"));
  }
  EXPECT_EQ(Sql("SELECT * FROM blocks ORDER BY 1"),
            Sql("SELECT id / 4096, count(*), min(time_ns), max(time_ns), "
                "min(child_pid), max(child_pid), min(child_start_ns), "
                "max(child_start_ns) FROM records WHERE id / 4096 "
                "NOT IN open_blocks GROUP BY 1 ORDER BY 1"));
  EXPECT_EQ(Sql("SELECT pid, caller_id, block * 4096 + value FROM "
                "pid_blocks, json_each(calls) ORDER BY 1, 2, 3"),
            Sql("SELECT pid, ifnull(caller_id, 0), id FROM records UNION "
                "SELECT tgid, ifnull(caller_id, 0), id FROM records "
                "ORDER BY 1, 2, 3"));
  EXPECT_EQ(Sql("SELECT DISTINCT block FROM start_blocks ORDER BY 1"),
            Sql("SELECT block FROM blocks WHERE first_child_pid IS NOT NULL "
                "ORDER BY 1"));
  EXPECT_EQ(Sql("PRAGMA foreign_key_check"), "");
  EXPECT_EQ(Sql("PRAGMA integrity_check"), "ok");
}

}  // namespace forkdb
