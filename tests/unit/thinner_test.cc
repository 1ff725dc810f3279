#include "recorder/database/thinner.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <string>
#include <vector>

#include "query/coverage/losses.h"
#include "recorder/database/pruner.h"
#include "recorder/database/shares.h"
#include "recorder/ingest/writer.h"
#include "store/database.h"
#include "tests/unit/soundness.h"
#include "tests/unit/testing.h"

namespace forkdb {
namespace {

using testing::ElementsAre;
using testing::Pair;

constexpr uint32_t kNobody = 65'534;

class ThinnerTest : public testing::Test {
 protected:
  ThinnerTest()
      : database_(OpenForWriting(kMemoryDatabase)),
        writer_(&database_, "x"),
        pruner_(&database_) {}

  void Write(const std::vector<Record>& records) {
    Batch batch = MakeBatch(records);
    writer_.Write(ProcStream("a"), &batch, kStartNs);
  }

  // So many failing calls of nobody, and every hundredth call is root's.
  void WriteStorm(int64_t first_seq, int64_t last_seq) {
    std::vector<Record> records;
    for (int64_t seq = first_seq; seq <= last_seq; ++seq) {
      Record record = seq % 100 == 0 ? ForkRecord(seq) : FailedRecord(seq, 22);
      record.uid = seq % 100 == 0 ? 0 : kNobody;
      record.comm =
          seq % 100 == 0 ? "cron" : "bomb" + std::to_string(seq / 5000);
      records.push_back(record);
    }
    Write(records);
  }

  void MakeRoom(int times) {
    for (int i = 0; i < times; ++i) ASSERT_TRUE(pruner_.MakeRoom());
  }

  std::string Sql(const std::string& sql) { return Ask(&database_, sql); }
  std::string RootsHistory() {
    return Sql("SELECT * FROM forks WHERE uid = 0 ORDER BY id");
  }
  std::string Thinned() {
    return Sql("SELECT block % 244140625, uid, records FROM thinned");
  }

  SQLite::Database database_;
  Writer writer_;
  Pruner pruner_;
};

Share MakeShare(int64_t share, int64_t records, double bytes_per_record = 1) {
  return {share, records, bytes_per_record, {}};
}

TEST(CutLargestTest, CutsTheLargestDownToOneSize) {
  const std::vector<Share> shares = {MakeShare(0, 100), MakeShare(1, 500),
                                     MakeShare(2, 300)};
  EXPECT_THAT(CutLargest(150, shares), ElementsAre(Pair(1, 151)));
  EXPECT_THAT(CutLargest(300, shares), ElementsAre(Pair(1, 251), Pair(2, 51)));
  EXPECT_THAT(CutLargest(10'000, shares),
              ElementsAre(Pair(0, 101), Pair(1, 501), Pair(2, 301)));
}

TEST(CutLargestTest, CountsBytesAndNotRecords) {
  EXPECT_THAT(CutLargest(500, {MakeShare(0, 100), MakeShare(1, 60, 10)}),
              ElementsAre(Pair(1, 51)));
}

TEST(ShareOfTest, IsOneForARangeOfSubordinateUids) {
  EXPECT_EQ(ShareOf(0), 0);
  EXPECT_EQ(ShareOf(kNobody), kNobody);
  EXPECT_EQ(ShareOf(99'999), 99'999);
  EXPECT_EQ(ShareOf(100'000), 100'000);
  EXPECT_EQ(ShareOf(165'535), 100'000);
  EXPECT_EQ(ShareOf(165'536), 165'536);
}

TEST_F(ThinnerTest, HasNothingToThinInAnEmptyDatabase) {
  EXPECT_FALSE(pruner_.MakeRoom());
}

TEST_F(ThinnerTest, TakesTheOldestOfWhoFillsTheDatabaseAndKeepsTheOthers) {
  Write(ForkRecords(1, 3000));
  WriteStorm(3001, 50'000);
  const std::string before = RootsHistory();
  MakeRoom(3);
  EXPECT_EQ(RootsHistory(), before);
  // 3001 to 4095, 4096 to 8191 and so on, without every hundredth.
  EXPECT_EQ(Thinned(), "0|65534|1085\n1|65534|4055\n2|65534|4055");
  EXPECT_EQ(Sql("SELECT min(seq) FROM forks WHERE uid = 65534"), "12288");
  EXPECT_EQ(Sql("SELECT pruned_seq, thinned FROM streams"), "0|9195");
  ExpectSound(&database_);
}

TEST_F(ThinnerTest, TakesFromWhoHasMostOnlyUntilAnotherHasAsMuch) {
  constexpr int64_t kFirsts = 10 * kBlockRecords;
  constexpr int64_t kAll = kFirsts + 8 * kBlockRecords;
  std::vector<Record> records;
  for (int64_t seq = 1; seq <= kAll; ++seq) {
    records.push_back(FailedRecord(seq, 22));
    records.back().uid = seq <= kFirsts ? 1000 : 1001;
  }
  Write(records);
  MakeRoom(8);
  EXPECT_EQ(Sql("SELECT max(n) - min(n) <= 8192 AND min(n) > 8192 FROM (SELECT "
                "count(*) AS n FROM forks GROUP BY uid)"),
            "1");
  ExpectSound(&database_);
}

TEST_F(ThinnerTest, SaysWhatATimeLacks) {
  Write(ForkRecords(1, 3000));
  WriteStorm(3001, 50'000);
  MakeRoom(1);
  const auto lacks = [&](int64_t first_seq, int64_t last_seq) {
    return FindLosses(
        {ForkRecord(first_seq).time_ns, ForkRecord(last_seq).time_ns},
        std::nullopt, /*is_recording=*/true, &database_);
  };
  EXPECT_EQ(lacks(1, 3000).thinned, 0);
  EXPECT_EQ(lacks(5000, 9000).thinned, 0);
  EXPECT_EQ(lacks(3000, 5000).thinned, 1085);
}

TEST_F(ThinnerTest, MovesWhatIsThinnedToWhatIsPruned) {
  Write(ForkRecords(1, 3000));
  WriteStorm(3001, 50'000);
  MakeRoom(3);
  EXPECT_TRUE(pruner_.Prune(Pruner::kAnyTime));
  EXPECT_EQ(Sql("SELECT pruned_seq, thinned FROM streams"), "4095|8110");
  ExpectSound(&database_);
  while (pruner_.Prune(Pruner::kAnyTime)) {
  }
  EXPECT_EQ(Sql("SELECT pruned_seq, thinned FROM streams"), "50000|0");
  EXPECT_EQ(Thinned(), "");
  ExpectSound(&database_);
}

TEST_F(ThinnerTest, DoesNotLetThinnedRecordsComeBack) {
  Write(ForkRecords(1, 3000));
  WriteStorm(3001, 50'000);
  MakeRoom(3);
  const std::string rows =
      Sql("SELECT count(*), min(id), max(id) FROM records");
  WriteStorm(3001, 50'000);
  EXPECT_EQ(Sql("SELECT count(*), min(id), max(id) FROM records"), rows);
  WriteStorm(50'001, 50'100);
  ExpectSound(&database_);
}

TEST_F(ThinnerTest, LeavesCreatorPointersToWhatIsGone) {
  std::vector<Record> records = ForkRecords(1, 20'000);
  for (Record& record : records) record.uid = kNobody;
  Record child = ForkRecord(20'001);
  child.tgid = child.pid = ForkRecord(5000).child_pid;
  child.start_ns = ForkRecord(5000).child_start_ns;
  records.push_back(child);
  records.front().uid = 0;  // so that the first block stays
  Write(records);
  MakeRoom(2);
  EXPECT_EQ(Sql("SELECT count(*) FROM forks WHERE seq = 5000"), "0");
  EXPECT_EQ(Sql("SELECT caller_id FROM forks WHERE seq = 20001"),
            "1000000005000");
  ExpectSound(&database_);
}

TEST_F(ThinnerTest, PrunesABlockInWhichNothingElseWouldBeLeft) {
  std::vector<Record> records = ForkRecords(1, 20'000);
  Write(records);
  EXPECT_EQ(pruner_.MakeRoom()->records, 4095);
  EXPECT_EQ(Sql("SELECT pruned_seq, thinned FROM streams"), "4095|0");
  ExpectSound(&database_);
}

TEST_F(ThinnerTest, NeedsOneRowForManyEmptyBlocks) {
  Write(ForkRecords(1, 100));
  std::vector<Record> storm;
  for (int64_t seq = 101; seq <= 60'000; ++seq) {
    if (seq % 1000 < 10) continue;  // gaps
    Record record = FailedRecord(seq, 22);
    record.uid = kNobody;
    storm.push_back(record);
  }
  Write(storm);
  MakeRoom(11);
  EXPECT_EQ(Sql("SELECT count(*) FROM forks WHERE uid = 0"), "100");
  EXPECT_EQ(Sql("SELECT block % 244140625, uid FROM thinned"),
            "0|65534\n10|-1\n10|65534");
  ExpectSound(&database_);
  // What comes late now was counted.
  Write({ForkRecord(12'001)});
  EXPECT_EQ(Sql("SELECT count(*) FROM forks WHERE seq = 12001"), "0");
  ExpectSound(&database_);
}

class RandomThinnerTest : public ThinnerTest,
                          public testing::WithParamInterface<unsigned> {};

TEST_P(RandomThinnerTest, KeepsAllFiguresRight) {
  std::mt19937 random(GetParam());
  int64_t seq = 0;
  for (int step = 0; step < 40; ++step) {
    const bool storm = random() % 2 == 0;
    std::vector<Record> records;
    for (int i = 0; i < 1500; ++i) {
      seq += random() % 100 == 0 ? 1 + static_cast<int64_t>(random() % 900) : 1;
      Record record =
          random() % 3 == 0 ? FailedRecord(seq, 11) : ForkRecord(seq);
      record.uid = storm && random() % 50 != 0 ? kNobody : random() % 3;
      if (random() % 20 == 0) record.uid = 100'000 + random() % 100'000;
      record.comm = "c" + std::to_string(seq / 3000 + random() % 20);
      record.flags = static_cast<uint64_t>(seq / 4000);
      record.user_ns = static_cast<uint32_t>(seq / 2000 + 1);
      record.tgid = static_cast<int32_t>(100 + random() % 500);
      records.push_back(record);
    }
    std::shuffle(records.begin(), records.end(), random);
    Write(records);
    Write({ForkRecord(1 + static_cast<int64_t>(random()) % seq)});  // late
    for (unsigned i = random() % 4; i > 0; --i) pruner_.MakeRoom();
    if (random() % 10 == 0) pruner_.Prune(Pruner::kAnyTime);
    if (step % 10 == 9) ExpectSound(&database_);
  }
  EXPECT_NE(Thinned(), "");
}

INSTANTIATE_TEST_SUITE_P(OfSeed, RandomThinnerTest, testing::Range(1U, 5U));

}  // namespace
}  // namespace forkdb
