#include "query/family.h"

#include <SQLiteCpp/Statement.h>
#include <linux/sched.h>

#include <algorithm>
#include <map>
#include <tuple>
#include <unordered_map>
#include <utility>

#include "query/rows.h"
#include "store/record.h"

namespace forkdb {
namespace {

// What a process did. Its key is the record that made it or, where none is
// known, a number below 0.
struct Tally {
  int64_t below = 0;
  int64_t children = 0;
  int64_t threads = 0;
  int64_t failed = 0;
  int64_t last_call = 0;      // a record; 0 for none
  bool is_by_itself = false;  // whether its first thread made that call
};

struct Candidate {
  int64_t key = 0;
  int64_t parent = 0;  // a key; 0 for a root
  Tally tally;

  bool operator<(const Candidate& other) const {  // the larger first
    return std::tie(other.tally.below, other.key) < std::tie(tally.below, key);
  }
};

// Goes through the records from the newest to the oldest. A process is made
// before it makes any, so all that it did is known when its own record comes.
class Genealogist {
 public:
  Genealogist(const FamilyLimits& limits, SQLite::Database* database)
      : limits_(limits), database_(database) {}

  void Add(SQLite::Statement* row);
  Family Finish();

 private:
  int64_t CallerOf(SQLite::Statement* row);
  void Offer(const Candidate& candidate);
  void Describe(const Candidate& candidate, FamilyMember* member);

  const FamilyLimits& limits_;
  SQLite::Database* database_;
  std::unordered_map<int64_t, Tally> unborn_;  // their own record is to come
  std::map<std::tuple<int64_t, int64_t, int64_t>, int64_t> unrecorded_;
  std::vector<Candidate> largest_;  // a heap, the smallest in front
  int64_t processes_ = 0;
};

constexpr char kColumns[] =
    "id, caller_id, ret, flags_raw, pid, tgid, start_ns";

int64_t Genealogist::CallerOf(SQLite::Statement* row) {
  if (!row->isColumnNull(1)) return row->getColumn(1).getInt64();
  // By stream, not by boot: two of one boot overlap rarely.
  const auto next = -static_cast<int64_t>(unrecorded_.size()) - 1;
  return unrecorded_
      .try_emplace({row->getColumn(0).getInt64() / kSeqLimit,
                    row->getColumn(5).getInt64(), row->getColumn(6).getInt64()},
                   next)
      .first->second;
}

void Genealogist::Add(SQLite::Statement* row) {
  const int64_t id = row->getColumn(0).getInt64();
  const int64_t ret = row->getColumn(2).getInt64();
  const bool is_thread = (row->getColumn(3).getInt64() & CLONE_THREAD) != 0;
  const bool is_by_itself =
      row->getColumn(4).getInt64() == row->getColumn(5).getInt64();
  Candidate made;
  if (const auto found = unborn_.find(id); found != unborn_.end()) {
    made.tally = found->second;
    unborn_.erase(found);
  }
  made.key = id;
  made.parent = CallerOf(row);
  Tally& caller = unborn_[made.parent];
  if (caller.last_call == 0 || (is_by_itself && !caller.is_by_itself)) {
    caller.last_call = id;
    caller.is_by_itself = is_by_itself;
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

void Genealogist::Offer(const Candidate& candidate) {
  if (largest_.size() == limits_.members) {
    if (!(candidate < largest_.front())) return;
    std::pop_heap(largest_.begin(), largest_.end());
    largest_.pop_back();
  }
  largest_.push_back(candidate);
  std::push_heap(largest_.begin(), largest_.end());
}

void Genealogist::Describe(const Candidate& candidate, FamilyMember* member) {
  const auto first = [&](const char* sql, int64_t id) {
    SQLite::Statement find(*database_, sql);
    find.bind(1, id);
    Row row;
    if (find.executeStep()) ReadRow(&find, &row);
    return row;
  };
  if (candidate.key > 0) {
    member->id = candidate.key;
    Row made = first(
        "SELECT child_pid, comm, username, time_ns FROM forks WHERE id = ?",
        candidate.key);
    if (!made.empty()) {
      member->pid = std::move(made[0]);
      member->comm = std::move(made[1]);
      member->username = std::move(made[2]);
      member->time_ns = std::move(made[3]);
    }
  }
  if (candidate.tally.last_call == 0) return;
  Row call = first("SELECT tgid, comm, username FROM forks WHERE id = ?",
                   candidate.tally.last_call);
  member->pid = std::move(call[0]);
  member->comm = std::move(call[1]);
  member->username = std::move(call[2]);
}

Family Genealogist::Finish() {
  Family family;
  family.processes = processes_;
  for (const auto& [key, tally] : unborn_) {
    // A thread or a failed call is no process to descend from.
    if (tally.children == 0) continue;
    ++family.roots;
    Offer({key, 0, tally});
  }
  std::sort_heap(largest_.begin(), largest_.end());
  std::unordered_map<int64_t, size_t> indices;
  for (const Candidate& candidate : largest_) {
    FamilyMember member;
    // Parents are larger, so they are there already: no circle can be drawn.
    const auto parent = indices.find(candidate.parent);
    if (parent != indices.end()) {
      member.parent = parent->second;
      member.depth = family.members[parent->second].depth + 1;
    } else if (candidate.parent != 0) {
      continue;  // it was too deep
    }
    if (member.depth > limits_.depth) continue;
    member.is_found = candidate.parent != 0;
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
  Genealogist genealogist(limits, database);
  ForEachRow(search, {kColumns, /*descending=*/true}, database,
             [&](SQLite::Statement* row) { genealogist.Add(row); });
  return genealogist.Finish();
}

}  // namespace forkdb
