#include "recorder/ingest/writer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <utility>
#include <vector>

#include "base/error.h"
#include "recorder/source/parser.h"
#include "store/database.h"
#include "store/trouble.h"
#include "tests/unit/testing.h"

namespace forkdb {
namespace {

using testing::HasSubstr;

class WriterTest : public testing::Test {
 protected:
  WriterTest()
      : database_(OpenForWriting(kMemoryDatabase)), writer_(&database_, "x") {}

  Drain Write(std::vector<Record> records) {
    Batch batch = MakeBatch(std::move(records));
    return writer_.Write(ProcStream("a"), &batch, kStartNs);
  }

  std::string Sql(const std::string& sql) { return Ask(&database_, sql); }

  SQLite::Database database_;
  Writer writer_;
};

TEST_F(WriterTest, StoresARecordOnce) {
  EXPECT_EQ(Write(ForkRecords(1, 3)).records, 3);
  const Drain drain = Write(ForkRecords(2, 5));
  EXPECT_EQ(drain.records, 2);
  EXPECT_EQ(drain.duplicates, 2);
  EXPECT_TRUE(drain.gaps.empty());
  Write({ForkRecord(6), ForkRecord(6)});
  EXPECT_EQ(Sql("SELECT group_concat(seq) FROM forks"), "1,2,3,4,5,6");
  EXPECT_EQ(Sql("SELECT next_seq FROM streams"), "7");
}

// Writes a batch with no time at all for a transaction. Returns the drains.
std::vector<Drain> WriteInParts(Batch batch, SQLite::Database* database) {
  Writer hurried(database, "x", nullptr, {std::chrono::nanoseconds(0)});
  std::vector<Drain> drains;
  do {
    drains.push_back(hurried.Write(ProcStream("a"), &batch, kStartNs));
  } while (!drains.back().complete);
  return drains;
}

TEST_F(WriterTest, SplitsABatchIntoTransactionsOnceTimeIsOver) {
  const std::vector<Drain> drains =
      WriteInParts(MakeBatch(ForkRecords(1, 9000)), &database_);
  ASSERT_GT(drains.size(), 10);
  for (const Drain& drain : drains) {
    EXPECT_GT(drain.records, 0);
    EXPECT_LT(drain.records, 900);
  }
  EXPECT_EQ(Sql("SELECT count(*), min(seq), max(seq) FROM forks"),
            "9000|1|9000");
  EXPECT_EQ(Sql("SELECT sum(records) FROM drains"), "9000");
  EXPECT_EQ(Sql("SELECT count(*) FROM gaps"), "0");
}

TEST_F(WriterTest, StoresRejectsAndTheFinalNumberWithTheLastPartOfABatch) {
  Batch batch = MakeBatch(ForkRecords(1, 1000));
  batch.Add({"bad", "line"});
  batch.final_seq = 1500;
  const std::vector<Drain> drains = WriteInParts(std::move(batch), &database_);
  EXPECT_EQ(drains.front().rejected, 0);
  EXPECT_TRUE(drains.front().gaps.empty());
  EXPECT_EQ(drains.back().rejected, 1);
  EXPECT_EQ(Sql("SELECT first_seq, last_seq FROM gaps"), "1001|1500");
  EXPECT_EQ(Sql("SELECT drain = (SELECT max(id) FROM drains) FROM rejects"),
            "1");
}

TEST_F(WriterTest, SortsABatchThatIsOutOfOrder) {
  EXPECT_TRUE(
      Write({ForkRecord(3), ForkRecord(1), ForkRecord(2)}).gaps.empty());
  EXPECT_EQ(Sql("SELECT group_concat(seq) FROM forks"), "1,2,3");
}

TEST_F(WriterTest, StoresWhatRepeatsOnce) {
  std::vector<Record> records = ForkRecords(1, 100);
  for (int seq = 101; seq <= 200; ++seq) {
    records.push_back(FailedRecord(seq, 11));
  }
  Write(std::move(records));
  for (const auto& [table, count] :
       std::vector<std::pair<const char*, int>>{{"comms", 1},
                                                {"users", 1},
                                                {"flag_sets", 1},
                                                {"signals", 1},
                                                {"namespace_sets", 2},
                                                {"errnos", 1},
                                                {"boots", 1},
                                                {"streams", 1},
                                                {"records", 200}}) {
    EXPECT_EQ(Sql(std::string("SELECT count(*) FROM ") + table),
              std::to_string(count))
        << table;
  }
}

TEST_F(WriterTest, NotesEachDrainAndTheLinesThatWereNoRecords) {
  Batch batch = MakeBatch(ForkRecords(1, 2));
  for (int i = 0; i < 100; ++i) {
    batch.Add({"seq: missing", std::string("\xff\n\0", 3) + std::to_string(i)});
  }
  writer_.Write(ProcStream("a"), &batch, 77);
  EXPECT_EQ(Sql("SELECT id, stream, time_ns, records, duplicates, rejected, "
                "first_id, last_id FROM drains"),
            "1|1|77|2|0|100|1000000000001|1000000000002");
  EXPECT_EQ(Sql("SELECT count(*), drain, stream, reason, hex(min(line)) FROM "
                "rejects"),
            "16|1|1|seq: missing|FF0A0030");
  Write(ForkRecords(1, 2));
  EXPECT_EQ(Sql("SELECT count(*) FROM drains"), "1") << "nothing was new";
}

TEST_F(WriterTest, StoresALineThatIsNoRecordOnceForAStream) {
  const auto write = [&](const char* boot_id, std::vector<Record> records,
                         const std::vector<std::string>& lines) {
    Batch batch = MakeBatch(std::move(records));
    for (const std::string& line : lines) batch.Add({"bad", line});
    writer_.Write(ProcStream(boot_id), &batch, kStartNs);
    return Sql(
        "SELECT group_concat(stream || hex(line), ' '), "
        "(SELECT group_concat(rejected, ' ') FROM drains) FROM rejects");
  };
  EXPECT_EQ(write("a", ForkRecords(1, 2), {"A", "B", "A"}), "141 142|3");
  EXPECT_EQ(write("a", ForkRecords(1, 2), {"A", "B", "A"}), "141 142|3");
  EXPECT_EQ(write("a", {}, {"B"}), "141 142|3") << "the source read again";
  EXPECT_EQ(write("a", {}, {"B", "C"}), "141 142 143|3 2");
  EXPECT_EQ(write("a", ForkRecords(1, 3), {"A"}), "141 142 143|3 2 1");
  Writer other(&database_, "x");
  Batch batch;
  batch.Add({"bad", "A"});
  other.Write(ProcStream("b"), &batch, kStartNs);
  EXPECT_EQ(Sql("SELECT count(*) FROM rejects WHERE stream = 2"), "1");
}

TEST_F(WriterTest, StartsANewBootAndStreamAfterAReboot) {
  Write(ForkRecords(1, 3));
  Writer after_reboot(&database_, "x");
  Batch batch = MakeBatch(ForkRecords(1, 2));
  EXPECT_TRUE(
      after_reboot.Write(ProcStream("b"), &batch, kStartNs).gaps.empty());
  EXPECT_EQ(Sql("SELECT boot, stream, count(*) FROM forks GROUP BY stream"),
            "a|1|3\nb|2|2");
  EXPECT_EQ(Sql("SELECT count(*) FROM gaps"), "0");
}

Record WithAnotherTime(int64_t seq) {
  Record record = ForkRecord(seq);
  ++record.time_ns;
  return record;
}

TEST_F(WriterTest, RefusesARecordThatIsStoredWithAnotherTime) {
  Write(ForkRecords(1, 3));
  const std::string before = Sql("SELECT * FROM records");
  const Drain drain = Write({WithAnotherTime(2), ForkRecord(9)});
  EXPECT_THAT(drain.contradiction,
              HasSubstr("record 2 is already stored with another time"));
  EXPECT_EQ(Sql("SELECT * FROM records"), before);
  EXPECT_EQ(Sql("SELECT count(*) FROM gaps"), "0");
  EXPECT_EQ(Sql("SELECT next_seq FROM streams"), "4");
}

TEST_F(WriterTest, StoresWhatWasReadBeforeAContradictionAndNothingAfterIt) {
  std::vector<Record> records = ForkRecords(1, 500);
  records.push_back(WithAnotherTime(7));
  records.push_back(ForkRecord(501));
  records.push_back(WithAnotherTime(3));
  const Drain drain = Write(std::move(records));
  EXPECT_EQ(drain.records, 500);
  EXPECT_THAT(drain.contradiction, HasSubstr("record 7 is already stored"));
  EXPECT_EQ(Sql("SELECT count(*), max(seq) FROM forks"), "500|500");
  EXPECT_EQ(Sql("SELECT count(*) FROM gaps"), "0");
}

TEST_F(WriterTest, TellsOfAContradictionOnceAllThatWasReadBeforeItIsStored) {
  Writer limited(&database_, "x", nullptr, {std::chrono::hours(1), 200});
  Batch batch = MakeBatch(ForkRecords(1, 500));
  batch.records.push_back(WithAnotherTime(7));
  std::vector<Drain> drains;
  do {
    drains.push_back(limited.Write(ProcStream("a"), &batch, kStartNs));
  } while (!drains.back().complete);
  ASSERT_EQ(drains.size(), 3U);
  EXPECT_EQ(drains[0].contradiction, "");
  EXPECT_EQ(drains[1].contradiction, "");
  EXPECT_THAT(drains[2].contradiction, HasSubstr("record 7 is already stored"));
  EXPECT_EQ(Sql("SELECT count(*), max(seq) FROM forks"), "500|500");
}

// What is stored, lost and put aside.
constexpr char kAccount[] =
    "SELECT (SELECT group_concat(seq) FROM forks), (SELECT "
    "group_concat(first_seq || '-' || last_seq) FROM gaps), (SELECT next_seq "
    "FROM streams), (SELECT count(*) FROM rejects)";

TEST_F(WriterTest, PutsARecordAsideThatTheDatabaseRefuses) {
  std::vector<Record> records = ForkRecords(1, 6);
  records[2].time_ns = -1;
  records[5].pid = -1;
  const Drain drain = Write(records);
  EXPECT_EQ(drain.records, 4);
  EXPECT_EQ(drain.refused, 2);
  EXPECT_EQ(Sql(kAccount), "1,2,4,5|3-3,6-6|7|2");
  EXPECT_EQ(Sql("SELECT reason FROM rejects"),
            "refused by the database: CHECK constraint failed: time_ns >= 0\n"
            "refused by the database: CHECK constraint failed: pid >= 0");
  EXPECT_EQ(Sql("SELECT CAST(line AS TEXT) FROM rejects LIMIT 1"),
            FormatRecord(records[2]));
  EXPECT_EQ(Sql("SELECT records, rejected FROM drains"), "4|2");
  Write({ForkRecord(7)});
  EXPECT_EQ(Sql(kAccount), "1,2,4,5,7|3-3,6-6|8|2");
}

TEST_F(WriterTest, PutsARecordAsideThatAUsersIndexRefusesUntilThatIsGone) {
  Write({ForkRecord(1)});
  database_.exec("CREATE UNIQUE INDEX users_own ON records (child_pid)");
  std::vector<Record> records = ForkRecords(2, 5);
  records[1].ret = records[1].child_pid = records[1].child_ns_pid =
      ForkRecord(1).child_pid;
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(Write(records).refused, 1);
    EXPECT_EQ(Sql(kAccount), "1,2,4,5|3-3|6|1") << "read again";
  }
  EXPECT_EQ(Sql("SELECT reason FROM rejects"),
            "refused by the database: UNIQUE constraint failed: "
            "records.child_pid");
  database_.exec("DROP INDEX users_own");
  const Drain drain = Write(records);
  EXPECT_EQ(drain.refused, 0);
  EXPECT_EQ(drain.filled.size(), 1U);
  EXPECT_EQ(Sql(kAccount), "1,2,3,4,5||6|1");
}

TEST_F(WriterTest, PutsARecordAsideWhoseNameTheDatabaseRefuses) {
  database_.exec(
      "CREATE TEMP TRIGGER t BEFORE INSERT ON main.comms WHEN NEW.comm = 'bad' "
      "BEGIN SELECT RAISE(ABORT, 'no such name'); END");
  std::vector<Record> records = ForkRecords(1, 5);
  records[2].comm = records[3].comm = "bad";
  EXPECT_EQ(Write(records).refused, 2);
  EXPECT_EQ(Sql(kAccount), "1,2,5|3-4|6|2");
}

TEST_F(WriterTest, KeepsTheNameThatARefusedRecordWasTheFirstToHave) {
  std::vector<Record> records = ForkRecords(1, 3);
  records[1].comm = records[2].comm = "new";
  records[1].time_ns = -1;
  EXPECT_EQ(Write(records).refused, 1);
  EXPECT_EQ(Sql("SELECT seq, comm FROM forks ORDER BY seq DESC LIMIT 1"),
            "3|new");
}

TEST_F(WriterTest, KeepsItsSummariesWholeWhereRecordsAreRefused) {
  std::vector<Record> records = ForkRecords(1, 3 * kBlockRecords);
  for (size_t i = 0; i < records.size(); i += 1000) records[i].time_ns = -1;
  records[kBlockRecords].time_ns = -1;
  records[kBlockRecords - 1].comm = "other";
  const Drain drain = Write(records);
  EXPECT_EQ(drain.refused, 14);
  Write(ForkRecords(3 * kBlockRecords + 1, 4 * kBlockRecords));
  EXPECT_EQ(Sql("SELECT count(*) FROM blocks AS b WHERE b.records <> (SELECT "
                "count(*) FROM records WHERE id / 4096 = b.block)"),
            "0");
  EXPECT_EQ(
      Sql("SELECT sum(records) - (SELECT count(*) FROM records WHERE id / "
          "4096 IN (SELECT block FROM blocks)) FROM comm_blocks"),
      "0");
  EXPECT_EQ(Sql("SELECT count(*) FROM records") + "+" +
                Sql("SELECT sum(last_seq - first_seq + 1) FROM gaps"),
            "16370+14");
}

TEST_F(WriterTest, GivesUpForNowWhereWhatIsRefusedIsNoRecord) {
  database_.exec(
      "CREATE TEMP TRIGGER t BEFORE INSERT ON main.drains BEGIN SELECT "
      "RAISE(ABORT, 'no drains'); END");
  EXPECT_THAT(MessageOf<DatabaseTrouble>([&] { Write(ForkRecords(1, 3)); }),
              HasSubstr("no drains"));
  EXPECT_EQ(Sql("SELECT count(*) FROM records"), "0");
  database_.exec("DROP TRIGGER t");
  Write(ForkRecords(1, 3));
  EXPECT_EQ(Sql(kAccount), "1,2,3||4|0");
}

TEST_F(WriterTest, StoresAllOfABatchOrNoneOfItAndGoesOn) {
  for (const char* table :
       {"records", "gaps", "drains", "comms", "users", "flag_sets",
        "namespace_sets", "errnos", "rejects", "streams"}) {
    SQLite::Database database = OpenForWriting(kMemoryDatabase);
    Writer writer(&database, "x");
    const auto write = [&](std::vector<Record> records) {
      Batch batch = MakeBatch(std::move(records));
      batch.Add({"seq: missing", "x"});
      writer.Write(ProcStream("a"), &batch, kStartNs);
    };
    database.exec(std::string("CREATE TEMP TRIGGER t BEFORE INSERT ON main.") +
                  table + " BEGIN SELECT abs(-9223372036854775807 - 1); END");
    EXPECT_THAT(MessageOf<Error>([&] {
                  write({ForkRecord(2), FailedRecord(4, 11)});
                }),
                HasSubstr("integer overflow"))
        << table;
    EXPECT_EQ(Ask(&database,
                  "SELECT (SELECT count(*) FROM records) + (SELECT count(*) "
                  "FROM gaps) + (SELECT count(*) FROM comms) + (SELECT "
                  "count(*) FROM boots) + (SELECT count(*) FROM drains)"),
              "0")
        << table;
    database.exec("DROP TRIGGER temp.t");
    write({ForkRecord(2), FailedRecord(4, 11)});
    EXPECT_EQ(Ask(&database,
                  "SELECT group_concat(seq), count(comm), "
                  "count(username), count(kind) FROM forks"),
              "2,4|2|2|2")
        << table;
    EXPECT_EQ(Ask(&database, "SELECT first_seq, last_seq FROM gaps"),
              "1|1\n3|3")
        << table;
  }
}

}  // namespace
}  // namespace forkdb
