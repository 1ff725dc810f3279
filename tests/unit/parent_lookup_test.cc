#include "recorder/ingest/parent_lookup.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "recorder/ingest/writer.h"
#include "store/database.h"
#include "tests/unit/soundness.h"
#include "tests/unit/testing.h"

namespace forkdb {
namespace {

constexpr uint64_t kThread = 0x3d0f00;

// Process tgid, started at start_ns, makes process child, started at
// child_start_ns.
Record Creation(int64_t seq, int32_t tgid, int64_t start_ns, int32_t child,
                int64_t child_start_ns) {
  Record record = ForkRecord(seq);
  record.pid = record.tgid = tgid;
  record.start_ns = start_ns;
  record.ret = record.child_pid = record.child_ns_pid = child;
  record.child_start_ns = child_start_ns;
  return record;
}

class ParentLookupTest : public testing::Test {
 protected:
  ParentLookupTest() : database_(OpenForWriting(kMemoryDatabase)) { Restart(); }

  void Restart() { writer_ = std::make_unique<Writer>(&database_, "x"); }

  void Write(const std::vector<Record>& records,
             const std::string& boot_id = "a") {
    Batch batch = MakeBatch(records);
    writer_->Write(ProcStream(boot_id), &batch, kStartNs);
  }

  // "2:1 3:" means that record 1 made the caller of record 2, and that record
  // 3's creator is not known.
  std::string Callers() {
    return Ask(&database_,
               "SELECT group_concat(seq || ':' || ifnull(caller_id % "
               "1000000000000, ''), ' ') FROM forks");
  }

  SQLite::Database database_;
  std::unique_ptr<Writer> writer_;
};

TEST_F(ParentLookupTest, AreFoundAlongAChain) {
  Write({Creation(1, 10, 5, 11, 100), Creation(2, 11, 100, 12, 200),
         Creation(3, 12, 200, 13, 300), Creation(4, 11, 100, 14, 400)});
  EXPECT_EQ(Callers(), "1: 2:1 3:2 4:1");
}

TEST_F(ParentLookupTest, AreExactWhenAPidIsUsedAgain) {
  Write({Creation(1, 10, 5, 11, 100), Creation(2, 11, 100, 12, 200),
         Creation(3, 10, 5, 11, 300),  // 11 again
         Creation(4, 11, 300, 13, 400),
         Creation(5, 11, 350, 14, 500)});  // and again, its creation lost
  EXPECT_EQ(Callers(), "1: 2:1 3: 4:3 5:");
}

TEST_F(ParentLookupTest, AreUnknownAcrossAGapThatHoldsThem) {
  Write({Creation(1, 10, 5, 11, 100), Creation(3, 11, 300, 12, 400)});
  EXPECT_EQ(Callers(), "1: 3:");
}

TEST_F(ParentLookupTest, AreFoundAfterARestart) {
  Write({Creation(1, 10, 5, 11, 100)});
  Restart();
  Write({Creation(2, 11, 100, 12, 200)});
  EXPECT_EQ(Callers(), "1: 2:1");
}

TEST_F(ParentLookupTest, AreNotTheFailedCallsOfTheSamePid) {
  Record failed = FailedRecord(1, 11);
  failed.tgid = 11;
  failed.start_ns = 0;
  Record of_pid_zero = Creation(2, 0, 0, 12, 200);
  Write({failed, of_pid_zero});
  EXPECT_EQ(Callers(), "1: 2:");
}

TEST_F(ParentLookupTest, AreNeverThreads) {
  Record thread = Creation(1, 10, 5, 11, 100);
  thread.flags = kThread;
  Write({thread, Creation(2, 11, 100, 12, 200)});
  Restart();
  Write({Creation(3, 11, 100, 13, 300)});
  EXPECT_EQ(Callers(), "1: 2: 3:");
}

TEST_F(ParentLookupTest, OfAThreadsCallAreThoseOfItsProcess) {
  Record by_thread = Creation(2, 11, 100, 12, 200);
  by_thread.pid = 55;
  Write({Creation(1, 10, 5, 11, 100), by_thread});
  EXPECT_EQ(Callers(), "1: 2:1");
}

TEST_F(ParentLookupTest, OfAnotherBootAreNotFound) {
  Write({Creation(1, 10, 5, 11, 100)}, "a");
  Restart();
  Write({Creation(1, 11, 100, 12, 200)}, "b");
  EXPECT_EQ(Callers(), "1: 1:");
}

TEST_F(ParentLookupTest, ThatArriveLateAreLinked) {
  Write({Creation(1, 10, 5, 20, 90), Creation(3, 11, 100, 12, 200),
         Creation(4, 11, 100, 13, 300), Creation(5, 11, 999, 14, 1000)});
  EXPECT_EQ(Callers(), "1: 3: 4: 5:");
  Write({Creation(2, 10, 5, 11, 100)});
  EXPECT_EQ(Callers(), "1: 2: 3:2 4:2 5:");
  Write({Creation(6, 11, 100, 15, 600)});
  EXPECT_EQ(Callers(), "1: 2: 3:2 4:2 5: 6:2");
}

TEST_F(ParentLookupTest, OfAnEarlierStreamThatIsStoredLaterAreLinked) {
  // Calls of 11 in a later stream of the boot, one of them a failure.
  Record failed = FailedRecord(12, 11);
  failed.pid = failed.tgid = 11;
  failed.start_ns = 100;
  const std::vector<Record> later = {Creation(11, 11, 100, 12, 200), failed,
                                     Creation(13, 11, 999, 14, 300)};
  Write(later);
  Restart();
  Write(later, "another boot");
  Restart();
  Stream earlier = ProcStream("a");
  earlier.source = kEbpf;
  Batch batch = MakeBatch({Creation(1, 10, 5, 11, 100)});
  writer_->Write(earlier, &batch, kStartNs);
  EXPECT_EQ(
      Ask(&database_, "SELECT stream, seq, ifnull(caller_id, '') FROM forks"),
      "1|11|3000000000001\n1|12|3000000000001\n1|13|\n"
      "2|11|\n2|12|\n2|13|\n3|1|");
  ExpectSound(&database_);
}

TEST_F(ParentLookupTest, ThatArriveLateDoNotReplaceYoungerOnes) {
  Write({Creation(1, 10, 5, 20, 90), Creation(3, 10, 5, 11, 300)});
  Write({Creation(2, 10, 5, 11, 100)});
  Write({Creation(4, 11, 300, 12, 400)});
  EXPECT_EQ(Callers(), "1: 2: 3: 4:3");
}

TEST_F(ParentLookupTest, AreNeverLaterRecordsOfTheSameStream) {
  // No kernel says so, but a file can: 12 calls before it is created.
  const Record early = Creation(2, 12, 400, 13, 500);
  const Record creation = Creation(4, 10, 5, 12, 400);
  Write({Creation(1, 10, 5, 20, 90), early, Creation(3, 10, 5, 21, 95),
         creation, Creation(5, 12, 400, 14, 600)});
  EXPECT_EQ(Callers(), "1: 2: 3: 4: 5:4");
}

TEST_F(ParentLookupTest, AreNeverLaterRecordsOfTheSameStreamThatArriveFirst) {
  Write({Creation(1, 10, 5, 20, 90), Creation(4, 10, 5, 12, 400)});
  Write({Creation(2, 12, 400, 13, 500)});  // by what is remembered
  Restart();
  Write({Creation(3, 12, 400, 14, 500)});  // by what is stored
  EXPECT_EQ(Callers(), "1: 2: 3: 4:");
}

TEST_F(ParentLookupTest, AreNeverLaterRecordsOfTheSameStreamThatArriveLate) {
  Write({Creation(1, 10, 5, 20, 90), Creation(4, 12, 400, 13, 500),
         Creation(6, 12, 400, 14, 500)});
  Write({Creation(2, 10, 5, 21, 95), Creation(5, 10, 5, 12, 400)});
  EXPECT_EQ(Callers(), "1: 2: 4: 5: 6:5");
}

TEST_F(ParentLookupTest, ThatAnotherRecorderStoredAreFound) {
  Write({Creation(1, 10, 5, 20, 90)});
  {
    Writer other(&database_, "x2");
    Batch batch = MakeBatch({Creation(2, 10, 5, 11, 100)});
    other.Write(ProcStream("a"), &batch, kStartNs);
  }
  Write({Creation(1, 10, 5, 20, 90), Creation(2, 10, 5, 11, 100),
         Creation(3, 11, 100, 12, 200)});
  EXPECT_EQ(Callers(), "1: 2: 3:2");
}

}  // namespace
}  // namespace forkdb
