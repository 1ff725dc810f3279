#include "query/coverage/downtime.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "base/duration.h"
#include "recorder/ingest/writer.h"
#include "store/database.h"
#include "tests/unit/testing.h"

namespace forkdb {
namespace {

constexpr int64_t kSecond = kNsPerSecond;

// Streams of machines, with times in seconds: of the clock after kStartNs, and
// after the boot.
class DowntimeTest : public testing::Test {
 protected:
  DowntimeTest() : database_(OpenForWriting(kMemoryDatabase)) {}

  static ClockReading At(int64_t clock, int64_t boottime) {
    return {kStartNs + clock * kSecond, boottime * kSecond};
  }

  static Stream EbpfStream(const std::string& boot,
                           const ClockReading& attach) {
    Stream stream = ProcStream(boot);
    stream.source = kEbpf;
    stream.attachment = std::to_string(attach.boottime_ns);
    stream.attach_ns = attach.realtime_ns;
    stream.attach_boottime_ns = attach.boottime_ns;
    return stream;
  }

  static Stream LiveProcStream(const std::string& boot,
                               const ClockReading& attach) {
    Stream stream = ProcStream(boot);
    stream.attach_ns = attach.realtime_ns;
    stream.attach_boottime_ns = attach.boottime_ns;
    return stream;
  }

  // A recorder watches the stream until then.
  void Watch(const Stream& stream, const ClockReading& until) {
    Writer(&database_, "x").MarkWatched(stream, until);
  }

  // "100-108 recorder stopped", a row each.
  std::string Rows() {
    return Ask(
        &database_,
        "SELECT ((began_ns - 1764000000000000000) / 1000000000) || '-' || "
        "((ended_ns - 1764000000000000000) / 1000000000) || ' ' || what "
        "FROM downtimes ORDER BY began_ns");
  }

  std::vector<std::string> Find(int64_t since, int64_t until,
                                bool is_recording = true, size_t most = 3) {
    return Describe(
        FindDowntimes({At(since, 0).realtime_ns, At(until, 0).realtime_ns},
                      std::nullopt, is_recording, most, &database_),
        Zone::kUtc);
  }

  SQLite::Database database_;
};

TEST_F(DowntimeTest, IsBetweenTwoAttachmentsOfEbpf) {
  Watch(EbpfStream("a", At(10, 110)), At(100, 200));
  EXPECT_EQ(Rows(), "") << "what was before the first is no downtime";
  Watch(EbpfStream("a", At(108, 208)), At(150, 250));
  Watch(EbpfStream("a", At(151, 251)), At(152, 252));
  EXPECT_EQ(Rows(), "100-108 recorder stopped\n150-151 recorder stopped");
  EXPECT_EQ(Ask(&database_, "SELECT boot, began, ended FROM downtimes LIMIT 1"),
            "a|2025-11-24T16:01:40.000000000Z|2025-11-24T16:01:48.000000000Z");
}

TEST_F(DowntimeTest, IsNotWhereTheRingKeepsWhatComes) {
  Watch(LiveProcStream("a", At(10, 110)), At(100, 200));
  Watch(LiveProcStream("a", At(500, 600)), At(510, 610));
  EXPECT_EQ(Ask(&database_, "SELECT count(*) FROM streams"), "1");
  EXPECT_EQ(Rows(), "");
  // Another source begins where the first was still watched, and later on.
  Watch(EbpfStream("a", At(505, 605)), At(520, 620));
  EXPECT_EQ(Rows(), "");
  Watch(EbpfStream("a", At(530, 630)), At(540, 640));
  EXPECT_EQ(Rows(), "520-530 recorder stopped");
}

TEST_F(DowntimeTest, IsWhileTheMachineIsOff) {
  Watch(LiveProcStream("a", At(10, 110)), At(100, 200));
  Watch(LiveProcStream("b", At(1060, 60)), At(1100, 100));
  EXPECT_EQ(Rows(), "100-1000 machine off");
  // eBPF does not see what was before it, not even in a new boot.
  Watch(EbpfStream("c", At(2060, 60)), At(2100, 100));
  EXPECT_EQ(Rows(),
            "100-1000 machine off\n1100-2000 machine off\n"
            "2000-2060 recorder stopped");
}

TEST_F(DowntimeTest, IsNotTakenForAnotherMachines) {
  const auto of = [](Stream stream, const char* machine) {
    stream.boot.machine_id = machine;
    return stream;
  };
  Watch(of(LiveProcStream("a", At(10, 110)), "m"), At(100, 200));
  Watch(of(LiveProcStream("b", At(300, 10)), "n"), At(400, 110));
  EXPECT_EQ(Rows(), "");
}

TEST_F(DowntimeTest, IsNeverMadeOfASavedCopy) {
  Writer writer(&database_, "x");
  for (const char* boot : {"a", "b"}) {
    Writer saved(&database_, "x");
    Batch batch = MakeBatch(ForkRecords(1, 3));
    saved.Write(ProcStream(boot), &batch, kStartNs);
  }
  EXPECT_EQ(Rows(), "");
  EXPECT_TRUE(Find(0, 1'000'000, /*is_recording=*/false).empty());
}

TEST_F(DowntimeTest, IsAsLongAsItWasWhateverTheClockWasSetTo) {
  Watch(EbpfStream("a", At(10, 110)), At(100, 200));
  // Eight seconds later the clock is an hour behind, then a day ahead.
  Watch(EbpfStream("a", At(-3492, 208)), At(-3480, 220));
  Watch(EbpfStream("a", At(86400, 230)), At(86410, 240));
  EXPECT_EQ(Rows(),
            "-3500--3492 recorder stopped\n86390-86400 recorder stopped");
}

TEST_F(DowntimeTest, GoesByTheClockThatABootHadInTheEnd) {
  Watch(EbpfStream("a", At(10, 110)), At(100, 200));
  // Without a battery: it boots a year ago, and then asks the network.
  Stream late = LiveProcStream("b", At(-31'000'000, 10));
  Watch(late, At(-30'999'999, 11));
  EXPECT_EQ(Rows(), "") << "no time is known";
  Watch(late, At(1020, 20));
  EXPECT_EQ(Rows(), "100-1000 machine off");
}

TEST_F(DowntimeTest, IsToldOfTheAskedTimeOnly) {
  Watch(EbpfStream("a", At(10, 110)), At(100, 200));
  Watch(EbpfStream("a", At(108, 208)), At(150, 250));
  EXPECT_EQ(Find(0, 100).size(), 0U);
  EXPECT_EQ(Find(108, 500).size(), 0U);
  const std::vector<std::string> lines = Find(103, 104);
  ASSERT_EQ(lines.size(), 1U);
  EXPECT_EQ(lines[0],
            "nothing recorded from 2025-11-24T16:01:40.000000000Z to "
            "2025-11-24T16:01:48.000000000Z (recorder stopped)");
}

TEST_F(DowntimeTest, GoesOnWhileNoRecorderRuns) {
  Watch(EbpfStream("a", At(10, 110)), At(100, 200));
  EXPECT_TRUE(Find(0, 500, /*is_recording=*/true).empty());
  EXPECT_TRUE(Find(0, 100, /*is_recording=*/false).empty());
  const std::vector<std::string> lines = Find(0, 500, /*is_recording=*/false);
  ASSERT_EQ(lines.size(), 1U);
  EXPECT_EQ(lines[0],
            "nothing recorded after 2025-11-24T16:01:40.000000000Z (no "
            "recorder is running)");
}

TEST_F(DowntimeTest, IsToldOfTheLongestWhereThereAreMany) {
  for (int64_t i = 1; i <= 10; ++i) {
    Watch(EbpfStream("a", At(100 * i, 100 * i)),
          At(100 * i + 100 - i, 100 * i + 100 - i));
  }
  const std::vector<std::string> lines = Find(0, 5000, true, 2);
  ASSERT_EQ(lines.size(), 3U);
  EXPECT_NE(lines[0].find("16:15:00"), std::string::npos) << lines[0];
  EXPECT_NE(lines[2].find("7 shorter intervals"), std::string::npos) << lines[2];
}

TEST_F(DowntimeTest, BeginsWithTheLastCommitOfAKilledRecorder) {
  Writer writer(&database_, "x");
  const Stream stream = EbpfStream("a", At(10, 110));
  Batch batch = MakeBatch(ForkRecords(1, 3));
  batch.watched = At(50, 150);
  writer.Write(stream, &batch, kStartNs);
  // A batch that says nothing takes nothing back, and neither does an old one.
  batch = MakeBatch(ForkRecords(4, 5));
  writer.Write(stream, &batch, kStartNs);
  writer.MarkWatched(stream, At(20, 120));
  Watch(EbpfStream("a", At(60, 160)), At(70, 170));
  EXPECT_EQ(Rows(), "50-60 recorder stopped");
}

TEST(IntervalTest, IsWrittenWithDotsForAnOpenEnd) {
  EXPECT_EQ(FormatInterval(std::nullopt, kStartNs),
            "../2025-11-24T16:00:00.000000000Z");
}

}  // namespace
}  // namespace forkdb
