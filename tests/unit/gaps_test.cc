#include "recorder/ingest/gaps.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "recorder/ingest/writer.h"
#include "store/database.h"
#include "tests/unit/testing.h"

namespace forkdb {
namespace {

// Gaps as a writer notes them.
class GapsTest : public testing::Test {
 protected:
  GapsTest()
      : database_(OpenForWriting(kMemoryDatabase)), writer_(&database_, "x") {}

  Drain Write(const std::vector<int64_t>& seqs, int64_t now_ns = 7) {
    Batch batch;
    for (const int64_t seq : seqs) batch.records.push_back(ForkRecord(seq));
    return writer_.Write(ProcStream("a"), &batch, now_ns);
  }

  // "1-3 5-5".
  std::string GapRows() {
    return Ask(&database_,
               "SELECT ifnull(group_concat(first_seq || '-' || last_seq, ' '), "
               "'') FROM (SELECT * FROM gaps ORDER BY first_seq)");
  }

  SQLite::Database database_;
  Writer writer_;
};

TEST_F(GapsTest, AreNotThereWhereNothingIsMissing) {
  Write({1, 2});
  Write({3});
  EXPECT_EQ(GapRows(), "");
}

TEST_F(GapsTest, HoldWhatWasGoneBeforeTheRecordingBegan) {
  const Drain drain = Write({501, 502});
  ASSERT_EQ(drain.gaps.size(), 1U);
  EXPECT_EQ(drain.gaps[0].missing(), 500);
  EXPECT_EQ(Ask(&database_, "SELECT * FROM gaps"),
            "1|1|1|500|7||1764000000501000000");
}

TEST_F(GapsTest, HoldEveryMissingNumberWithTheTimesAroundIt) {
  Write({1, 4, 5, 10});
  EXPECT_EQ(GapRows(), "2-3 6-9");
  Write({13}, 8);
  EXPECT_EQ(GapRows(), "2-3 6-9 11-12");
  EXPECT_EQ(Ask(&database_,
                "SELECT noticed_ns, after_ns, before_ns FROM gaps "
                "WHERE first_seq = 11"),
            "8|1764000000010000000|1764000000013000000");
}

TEST_F(GapsTest, ShrinkSplitAndGoWhenARecordArrivesLate) {
  Write({1, 10});
  const std::vector<std::pair<int64_t, std::string>> steps = {
      {2, "3-9"},     {9, "3-8"}, {5, "3-4 6-8"}, {7, "3-4 6-6 8-8"},
      {6, "3-4 8-8"}, {8, "3-4"}, {3, "4-4"},     {4, ""}};
  for (const auto& [seq, left] : steps) {
    const Drain drain = Write({seq}, 9);
    EXPECT_EQ(drain.records, 1) << seq;
    EXPECT_TRUE(drain.gaps.empty()) << seq;
    EXPECT_EQ(GapRows(), left) << seq;
  }
  EXPECT_EQ(Ask(&database_, "SELECT group_concat(seq) FROM forks"),
            "1,2,3,4,5,6,7,8,9,10");
  EXPECT_EQ(Write({4, 5}).duplicates, 2);
}

TEST_F(GapsTest, KnowTheirNewNeighboursAfterALateRecord) {
  Write({1, 5});
  Write({3}, 9);
  EXPECT_EQ(Ask(&database_,
                "SELECT first_seq, noticed_ns, after_ns % 100000000, "
                "before_ns % 100000000 FROM gaps ORDER BY first_seq"),
            "2|7|1000000|3000000\n4|7|3000000|5000000");
}

TEST_F(GapsTest, HoldWhatTheSourceSaysWillNeverCome) {
  Batch batch = MakeBatch(ForkRecords(1, 2));
  batch.final_seq = 5;
  writer_.Write(ProcStream("a"), &batch, 7);
  EXPECT_EQ(GapRows(), "3-5");
  EXPECT_EQ(Ask(&database_, "SELECT next_seq FROM streams"), "6");
  batch.Clear();
  batch.final_seq = 6;
  writer_.Write(ProcStream("a"), &batch, 7);
  EXPECT_EQ(GapRows(), "3-5 6-6");
  batch.Clear();
  batch.final_seq = 6;
  EXPECT_TRUE(writer_.Write(ProcStream("a"), &batch, 7).gaps.empty());
}

TEST_F(GapsTest, EndWithTheNextRecordWheneverThatComes) {
  const auto final_seq = [&](int64_t seq) {
    Batch batch;
    batch.final_seq = seq;
    writer_.Write(ProcStream("a"), &batch, 7);
  };
  const auto times = [&] {
    return Ask(&database_,
               "SELECT first_seq, after_ns / 1000000 % 1000, before_ns / "
               "1000000 % 1000 FROM gaps ORDER BY first_seq");
  };
  Write({1});
  final_seq(3);
  final_seq(5);
  EXPECT_EQ(times(), "2|1|\n4|1|");
  Write({6});
  EXPECT_EQ(times(), "2|1|6\n4|1|6");
  Write({7});
  final_seq(8);
  {
    // Another recorder goes on, and has a gap of its own first.
    Writer other(&database_, "x");
    Batch batch = MakeBatch({ForkRecord(10), ForkRecord(12)});
    other.Write(ProcStream("a"), &batch, 7);
  }
  EXPECT_EQ(times(), "2|1|6\n4|1|6\n8|7|10\n9|7|10\n11|10|12");
  Write({13});
  EXPECT_EQ(times(), "2|1|6\n4|1|6\n8|7|10\n9|7|10\n11|10|12");
}

TEST_F(GapsTest, AreOfTheirOwnStream) {
  Write({1, 3});
  Writer other(&database_, "x");
  Batch batch = MakeBatch({ForkRecord(2)});
  other.Write(ProcStream("b"), &batch, 7);
  EXPECT_EQ(Ask(&database_, "SELECT stream, first_seq, last_seq FROM gaps"),
            "1|2|2\n2|1|1");
}

TEST(TwoWriters, OnOneDatabaseNeitherRepeatNorMissAnything) {
  const TempDir dir;
  const std::string path = dir.File("fork.db");
  SQLite::Database first_database = OpenForWriting(path);
  SQLite::Database second_database = OpenForWriting(path);
  Writer first(&first_database, path);
  Writer second(&second_database, path);
  // Each reads the whole ring, at its own pace.
  for (int64_t newest = 5; newest <= 100; newest += 5) {
    Batch batch = MakeBatch(ForkRecords(1, newest));
    EXPECT_TRUE(first.Write(ProcStream("a"), &batch, 7).gaps.empty());
    if (newest % 15 != 0) continue;
    batch = MakeBatch(ForkRecords(newest - 4, newest + 3));
    EXPECT_TRUE(second.Write(ProcStream("a"), &batch, 8).gaps.empty());
  }
  EXPECT_EQ(Ask(&first_database,
                "SELECT count(*), min(seq), max(seq), (SELECT count(*) FROM "
                "gaps), (SELECT next_seq FROM streams) FROM forks"),
            "100|1|100|0|101");
}

}  // namespace
}  // namespace forkdb
