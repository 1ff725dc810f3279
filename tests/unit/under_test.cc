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
#include <tuple>
#include <utility>
#include <vector>

#include "query/reader.h"
#include "recorder/writer.h"
#include "store/database.h"
#include "store/error.h"
#include "tests/unit/testing.h"

namespace forkdb {
namespace {

constexpr int64_t kRecords = 5 * kBlockRecords / 2;

// Some processes that fork, make threads and fail; few pids, so that all are
// used again and again; some records are lost.
std::vector<Record> RandomFamily(std::mt19937* random) {
  const auto one_in = [&](unsigned n) { return (*random)() % n == 0; };
  constexpr size_t kAlive = 40;
  constexpr int32_t kPids = 200;
  std::vector<std::pair<int32_t, int64_t>> alive = {{1, 0}};
  std::vector<Record> records;
  for (int64_t seq = 1; seq <= kRecords; ++seq) {
    Record record = one_in(20) ? FailedRecord(seq, 11) : ForkRecord(seq);
    std::tie(record.tgid, record.start_ns) = alive[(*random)() % alive.size()];
    record.pid = record.tgid;
    if (!record.failed()) {
      record.child_pid = 2 + static_cast<int32_t>(seq % kPids);
      record.ret = record.child_ns_pid = record.child_pid;
      if (one_in(8)) {
        record.flags = CLONE_VM | CLONE_SIGHAND | CLONE_THREAD;
      } else if (alive.size() < kAlive) {
        alive.emplace_back(record.child_pid, record.child_start_ns);
      } else {
        alive[1 + (*random)() % (kAlive - 1)] = {record.child_pid,
                                                 record.child_start_ns};
      }
    }
    if (!one_in(50)) records.push_back(record);
  }
  return records;
}

// The ids of what descends from the process that this record made.
std::set<int64_t> Descendants(const std::vector<Record>& records,
                              int64_t stream, const Record& root) {
  std::set<std::pair<int32_t, int64_t>> family;
  const auto join = [&](const Record& record) {
    if (record.failed() || (record.flags & CLONE_THREAD) != 0) return;
    family.emplace(record.child_pid, record.child_start_ns);
  };
  join(root);
  std::set<int64_t> ids;
  for (const Record& record : records) {
    if (record.seq <= root.seq) continue;
    if (family.count({record.tgid, record.start_ns}) == 0) continue;
    ids.insert(RecordId(stream, record.seq));
    join(record);
  }
  return ids;
}

class UnderTest : public testing::Test {
 protected:
  UnderTest() : path_(dir_.File("fork.db")) {
    SQLite::Database database = OpenForWriting(path_);
    std::mt19937 random(1);
    for (const char* boot : {"first", "second"}) {
      Writer writer(&database, path_);
      boots_.push_back(RandomFamily(&random));
      Batch batch = MakeBatch(boots_.back());
      writer.Write(ProcStream(boot), &batch, kStartNs);
    }
  }

  std::string Print(const Filter& filter) {
    Shape shape;
    shape.columns = {"id"};
    Reader reader(path_);
    return Printed([&](std::FILE* stream) {
      reader.Print(filter, shape, Format::kTsv, stream);
    });
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
    filter.under = RecordId(stream, root.seq);
    EXPECT_EQ(Print(filter), expected) << root.seq;
  }
  EXPECT_GT(largest, size_t{500});
}

TEST_F(UnderTest, APidIsTheNewestProcessThatHadIt) {
  Reader reader(path_);
  for (const auto& [boot, asked] :
       std::vector<std::pair<int64_t, std::optional<int64_t>>>{
           {1, 1}, {2, 2}, {2, {}}}) {
    std::map<int32_t, int64_t> newest;
    for (const Record& record : boots_[static_cast<size_t>(boot - 1)]) {
      if (record.failed() || (record.flags & CLONE_THREAD) != 0) continue;
      newest[record.child_pid] = RecordId(boot, record.seq);
    }
    for (const auto& [pid, id] : newest) {
      EXPECT_EQ(reader.FindProcess(pid, asked), id) << pid;
    }
  }
}

TEST_F(UnderTest, AProcessThatNobodyMadeIsRefused) {
  Reader reader(path_);
  for (const int64_t pid : {int64_t{1}, int64_t{99'999}, kSeqLimit}) {
    EXPECT_THAT(MessageOf<UsageError>([&] { reader.FindProcess(pid, {}); }),
                testing::HasSubstr("no record made it"));
  }
}

TEST_F(UnderTest, HoldsTogetherWithTheOtherFilters) {
  Filter filter;
  filter.under = RecordId(2, boots_[1].front().seq);
  filter.failed = true;
  std::string expected = "id\n";
  for (const int64_t id : Descendants(boots_[1], 2, boots_[1].front())) {
    for (const Record& record : boots_[1]) {
      if (RecordId(2, record.seq) == id && record.failed()) {
        expected += std::to_string(id) + "\n";
      }
    }
  }
  EXPECT_EQ(Print(filter), expected);
}

}  // namespace
}  // namespace forkdb
