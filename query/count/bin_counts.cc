#include "query/count/bin_counts.h"

#include <SQLiteCpp/Statement.h>

#include <array>
#include <cstddef>
#include <map>
#include <string_view>
#include <unordered_map>

#include "base/duration.h"
#include "query/count/count.h"
#include "query/search/row_cursor.h"
#include "store/record.h"

namespace forkdb {
namespace {

// The columns that are read, by index.
enum Column { kUser, kComm, kFlagSet, kRet, kTgid, kStart, kTime, kId, kCells };
constexpr char kColumns[] =
    "SELECT r.user, r.comm, r.flag_set, r.ret, r.tgid, r.start_ns, r.time_ns, "
    "r.id FROM ({}) AS m CROSS JOIN records AS r ON r.id = m.id";

// Sections whose entries have ids of a column.
struct IdSection {
  std::string_view name;
  Column column;
  bool succeeded;  // failed calls do not count
};
constexpr std::array<IdSection, 5> kIdSections = {
    {{"users", kUser, false},
     {"commands", kComm, false},
     {"flags", kFlagSet, false},
     {"errnos", kRet, false},
     {"namespaces", kFlagSet, true}}};

class BinCounter {
 public:
  BinCounter(const Search& search, const Bins& bins)
      : search_(search), bins_(bins) {}

  std::vector<std::vector<BinCounts>> Run(
      const std::vector<StatsSection>& sections);

 private:
  // The counts to which records with an id are added.
  using ById = std::unordered_map<int64_t, std::vector<BinCounts*>>;

  void Find(const StatsSection& section, std::vector<BinCounts>* counts);
  void ReadBoots();
  void ReadRows();
  static void Add(const ById& by_id, int64_t id, size_t bin, bool failed);
  static void Add(size_t bin, bool failed, BinCounts* counts);

  const Search& search_;
  const Bins& bins_;
  std::array<ById, kIdSections.size()> by_id_;
  ById by_second_;
  std::map<Caller, BinCounts*> by_caller_;
  std::unordered_map<int64_t, int64_t> boots_;  // by stream
};

std::vector<std::vector<BinCounts>> BinCounter::Run(
    const std::vector<StatsSection>& sections) {
  std::vector<std::vector<BinCounts>> counts(sections.size());
  for (size_t i = 0; i < sections.size(); ++i) {
    if (sections[i].name == "totals" || sections[i].name == "rate") continue;
    const std::vector<int64_t> zeros(bins_.count);
    counts[i].assign(sections[i].entries.size(), {zeros, zeros});
    Find(sections[i], &counts[i]);
  }
  ReadBoots();
  ReadRows();
  return counts;
}

void BinCounter::Find(const StatsSection& section,
                      std::vector<BinCounts>* counts) {
  for (size_t i = 0; i < section.entries.size(); ++i) {
    const StatsEntry& entry = section.entries[i];
    BinCounts* const to = &(*counts)[i];
    if (entry.caller) by_caller_[*entry.caller] = to;
    for (const int64_t id : entry.ids) {
      if (section.name == "seconds") by_second_[id].push_back(to);
      for (size_t k = 0; k < kIdSections.size(); ++k) {
        if (section.name == kIdSections[k].name) by_id_[k][id].push_back(to);
      }
    }
  }
}

void BinCounter::ReadBoots() {
  SQLite::Statement streams(*search_.database(),
                            "SELECT id, boot FROM streams");
  while (streams.executeStep()) {
    boots_[streams.getColumn(0).getInt64()] = streams.getColumn(1).getInt64();
  }
}

void BinCounter::ReadRows() {
  RowRequest request = {"id"};
  request.around = kColumns;
  RowCursor rows(search_, request);
  std::array<int64_t, kCells> cells{};
  while (SQLite::Statement* row = rows.Next()) {
    for (size_t i = 0; i < cells.size(); ++i) {
      cells[i] = row->getColumn(static_cast<int>(i)).getInt64();
    }
    const size_t bin = bins_.Of(cells[kTime]);
    const bool failed = cells[kRet] < 0;
    for (size_t k = 0; k < kIdSections.size(); ++k) {
      if (failed && kIdSections[k].succeeded) continue;
      Add(by_id_[k], cells[kIdSections[k].column], bin, failed);
    }
    Add(by_second_, cells[kTime] / kNsPerSecond, bin, failed);
    if (by_caller_.empty()) continue;
    const auto caller = by_caller_.find(
        {boots_[cells[kId] / kSeqLimit], cells[kTgid], cells[kStart]});
    if (caller != by_caller_.end()) Add(bin, failed, caller->second);
  }
}

void BinCounter::Add(const ById& by_id, int64_t id, size_t bin, bool failed) {
  const auto found = by_id.find(id);
  if (found == by_id.end()) return;
  for (BinCounts* counts : found->second) Add(bin, failed, counts);
}

void BinCounter::Add(size_t bin, bool failed, BinCounts* counts) {
  ++counts->records[bin];
  if (failed) ++counts->failed[bin];
}

}  // namespace

std::vector<std::vector<BinCounts>> CountByBin(
    const Search& search, const Bins& bins,
    const std::vector<StatsSection>& sections) {
  return BinCounter(search, bins).Run(sections);
}

}  // namespace forkdb
