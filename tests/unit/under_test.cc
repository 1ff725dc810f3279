// Filter::under, held against descent worked out from the records themselves.

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <linux/sched.h>

#include <algorithm>
#include <cstdint>
#include <map>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "base/error.h"
#include "query/database/reader.h"
#include "recorder/ingest/writer.h"
#include "store/database.h"
#include "tests/unit/random_family.h"
#include "tests/unit/testing.h"

namespace forkdb {
namespace {

class UnderTest : public testing::Test {
 protected:
  UnderTest() : path_(dir_.File("fork.db")) {
    SQLite::Database database = OpenForWriting(path_);
    std::mt19937 random(1);
    for (const char* boot : {"first", "second"}) {
      Writer writer(&database, path_);
      // One boot follows on the other.
      const auto later_ns =
          static_cast<int64_t>(boots_.size()) * 3'600'000'000'000;
      boots_.push_back(RandomFamily(&random));
      for (Record& record : boots_.back()) record.time_ns += later_ns;
      Batch batch = MakeBatch(boots_.back());
      writer.Write(ProcStream(boot), &batch, kStartNs);
    }
  }

  TempDir dir_;
  std::string path_;
  std::vector<std::vector<Record>> boots_;
};

TEST_F(UnderTest, IsWhatDescendsByPidAndStart) {
  std::mt19937 random(2);
  size_t largest = 0;
  for (int i = 0; i < 100; ++i) {
    const auto boot = static_cast<size_t>(i % 2);
    const std::vector<Record>& records = boots_[boot];
    // The early ones have large families.
    const Record& root = records[random() % (i < 20 ? 100 : records.size())];
    const auto stream = static_cast<int64_t>(boot + 1);
    const std::set<int64_t> ids = Descendants(records, stream, root);
    largest = std::max(largest, ids.size());
    std::string expected = "id\n";
    for (const int64_t id : ids) expected += std::to_string(id) + "\n";
    Filter filter;
    filter.under = {Process::Kind::kRecorded, RecordId(stream, root.seq)};
    EXPECT_EQ(PrintIds(path_, filter), expected) << root.seq;
  }
  EXPECT_GT(largest, size_t{500});
}

TEST_F(UnderTest, APidIsTheNewestProcessThatHadIt) {
  Reader reader(path_);
  for (const auto& [boot, asked] :
       std::vector<std::pair<int64_t, std::optional<int64_t>>>{
           {1, 1}, {2, 2}, {2, {}}}) {
    std::map<int32_t, int64_t> newest;  // by pid, its start
    std::map<int64_t, const Record*> by_id;
    const auto note = [&](int32_t pid, int64_t start_ns) {
      newest[pid] = std::max(newest[pid], start_ns);
    };
    for (const Record& record : boots_[static_cast<size_t>(boot - 1)]) {
      by_id[RecordId(boot, record.seq)] = &record;
      note(record.tgid, record.start_ns);
      if (record.failed() || (record.flags & CLONE_THREAD) != 0) continue;
      note(record.child_pid, record.child_start_ns);
    }
    for (const auto& [pid, start_ns] : newest) {
      const Process process = reader.FindProcess(Wanted(pid, asked));
      const bool is_made = process.kind == Process::Kind::kRecorded;
      const Record& record = *by_id.at(process.id);
      EXPECT_EQ(is_made ? record.child_start_ns : record.start_ns, start_ns);
      EXPECT_EQ(is_made ? record.child_pid : record.tgid, pid);
    }
  }
}

TEST_F(UnderTest, AProcessThatNobodyMadeIsRefused) {
  Reader reader(path_);
  for (const int64_t pid : {int64_t{99'999}, kSeqLimit}) {
    EXPECT_THAT(MessageOf<UsageError>([&] { reader.FindProcess(Wanted(pid)); }),
                testing::HasSubstr("not in the database"));
  }
  EXPECT_THAT(MessageOf<UsageError>([&] { reader.FindProcess(Wanted(0)); }),
              testing::HasSubstr("no pid"));
}

TEST_F(UnderTest, AProcessOlderThanHistoryIsFoundByItsCalls) {
  // Process 1 was there before; what it made has the same pids in both boots.
  for (const int64_t boot : {1, 2}) {
    const std::vector<Record>& records = boots_[static_cast<size_t>(boot - 1)];
    Record maker = ForkRecord(0);
    maker.child_pid = 1;
    maker.child_start_ns = 0;
    const std::set<int64_t> ids = Descendants(records, boot, maker);
    std::string expected = "id\n";
    for (const int64_t id : ids) expected += std::to_string(id) + "\n";
    Filter filter;
    filter.boot = boot;
    filter.under = Reader(path_).FindProcess(Wanted(1, boot));
    EXPECT_EQ(filter.under->kind, Process::Kind::kCaller);
    EXPECT_EQ(PrintIds(path_, filter), expected);
    filter.boot.reset();
    EXPECT_EQ(PrintIds(path_, filter), expected);
  }
}

TEST_F(UnderTest, HoldsTogetherWithTheOtherFilters) {
  Filter filter;
  filter.under = {Process::Kind::kRecorded, RecordId(2, boots_[1].front().seq)};
  filter.failed = true;
  std::string expected = "id\n";
  for (const int64_t id : Descendants(boots_[1], 2, boots_[1].front())) {
    for (const Record& record : boots_[1]) {
      if (RecordId(2, record.seq) == id && record.failed()) {
        expected += std::to_string(id) + "\n";
      }
    }
  }
  EXPECT_EQ(PrintIds(path_, filter), expected);
}

}  // namespace
}  // namespace forkdb
