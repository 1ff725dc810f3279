#include "query/report/family.h"

#include <SQLiteCpp/Statement.h>
#include <linux/sched.h>

#include <algorithm>
#include <limits>
#include <map>
#include <tuple>
#include <unordered_map>
#include <utility>

#include "query/ancestry/alive_forest.h"
#include "query/search/row_cursor.h"
#include "store/record.h"
#include "store/schema.h"
#include "store/statement.h"

namespace forkdb {
namespace {

// Keys of processes are their names (alive.h). A process of unknown origin has
// a key at or below kUnknown.
constexpr int64_t kUnknown = std::numeric_limits<int64_t>::min() / 2;

struct Tally {
  int64_t below = 0;
  int64_t children = 0;
  int64_t threads = 0;
  int64_t failed = 0;
  int64_t last_call = 0;        // a record; 0 for none
  bool by_main_thread = false;  // whether the main thread made that call
};

struct Candidate {
  int64_t key = 0;
  int64_t parent = 0;  // a key; 0 for a root
  Tally tally;

  bool operator<(const Candidate& other) const {  // the larger, older first
    return std::tie(other.tally.below, key) < std::tie(tally.below, other.key);
  }
};

// Takes records from the newest to the oldest. The record that created a
// process is older than the calls of the process, so its tally is then
// complete.
class FamilyBuilder {
 public:
  FamilyBuilder(const FamilyLimits& limits, SQLite::Database* database)
      : limits_(limits), database_(database), alive_(database) {}

  void Add(SQLite::Statement* row);
  Family Finish();

 private:
  int64_t CallerOf(SQLite::Statement* row);
  // Adds the tallies of all `alive` processes below a process to it.
  void AddAliveBelow(int64_t key);
  // Keeps the candidate if it is one of the largest.
  void Offer(const Candidate& candidate);
  void Describe(const Candidate& candidate, FamilyMember* member);

  const FamilyLimits& limits_;
  SQLite::Database* database_;
  AliveForest alive_;
  std::unordered_map<int64_t, Tally> tallies_;  // not complete yet
  std::map<std::tuple<int64_t, int64_t, int64_t>, int64_t> unknown_;
  std::vector<Candidate> largest_;  // a heap, the smallest in front
  int64_t processes_ = 0;
};

constexpr char kColumns[] =
    "id, caller_id, ret, flags_raw, pid, tgid, start_ns";

int64_t FamilyBuilder::CallerOf(SQLite::Statement* row) {
  if (!row->isColumnNull(1)) return row->getColumn(1).getInt64();
  // By stream instead of boot: two streams of a boot rarely overlap.
  const int64_t stream = row->getColumn(0).getInt64() / kSeqLimit;
  const int64_t tgid = row->getColumn(5).getInt64();
  const int64_t start_ns = row->getColumn(6).getInt64();
  const int64_t alive = alive_.Find(stream, tgid, start_ns);
  if (alive != 0) return alive;
  const int64_t next = kUnknown - static_cast<int64_t>(unknown_.size());
  return unknown_.try_emplace({stream, tgid, start_ns}, next).first->second;
}

void FamilyBuilder::Add(SQLite::Statement* row) {
  const int64_t id = row->getColumn(0).getInt64();
  const int64_t ret = row->getColumn(2).getInt64();
  const bool is_thread = (row->getColumn(3).getInt64() & CLONE_THREAD) != 0;
  const bool by_main_thread =
      row->getColumn(4).getInt64() == row->getColumn(5).getInt64();
  Candidate made;
  AddAliveBelow(id);
  if (const auto found = tallies_.find(id); found != tallies_.end()) {
    made.tally = found->second;
    tallies_.erase(found);
  }
  made.key = id;
  made.parent = CallerOf(row);
  Tally& caller = tallies_[made.parent];
  if (caller.last_call == 0 || (by_main_thread && !caller.by_main_thread)) {
    caller.last_call = id;
    caller.by_main_thread = by_main_thread;
  }
  if (ret < 0) {
    ++caller.failed;
  } else if (is_thread) {
    ++caller.threads;
  } else {
    ++caller.children;
    caller.below += made.tally.below + 1;
    ++processes_;
    Offer(made);
  }
}

void FamilyBuilder::AddAliveBelow(int64_t key) {
  const std::vector<int64_t> below = alive_.Below(key);
  for (auto process = below.rbegin(); process != below.rend(); ++process) {
    const auto found = tallies_.find(*process);
    if (found == tallies_.end()) continue;  // it made no calls
    const Candidate child = {*process, alive_.ParentOf(*process),
                             found->second};
    tallies_.erase(found);
    Tally& parent = tallies_[child.parent];
    ++parent.children;
    parent.below += child.tally.below + 1;
    Offer(child);
  }
}

void FamilyBuilder::Offer(const Candidate& candidate) {
  if (largest_.size() == limits_.members) {
    if (!(candidate < largest_.front())) return;
    std::pop_heap(largest_.begin(), largest_.end());
    largest_.pop_back();
  }
  largest_.push_back(candidate);
  std::push_heap(largest_.begin(), largest_.end());
}

void FamilyBuilder::Describe(const Candidate& candidate, FamilyMember* member) {
  const auto first = [&](const char* sql, int64_t id) {
    SQLite::Statement find(*database_, FormatSql(sql));
    find.bind(1, id);
    Row row;
    if (find.executeStep()) ReadRow(&find, &row);
    return row;
  };
  const auto describe = [&](Row* row) {
    if (row->empty()) return;
    member->pid = std::move((*row)[0]);
    member->comm = std::move((*row)[1]);
    member->username = std::move((*row)[2]);
    member->time_ns = std::move((*row)[3]);
  };
  if (candidate.key > 0) {
    member->id = candidate.key;
    Row made = first(
        "SELECT child_pid, comm, username, time_ns FROM forks WHERE id = ?",
        candidate.key);
    describe(&made);
  }
  if (candidate.key < 0 && candidate.key > kUnknown) {
    Row alive = first(
        "SELECT a.pid, a.comm, a.username, b.boot_ns + a.start_tick * "
        "{kTickNs} FROM alive AS a JOIN boots AS b ON b.id = a.boot "
        "WHERE a.id = ?",
        Minus(0, candidate.key));
    describe(&alive);
  }
  if (candidate.tally.last_call == 0) return;
  Row call = first("SELECT tgid, comm, username FROM forks WHERE id = ?",
                   candidate.tally.last_call);
  if (call.empty()) return;
  member->pid = std::move(call[0]);
  member->comm = std::move(call[1]);
  member->username = std::move(call[2]);
}

Family FamilyBuilder::Finish() {
  Family family;
  family.processes = processes_;
  for (const int64_t root : alive_.roots()) AddAliveBelow(root);
  for (const auto& [key, tally] : tallies_) {
    // Leave out callers that only created threads or failed.
    if (tally.children == 0) continue;
    ++family.roots;
    Offer({key, 0, tally});
  }
  std::sort_heap(largest_.begin(), largest_.end());
  std::unordered_map<int64_t, size_t> indices;
  for (const Candidate& candidate : largest_) {
    FamilyMember member;
    // A parent is larger than its children, so it is already a member. This
    // also rules out cycles.
    const auto parent = indices.find(candidate.parent);
    if (parent != indices.end()) {
      member.parent = parent->second;
      member.depth = family.members[parent->second].depth + 1;
    } else if (candidate.parent != 0) {
      continue;  // the parent was too deep
    }
    if (member.depth > limits_.depth) continue;
    member.origin = candidate.key < 0 && candidate.key > kUnknown
                        ? Origin::kAlive
                    : candidate.parent != 0 ? Origin::kMade
                                            : Origin::kElsewhere;
    member.below = candidate.tally.below;
    member.children = candidate.tally.children;
    member.threads = candidate.tally.threads;
    member.failed = candidate.tally.failed;
    Describe(candidate, &member);
    indices.emplace(candidate.key, family.members.size());
    family.members.push_back(std::move(member));
  }
  return family;
}

}  // namespace

Family ReadFamily(const Search& search, const FamilyLimits& limits,
                  SQLite::Database* database) {
  FamilyBuilder builder(limits, database);
  RowCursor rows(search, {kColumns, /*descending=*/true});
  while (SQLite::Statement* row = rows.Next()) builder.Add(row);
  return builder.Finish();
}

}  // namespace forkdb
