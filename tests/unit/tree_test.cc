#include "query/ancestry/tree.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <linux/sched.h>

#include <cstdint>
#include <limits>
#include <map>
#include <random>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "base/error.h"
#include "recorder/ingest/writer.h"
#include "store/database.h"
#include "tests/unit/random_family.h"
#include "tests/unit/testing.h"

namespace forkdb {
namespace {

using testing::HasSubstr;

class TreeTest : public testing::Test {
 protected:
  TreeTest() : database_(OpenForWriting(kMemoryDatabase)) {
    all_.threads = true;
    all_.failed = true;
    all_.depth = all_.limit = std::numeric_limits<int64_t>::max();
  }

  void Write(std::vector<Record> records) {
    Writer writer(&database_, "x");
    Batch batch = MakeBatch(std::move(records));
    writer.Write(ProcStream("a"), &batch, kStartNs);
  }

  std::vector<TreeNode> Read(int64_t root_seq, TreeOptions options) {
    options.root = {Process::Kind::kRecorded, RecordId(1, root_seq)};
    std::vector<TreeNode> nodes;
    ReadTree(options, &database_,
             [&](const TreeNode& node) { nodes.push_back(node); });
    return nodes;
  }

  SQLite::Database database_;
  TreeOptions all_;
};

// Process seq is made by process seq - 1.
std::vector<Record> Chain(int64_t length) {
  std::vector<Record> records;
  for (int64_t seq = 1; seq <= length; ++seq) {
    Record record = ForkRecord(seq);
    if (seq > 1) {
      record.pid = record.tgid = records.back().child_pid;
      record.start_ns = records.back().child_start_ns;
    }
    records.push_back(record);
  }
  return records;
}

int64_t Number(const Value& value) { return std::get<int64_t>(value); }

TEST_F(TreeTest, IsTheFamilyByPidAndStart) {
  std::mt19937 random(3);
  const std::vector<Record> records = RandomFamily(&random);
  Write(records);
  std::map<std::pair<int32_t, int64_t>, const Record*> makers;
  for (const Record& record : records) {
    if (record.failed() || (record.flags & CLONE_THREAD) != 0) continue;
    makers[{record.child_pid, record.child_start_ns}] = &record;
  }
  for (int i = 0; i < 60; ++i) {
    const Record& root = records[random() % (i < 20 ? 100 : records.size())];
    std::vector<int64_t> above;
    const Record* at = &root;
    for (auto maker = makers.find({at->tgid, at->start_ns});
         maker != makers.end(); maker = makers.find({at->tgid, at->start_ns})) {
      at = maker->second;
      above.insert(above.begin(), RecordId(1, at->seq));
    }
    std::vector<int64_t> shown_above;
    std::set<int64_t> below;
    std::vector<int64_t> path;
    for (const TreeNode& node : Read(root.seq, all_)) {
      if (node.note.empty()) {
        const int64_t id = Number(node.id);
        if (node.depth < 0) shown_above.push_back(id);
        if (node.depth > 0) {
          EXPECT_TRUE(below.insert(id).second);
          path.resize(static_cast<size_t>(node.depth));
          EXPECT_EQ(Number(node.caller_id), path.back());
        }
        if (node.depth >= 0) path.push_back(id);
        EXPECT_EQ(node.more, 0);
      } else if (node.note.find("parent of") == 0) {
        EXPECT_EQ(Number(node.pid), at->ppid);
      } else {
        EXPECT_EQ(Number(node.pid), at->tgid);
      }
    }
    EXPECT_EQ(shown_above, above);
    EXPECT_EQ(below, Descendants(records, 1, root));
  }
}

TEST_F(TreeTest, CountsTheThreadsAndLeavesOutFailures) {
  std::vector<Record> records = Chain(6);
  for (size_t i = 2; i < 6; ++i) {
    records[i].tgid = records[i].pid = records[1].tgid;
    records[i].start_ns = records[1].start_ns;
  }
  records[2].flags = records[3].flags = CLONE_THREAD;
  records[4] = FailedRecord(5, 11);
  records[4].tgid = records[1].tgid;
  records[4].start_ns = records[1].start_ns;
  Write(records);
  const std::vector<TreeNode> few = Read(1, TreeOptions());
  // The unrecorded caller and its parent, the root, two children.
  ASSERT_EQ(few.size(), 5U);
  EXPECT_EQ(few[2].threads, 2);
  EXPECT_FALSE(few[3].is_last);
  EXPECT_TRUE(few[4].is_last);
  const std::vector<TreeNode> all = Read(1, all_);
  ASSERT_EQ(all.size(), 8U);
  EXPECT_EQ(all[2].threads, 0);
  EXPECT_EQ(std::get<std::string>(all[6].error), "EAGAIN");
}

TEST_F(TreeTest, NamesAProcessAndItsUserByItsOwnLastCall) {
  std::vector<Record> records = Chain(4);
  records[1].comm = "sudo";
  records[1].uid = 4'000'000'001;
  for (size_t i : {2, 3}) {
    records[i].tgid = records[1].tgid;
    records[i].pid = records[i].tgid + static_cast<int32_t>(i) - 2;
    records[i].start_ns = records[1].start_ns;
    records[i].uid = 4'000'000'002;
  }
  records[2].comm = "cc";
  records[3].comm = "thread of cc";
  Write(records);
  const std::vector<TreeNode> nodes = Read(1, all_);
  const TreeNode& root = nodes[2];
  EXPECT_EQ(std::get<std::string>(root.comm), "cc");
  EXPECT_EQ(std::get<std::string>(root.username), "4000000002");
  EXPECT_EQ(Number(root.as_of_ns), records[2].time_ns);
  EXPECT_TRUE(root.has_own_comm);
  const TreeNode& child = nodes[3];
  EXPECT_EQ(std::get<std::string>(child.comm), "sudo");
  EXPECT_EQ(std::get<std::string>(child.username), "4000000001");
  EXPECT_EQ(child.as_of_ns.index(), 0U);
  EXPECT_FALSE(child.has_own_comm);
}

TEST_F(TreeTest, NamesAProcessByAThreadIfItsMainThreadMadeNoCall) {
  std::vector<Record> records = Chain(2);
  records[1].pid = 77;
  records[1].comm = "worker";
  Write(records);
  EXPECT_EQ(std::get<std::string>(Read(1, all_)[2].comm), "worker");
}

TEST_F(TreeTest, IsAsDeepAsHistory) {
  constexpr int64_t kLevels = 100'000;
  Write(Chain(kLevels));
  EXPECT_EQ(Read(kLevels, all_)[1].depth, -kLevels);
  EXPECT_EQ(Read(1, all_).back().depth, kLevels - 1);
  TreeOptions few;
  few.depth = 2;
  const std::vector<TreeNode> nodes = Read(10, few);
  ASSERT_EQ(nodes.size(), 5U);
  EXPECT_THAT(nodes.front().note, HasSubstr("--depth"));
  EXPECT_EQ(nodes.back().more, 1);
}

TEST_F(TreeTest, ShowsTheOldestOfManyChildren) {
  constexpr int64_t kChildren = 50'000;
  std::vector<Record> records = Chain(1);
  for (int64_t seq = 2; seq < 2 + kChildren; ++seq) {
    Record record = ForkRecord(seq);
    record.tgid = record.pid = records.front().child_pid;
    record.start_ns = records.front().child_start_ns;
    records.push_back(record);
  }
  Write(std::move(records));
  const std::vector<TreeNode> nodes = Read(1, TreeOptions());
  ASSERT_EQ(nodes.size(), 53U);
  EXPECT_EQ(nodes[2].more, kChildren - 50);
  EXPECT_EQ(Number(nodes[3].id), RecordId(1, 2));
}

TEST_F(TreeTest, DrawsAProcessOfWhichOnlyTheCallsAreKnown) {
  Write(Chain(5));
  TreeOptions options = all_;
  options.root = {Process::Kind::kCaller, RecordId(1, 1)};
  std::vector<TreeNode> nodes;
  const auto take = [&](const TreeNode& node) { nodes.push_back(node); };
  ReadTree(options, &database_, take);
  ASSERT_EQ(nodes.size(), 7U);
  EXPECT_EQ(Number(nodes[0].pid), 1);
  EXPECT_EQ(nodes[0].note, "parent of 100 at 2025-11-24T16:00:00.001000000Z");
  EXPECT_EQ(Number(nodes[1].pid), 100);
  EXPECT_EQ(nodes[1].depth, 0);
  EXPECT_EQ(std::get<std::string>(nodes[1].comm), "sh");
  EXPECT_THAT(nodes[1].note, HasSubstr("started before recording began"));
  EXPECT_EQ(Number(nodes[2].id), RecordId(1, 1));
  // The same where the record of its creation is gone.
  database_.exec("DELETE FROM records WHERE id = 1000000000003");
  nodes = Read(3, all_);
  ASSERT_EQ(nodes.size(), 4U);
  EXPECT_EQ(Number(nodes[1].pid), 10'003);
  EXPECT_THAT(nodes[1].note, HasSubstr("pruned"));
  EXPECT_EQ(Number(nodes[2].id), RecordId(1, 4));
}

TEST_F(TreeTest, SaysWhyAnAncestorIsNotKnown) {
  Write(Chain(5));
  const auto note = [&](int64_t root_seq) {
    return Read(root_seq, all_)[1].note;
  };
  EXPECT_THAT(note(1), HasSubstr("started before recording began"));
  database_.exec("DELETE FROM records WHERE id = 1000000000003");
  EXPECT_THAT(note(4), HasSubstr("was pruned or thinned"));
  EXPECT_EQ(Number(Read(4, all_)[1].pid), 10'003);
  database_.exec(
      "UPDATE records SET caller_id = NULL WHERE id = 1000000000004; "
      "UPDATE boots SET boot_ns = 1764000000000000000; "
      "INSERT INTO gaps (stream, first_seq, last_seq, noticed_ns, after_ns, "
      "before_ns) VALUES (1, 3, 3, 0, 1764000000002000000, "
      "1764000000004000000)");
  EXPECT_THAT(note(4), HasSubstr("a gap may hide"));
}

TEST_F(TreeTest, SaysThatTheRecordsLostBeforeTheFirstMayHideAnAncestor) {
  Write(Chain(5));
  database_.exec(
      "INSERT INTO gaps (stream, first_seq, last_seq, noticed_ns, after_ns, "
      "before_ns) VALUES (1, 1, 1, 0, NULL, 1764000000000500000)");
  EXPECT_THAT(Read(1, all_)[1].note, HasSubstr("a gap may hide"));
}

TEST_F(TreeTest, SaysThatCallsThatWereMissedMayHideAnAncestor) {
  Write(Chain(5));
  database_.exec(
      "INSERT INTO missed VALUES (1, 1, 3, 1763999999999000000, "
      "1764000000000500000)");
  EXPECT_THAT(Read(1, all_)[1].note, HasSubstr("a gap may hide"));
}

TEST_F(TreeTest, SaysThatTheRecordOfAnAncestorMayHaveBeenDeleted) {
  Write(Chain(5));
  database_.exec("UPDATE streams SET pruned_seq = 1");
  EXPECT_THAT(Read(1, all_)[1].note, HasSubstr("may have been pruned"));
  database_.exec(
      "UPDATE streams SET pruned_seq = 0; INSERT INTO thinned VALUES "
      "(244140625, 0, 1, 1763999999000000000, 1764000000000500000)");
  EXPECT_THAT(Read(1, all_)[1].note, HasSubstr("may have been pruned"));
}

TEST_F(TreeTest, EndsWhereARecordNamesADescendantAsItsMaker) {
  Write(Chain(5));
  database_.exec(
      "UPDATE records SET caller_id = 1000000000005 WHERE id = 1000000000001");
  EXPECT_LE(Read(3, all_).size(), 10U);
}

TEST_F(TreeTest, OfNoRecordIsRefused) {
  EXPECT_THAT(MessageOf<UsageError>([&] { Read(1, all_); }),
              HasSubstr("record 1000000000001: not in the database"));
}

}  // namespace
}  // namespace forkdb
