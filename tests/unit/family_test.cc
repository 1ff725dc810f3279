// forkdb tree and --under where records and /proc together tell who descends
// from whom, held against the same worked out from the raw records and rows.

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <linux/sched.h>

#include <algorithm>
#include <chrono>
#include <limits>
#include <map>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "query/database/reader.h"
#include "recorder/ingest/alive_table.h"
#include "recorder/ingest/writer.h"
#include "store/database.h"
#include "tests/unit/random_family.h"
#include "tests/unit/testing.h"

namespace forkdb {
namespace {

using Life = std::pair<int32_t, int64_t>;  // pid and start tick

Life CallerOf(const Record& record) {
  return {record.tgid, record.start_ns / kTickNs};
}

Life ChildOf(const Record& record) {
  return {record.child_pid, record.child_start_ns / kTickNs};
}

class FamilyTest : public testing::Test {
 protected:
  FamilyTest() : path_(dir_.File("fork.db")), random_(5) {
    // Many are lost, so that it takes /proc to know.
    for (Record& record : RandomFamily(&random_)) {
      if (random_() % 3 > 0) records_.push_back(record);
    }
    for (Record& record : records_) {
      // One process a tick, not at its beginning.
      record.start_ns = record.start_ns * kTickNs + 77;
      record.child_start_ns = record.child_start_ns * kTickNs + 77;
    }
    SQLite::Database database = OpenForWriting(path_);
    Writer writer(&database, path_);
    Batch batch = MakeBatch(records_);
    writer.Write(ProcStream("a"), &batch, kStartNs);
    for (size_t i = 0; i < records_.size(); ++i) {
      const Record& record = records_[i];
      processes_.insert(CallerOf(record));
      if (record.failed() || (record.flags & CLONE_THREAD) != 0) continue;
      processes_.insert(ChildOf(record));
      makers_[ChildOf(record)] = &records_[i];
    }
    for (int64_t tick = 0; tick < 9000; tick += 500) Note(tick, &database);
    SQLite::Statement rows(database, "SELECT pid, start_tick, id FROM alive");
    while (rows.executeStep()) {
      ids_[{rows.getColumn(0).getInt(), rows.getColumn(1).getInt64()}] =
          rows.getColumn(2).getInt64();
    }
  }

  // Half of what could have been alive then, its parent any older process.
  void Note(int64_t tick, SQLite::Database* database) {
    std::map<int32_t, int64_t> newest;
    for (const auto& [pid, start] : processes_) {
      if (start <= tick) newest[pid] = start;
    }
    ProcSnapshot reading;
    for (const auto& [pid, start] : newest) {
      if (pid != 1 && random_() % 2 == 0) continue;
      AliveProcess process;
      process.pid = process.ns_pid = pid;
      process.start_tick = start;
      reading.processes.push_back(process);
    }
    for (AliveProcess& process : reading.processes) {
      const AliveProcess& parent =
          reading.processes[random_() % reading.processes.size()];
      if (parent.start_tick < process.start_tick) process.ppid = parent.pid;
      const Life key = {process.pid, process.start_tick};
      if (alive_.count(key) > 0) continue;
      alive_[key] = process.ppid == 0
                        ? std::nullopt
                        : std::optional<Life>({parent.pid, parent.start_tick});
    }
    Boot boot;
    boot.boot_id = "a";
    Usernames usernames(nullptr, std::chrono::seconds(10));
    StoreAlive(boot, reading, kStartNs, database, path_, &usernames);
  }

  std::optional<Life> Above(const Life& process) const {
    const auto maker = makers_.find(process);
    if (maker != makers_.end()) return CallerOf(*maker->second);
    const auto row = alive_.find(process);
    return row == alive_.end() ? std::nullopt : row->second;
  }

  // A process as the query side names it, nothing for one that nothing tells
  // of.
  std::optional<Process> Name(const Life& life) const {
    const auto maker = makers_.find(life);
    if (maker != makers_.end()) {
      return Process{Process::Kind::kRecorded, RecordId(1, maker->second->seq)};
    }
    const auto row = ids_.find(life);
    if (row == ids_.end()) return std::nullopt;
    return Process{Process::Kind::kAlive, row->second};
  }

  bool Descends(Life process, const Life& root) const {
    while (process != root) {
      const std::optional<Life> above = Above(process);
      if (!above) return false;
      process = *above;
    }
    return true;
  }

  // The calls of the process, and of what descends from it.
  std::set<int64_t> Under(const Life& root) const {
    std::set<int64_t> ids;
    for (const Record& record : records_) {
      if (Descends(CallerOf(record), root)) {
        ids.insert(RecordId(1, record.seq));
      }
    }
    return ids;
  }

  // Early ones, which have large families, and any others.
  std::vector<Life> Roots() {
    std::vector<Life> known;
    for (const Life& process : processes_) {
      if (Name(process)) known.push_back(process);
    }
    std::sort(known.begin(), known.end(),
              [](const Life& a, const Life& b) { return a.second < b.second; });
    std::vector<Life> roots(known.begin(), known.begin() + 30);
    for (int i = 0; i < 30; ++i) {
      roots.push_back(known[random_() % known.size()]);
    }
    for (const auto& [process, id] : ids_) {
      if (makers_.count(process) == 0) roots.push_back(process);
    }
    return roots;
  }

  TempDir dir_;
  std::string path_;
  std::mt19937 random_;
  std::vector<Record> records_;
  std::set<Life> processes_;
  std::map<Life, const Record*> makers_;
  std::map<Life, std::optional<Life>> alive_;
  std::map<Life, int64_t> ids_;
};

TEST_F(FamilyTest, UnderGoesThroughTheAlive) {
  size_t largest_of_alive = 0;
  for (const Life& root : Roots()) {
    Filter filter;
    filter.under = Name(root);
    std::string expected = "id\n";
    const std::set<int64_t> ids = Under(root);
    for (const int64_t id : ids) expected += std::to_string(id) + "\n";
    EXPECT_EQ(PrintIds(path_, filter), expected)
        << root.first << " " << root.second;
    if (filter.under->kind == Process::Kind::kAlive && filter.under->id > 1) {
      largest_of_alive = std::max(largest_of_alive, ids.size());
    }
  }
  EXPECT_GT(largest_of_alive, size_t{50});
}

TEST_F(FamilyTest, TheTreeGoesThroughTheAlive) {
  size_t alive_above = 0;
  for (const Life& root : Roots()) {
    std::vector<int64_t> above;
    for (std::optional<Life> at = Above(root); at; at = Above(*at)) {
      const std::optional<Process> name = Name(*at);
      const bool has_record = name && name->kind == Process::Kind::kRecorded;
      above.insert(above.begin(), has_record ? name->id : 0);
      if (name) continue;
      above.insert(above.begin(), 0);  // the parent that its call names
      break;
    }
    TreeOptions options;
    options.threads = options.failed = true;
    options.depth = options.limit = std::numeric_limits<int64_t>::max();
    options.root = *Name(root);
    std::vector<int64_t> shown_above;
    std::set<int64_t> below;
    std::set<Life> alive_below;
    Reader(path_).ReadTree(options, [&](const TreeNode& node) {
      const auto* id = std::get_if<int64_t>(&node.id);
      if (node.depth < 0) {
        shown_above.push_back(id != nullptr ? *id : 0);
      } else if (node.depth > 0 && id != nullptr) {
        EXPECT_TRUE(below.insert(*id).second);
      } else if (node.depth > 0) {
        ++alive_above;
      }
      EXPECT_EQ(node.more, 0);
    });
    EXPECT_EQ(shown_above, above) << root.first << " " << root.second;
    EXPECT_EQ(below, Under(root)) << root.first << " " << root.second;
  }
  EXPECT_GT(alive_above, size_t{100});
}

TEST_F(FamilyTest, APidIsTheNewestProcessOfEither) {
  std::map<int32_t, Life> newest;
  for (const Life& process : processes_) {
    newest[process.first] = process;
  }
  Reader reader(path_);
  for (const auto& [pid, process] : newest) {
    const Process found = reader.FindProcess(Wanted(pid));
    if (const std::optional<Process> name = Name(process)) {
      EXPECT_EQ(found, *name) << pid;
    } else {
      EXPECT_EQ(found.kind, Process::Kind::kCaller) << pid;
    }
  }
}

}  // namespace
}  // namespace forkdb
