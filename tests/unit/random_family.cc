#include "tests/unit/random_family.h"

#include <gtest/gtest.h>
#include <linux/sched.h>

#include <tuple>
#include <utility>

#include "query/database/reader.h"
#include "query/search/plain_sql.h"
#include "tests/unit/testing.h"

namespace forkdb {
namespace {

constexpr int64_t kRecords = 5 * kBlockRecords / 2;

}  // namespace

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
      record.child_start_ns = seq;
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

WantedProcess Wanted(int64_t pid, const std::optional<int64_t>& boot) {
  WantedProcess wanted;
  wanted.text = std::to_string(pid);
  wanted.boot = boot;
  return wanted;
}

std::string PrintIds(const std::string& path, const Filter& filter) {
  Shape shape;
  shape.columns = {"id"};
  Reader reader(path);
  const std::string found = Printed([&](std::FILE* stream) {
    reader.Print(filter, shape, Output{Format::kTsv, stream});
  });
  EXPECT_EQ(
      Printed([&](std::FILE* stream) {
        reader.PrintSql(PlainSql(filter, shape), Output{Format::kTsv, stream});
      }),
      found);
  return found;
}

}  // namespace forkdb
