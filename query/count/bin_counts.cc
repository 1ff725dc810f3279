#include "query/count/bin_counts.h"

#include <array>
#include <cstddef>
#include <map>
#include <string_view>
#include <unordered_map>

#include "base/duration.h"
#include "query/count/count.h"
#include "query/count/counted_rows.h"

namespace forkdb {
namespace {

// Sections whose entries have ids of a column.
struct IdSection {
  std::string_view name;
  RecordRow::Column column;
  bool succeeded;  // failed calls do not count
};
constexpr std::array<IdSection, 5> kIdSections = {
    {{"users", RecordRow::kUser, false},
     {"commands", RecordRow::kComm, false},
     {"flags", RecordRow::kFlagSet, false},
     {"errnos", RecordRow::kRet, false},
     {"namespaces", RecordRow::kFlagSet, true}}};

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
  void ReadRows();
  static void Add(const ById& by_id, int64_t id, size_t bin, bool failed);
  static void Add(size_t bin, bool failed, BinCounts* counts);

  const Search& search_;
  const Bins& bins_;
  std::array<ById, kIdSections.size()> by_id_;
  ById by_second_;
  std::map<Caller, BinCounts*> by_caller_;
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

void BinCounter::ReadRows() {
  CountedRows rows(search_, Runs(search_, /*descending=*/false, /*from_id=*/0));
  for (CountedRow row; rows.Next(&row);) {
    const size_t bin = bins_.Of(row.time_ns);
    const bool failed = row.failed();
    for (size_t k = 0; k < kIdSections.size(); ++k) {
      if (failed && kIdSections[k].succeeded) continue;
      Add(by_id_[k], row.Of(kIdSections[k].column), bin, failed);
    }
    Add(by_second_, row.time_ns / kNsPerSecond, bin, failed);
    if (by_caller_.empty()) continue;
    const auto caller = by_caller_.find(rows.CallerOf(row));
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
