#include "query/coverage/losses.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "recorder/ingest/writer.h"
#include "store/database.h"
#include "tests/unit/testing.h"

namespace forkdb {
namespace {

constexpr int64_t kMs = 1'000'000;

class LossesTest : public testing::Test {
 protected:
  LossesTest() : database_(OpenForWriting(kMemoryDatabase)) {
    // 1 to 9, 13 to 19 and 22 are lost; of the other boot 3 to 30.
    Write("a", {10, 11, 12, 20, 21, 23});
    Write("b", {1, 2, 31});
  }

  void Write(const char* boot_id, const std::vector<int64_t>& seqs) {
    Writer writer(&database_, "x");
    Batch batch;
    for (const int64_t seq : seqs) batch.records.push_back(ForkRecord(seq));
    writer.Write(ProcStream(boot_id), &batch, kStartNs);
  }

  // Of a window in ms from kStartNs; times are given so, too.
  std::string Find(int64_t since_ms, int64_t until_ms,
                   std::optional<int64_t> boot = std::nullopt) {
    const Losses missing =
        FindLosses({kStartNs + since_ms * kMs, kStartNs + until_ms * kMs}, boot,
                   /*is_recording=*/true, &database_);
    const auto ms = [](const std::optional<int64_t>& time_ns) {
      return time_ns ? std::to_string((*time_ns - kStartNs) / kMs) : "-";
    };
    return std::to_string(missing.gaps) + ": " +
           std::to_string(missing.records) + " " + ms(missing.after_ns) + " " +
           ms(missing.before_ns);
  }

  SQLite::Database database_;
};

TEST_F(LossesTest, IsWhatTheGapsOfTheWindowHold) {
  EXPECT_EQ(Find(10, 23, 1), "2: 8 12 23");
  EXPECT_EQ(Find(10, 12, 1), "0: 0 - -") << "between two gaps";
  EXPECT_EQ(Find(10, 13, 1), "1: 7 12 20");
  EXPECT_EQ(Find(15, 16, 1), "1: 7 12 20") << "nothing but a gap";
  EXPECT_EQ(Find(20, 21, 1), "0: 0 - -");
  EXPECT_EQ(Find(23, 99, 1), "0: 0 - -");
  EXPECT_EQ(Find(9, 10, 1), "1: 9 - 10") << "before it was recorded";
  EXPECT_EQ(Find(0, 99, 1), "3: 17 - 23");
}

TEST_F(LossesTest, EndsWhenItWasNoticedWhereNoRecordHasComeSince) {
  Writer writer(&database_, "x");
  Batch batch = MakeBatch({ForkRecord(40)});
  batch.final_seq = 45;
  writer.Write(ProcStream("a"), &batch, kStartNs + 50 * kMs);
  EXPECT_EQ(Find(49, 60, 1), "1: 5 40 -");
  EXPECT_EQ(Find(50, 60, 1), "0: 0 - -") << "lost before it was noticed";
  EXPECT_EQ(Find(21, 60, 1), "3: 22 21 -") << "no end, though others have one";
}

TEST_F(LossesTest, IsNotBeforeTheRecordingCouldBegin) {
  Stream stream = ProcStream("c");
  stream.source = kEbpf;
  stream.attach_ns = kStartNs + 50 * kMs;
  stream.boot.boot_ns = kStartNs + 40 * kMs;
  Writer writer(&database_, "x");
  Batch batch = MakeBatch({ForkRecord(60)});
  writer.Write(stream, &batch, kStartNs);
  EXPECT_EQ(Find(0, 50, 3), "0: 0 - -");
  EXPECT_EQ(Find(0, 51, 3), "1: 59 - 60");
  // The ring's records may be from before the recorder came.
  stream.source = kProc;
  Writer other(&database_, "x");
  batch = MakeBatch({ForkRecord(60)});
  other.Write(stream, &batch, kStartNs);
  EXPECT_EQ(Find(0, 40, 3), "0: 0 - -");
  EXPECT_EQ(Find(0, 41, 3), "1: 59 - 60");
}

TEST_F(LossesTest, IsOfOneBootOrAll) {
  EXPECT_EQ(Find(10, 23, 2), "1: 28 2 31");
  EXPECT_EQ(Find(10, 23), "3: 36 2 31");
}

TEST_F(LossesTest, IsDescribedWithWhatIsKnownOfIt) {
  EXPECT_EQ(DescribeGaps({1, 1, kStartNs, kStartNs + 1, 0, {}}, Zone::kUtc),
            "1 record is missing (1 gap, after 2025-11-24T16:00:00.000000000Z, "
            "before 2025-11-24T16:00:00.000000001Z)");
  EXPECT_EQ(DescribeGaps({2, 9, std::nullopt, std::nullopt, 0, {}}, Zone::kUtc),
            "9 records are missing (2 gaps)");
}

}  // namespace
}  // namespace forkdb
