#include "recorder/writer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "store/database.h"
#include "store/error.h"
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

TEST_F(WriterTest, RefusesARecordThatIsStoredWithAnotherTime) {
  Write(ForkRecords(1, 3));
  const std::string before = Sql("SELECT * FROM records");
  Record other = ForkRecord(2);
  ++other.time_ns;
  EXPECT_THAT(MessageOf<Error>([&] {
                Write({other, ForkRecord(9)});
              }),
              HasSubstr("number 2 is stored with another time"));
  EXPECT_EQ(Sql("SELECT * FROM records"), before);
  EXPECT_EQ(Sql("SELECT count(*) FROM gaps"), "0");
  EXPECT_EQ(Sql("SELECT next_seq FROM streams"), "4");
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
                  table + " BEGIN SELECT RAISE(ABORT, 'refused'); END");
    EXPECT_THAT(MessageOf<Error>([&] {
                  write({ForkRecord(2), FailedRecord(4, 11)});
                }),
                HasSubstr("refused"))
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
