#include "query/report/family.h"

#include <SQLiteCpp/Statement.h>
#include <linux/sched.h>

#include <algorithm>
#include <map>
#include <optional>
#include <tuple>
#include <unordered_map>
#include <utility>

#include "query/ancestry/alive_forest.h"
#include "query/filter/process.h"
#include "query/search/row_cursor.h"
#include "store/record.h"
#include "store/schema.h"
#include "store/statement.h"

namespace forkdb {
namespace {

using Kind = Process::Kind;

struct Tally {
  int64_t below = 0;
  int64_t children = 0;
  int64_t threads = 0;
  int64_t failed = 0;
  int64_t last_call = 0;        // a record; 0 for none
  bool by_main_thread = false;  // whether the main thread made that call
};

struct Candidate {
  Process process;
  std::optional<Process> parent;  // nothing for a root
  Tally tally;

  bool operator<(const Candidate& other) const {  // the larger, older first
    return std::tie(other.tally.below, process) <
           std::tie(tally.below, other.process);
  }
};

constexpr char kColumns[] =
    "id, caller_id, ret, flags_raw, pid, tgid, start_ns";

// Each finds the cells of a member: pid, comm, username, time_ns and as_of_ns.
constexpr char kMade[] =
    "SELECT child_pid, comm, username, time_ns, NULL FROM forks WHERE id = ?";
constexpr char kAlive[] =
    "SELECT a.pid, a.comm, a.username, b.boot_ns + a.start_tick * {kTickNs}, "
    "a.seen_ns FROM alive AS a JOIN boots AS b ON b.id = a.boot WHERE a.id = ?";
// As of its last call.
constexpr char kCall[] =
    "SELECT tgid, comm, username, time_ns FROM forks WHERE id = ?";

// The first row, empty if there is none.
Row First(int64_t id, SQLite::Statement* find) {
  find->bind(1, id);
  Row row;
  if (find->executeStep()) ReadRow(find, &row);
  find->reset();
  return row;
}

// Takes records from the newest to the oldest. The record that created a
// process is older than the calls of the process, so its tally is then
// complete.
class FamilyBuilder {
 public:
  FamilyBuilder(const FamilyLimits& limits, SQLite::Database* database)
      : limits_(limits),
        alive_(database),
        find_made_(*database, kMade),
        find_alive_(*database, FormatSql(kAlive)),
        find_call_(*database, kCall) {}

  void Add(SQLite::Statement* row);
  Family Finish();

 private:
  Process CallerOf(SQLite::Statement* row);
  // Adds the tallies of all `alive` processes below a process to it.
  void AddAliveBelow(const Process& above);
  // Keeps the candidate if it is one of the largest.
  void Offer(const Candidate& candidate);
  void Describe(const Candidate& candidate, FamilyMember* member);

  const FamilyLimits& limits_;
  AliveForest alive_;
  SQLite::Statement find_made_, find_alive_, find_call_;
  std::unordered_map<Process, Tally> tallies_;  // not complete yet
  std::map<std::tuple<int64_t, int64_t, int64_t>, Process> callers_;
  std::vector<Candidate> largest_;  // a heap, the smallest in front
  int64_t processes_ = 0;
};

Process FamilyBuilder::CallerOf(SQLite::Statement* row) {
  if (!row->isColumnNull(1)) {
    return {Kind::kRecorded, row->getColumn(1).getInt64()};
  }
  // By stream instead of boot: two streams of a boot rarely overlap.
  const int64_t id = row->getColumn(0).getInt64();
  const int64_t stream = id / kSeqLimit;
  const int64_t tgid = row->getColumn(5).getInt64();
  const int64_t start_ns = row->getColumn(6).getInt64();
  if (const auto alive = alive_.Find(stream, tgid, start_ns)) return *alive;
  return callers_
      .try_emplace({stream, tgid, start_ns}, Process{Kind::kCaller, id})
      .first->second;
}

void FamilyBuilder::Add(SQLite::Statement* row) {
  const int64_t id = row->getColumn(0).getInt64();
  const int64_t ret = row->getColumn(2).getInt64();
  const bool is_thread = (row->getColumn(3).getInt64() & CLONE_THREAD) != 0;
  const bool by_main_thread =
      row->getColumn(4).getInt64() == row->getColumn(5).getInt64();
  Candidate made;
  made.process = {Kind::kRecorded, id};
  AddAliveBelow(made.process);
  if (const auto found = tallies_.find(made.process); found != tallies_.end()) {
    made.tally = found->second;
    tallies_.erase(found);
  }
  made.parent = CallerOf(row);
  Tally& caller = tallies_[*made.parent];
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

void FamilyBuilder::AddAliveBelow(const Process& above) {
  const std::vector<Process> below = alive_.Below(above);
  for (auto process = below.rbegin(); process != below.rend(); ++process) {
    const auto found = tallies_.find(*process);
    if (found == tallies_.end()) continue;  // it made no calls
    const Candidate child = {*process, alive_.ParentOf(*process),
                             found->second};
    tallies_.erase(found);
    Tally& parent = tallies_[*child.parent];
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
  const auto describe = [&](Row* row) {
    if (row->empty()) return;
    member->pid = std::move((*row)[0]);
    member->comm = std::move((*row)[1]);
    member->username = std::move((*row)[2]);
    member->time_ns = std::move((*row)[3]);
    member->as_of_ns = std::move((*row)[4]);
  };
  const Process& process = candidate.process;
  if (process.kind == Kind::kRecorded) {
    member->id = process.id;
    Row made = First(process.id, &find_made_);
    describe(&made);
  } else if (process.kind == Kind::kAlive) {
    Row alive = First(process.id, &find_alive_);
    describe(&alive);
  }
  if (candidate.tally.last_call == 0) return;
  Row call = First(candidate.tally.last_call, &find_call_);
  if (call.empty()) return;
  member->pid = std::move(call[0]);
  member->comm = std::move(call[1]);
  member->username = std::move(call[2]);
  member->as_of_ns = std::move(call[3]);
}

Family FamilyBuilder::Finish() {
  Family family;
  family.processes = processes_;
  for (const Process& root : alive_.roots()) AddAliveBelow(root);
  for (const auto& [process, tally] : tallies_) {
    // Leave out callers that only created threads or failed.
    if (tally.children == 0) continue;
    ++family.roots;
    Offer({process, std::nullopt, tally});
  }
  std::sort_heap(largest_.begin(), largest_.end());
  std::unordered_map<Process, size_t> indices;
  for (const Candidate& candidate : largest_) {
    FamilyMember member;
    // A parent is larger than its children, so it is already a member. This
    // also rules out cycles.
    if (candidate.parent) {
      const auto parent = indices.find(*candidate.parent);
      if (parent == indices.end()) continue;  // the parent was too deep
      member.parent = parent->second;
      member.depth = family.members[parent->second].depth + 1;
    }
    if (member.depth > limits_.depth) continue;
    member.origin = candidate.process.kind == Kind::kAlive ? Origin::kAlive
                    : candidate.parent                     ? Origin::kMade
                                                           : Origin::kElsewhere;
    member.below = candidate.tally.below;
    member.children = candidate.tally.children;
    member.threads = candidate.tally.threads;
    member.failed = candidate.tally.failed;
    Describe(candidate, &member);
    indices.emplace(candidate.process, family.members.size());
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
