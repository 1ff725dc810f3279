#include "query/count/stats_sections.h"

#include <SQLiteCpp/Statement.h>
#include <fmt/core.h>
#include <linux/sched.h>

#include <algorithm>
#include <cstddef>
#include <map>
#include <string_view>
#include <tuple>
#include <utility>

#include "base/duration.h"
#include "base/escape.h"
#include "base/saturate.h"
#include "base/time.h"
#include "store/decode.h"
#include "store/dimensions.h"
#include "store/record_row.h"

namespace forkdb {
namespace {

constexpr uint64_t kNewNamespace = 0x7e020080;  // as in schema.sql

// The counts of a name in the window and in the window before.
struct Pair {
  int64_t records = 0;
  int64_t before = 0;
};
Pair Less(const Pair& all, const Pair& part) {
  return {Minus(all.records, part.records), Minus(all.before, part.before)};
}
struct Named {
  Pair pair;
  std::vector<int64_t> ids;  // StatsEntry::ids
};
using ByNames = std::map<std::string, Named>;

struct FlagSet {
  std::string names;
  uint64_t flags = 0;
};

Value TextOrBlob(const std::string& bytes) {
  if (IsUtf8(bytes)) return bytes;
  return Blob{bytes};
}

// Returns the first cell, "?" if a damaged database has no such row.
std::string FirstText(SQLite::Statement* find) {
  return find->executeStep() ? find->getColumn(0).getString() : "?";
}

// Keys and their counts.
template <typename Key>
using Ranking = std::vector<std::pair<Key, int64_t>>;

// Keeps the top keys, the largest count first; of equal counts, the lowest key.
template <typename Key>
void KeepTop(size_t top, Ranking<Key>* ranking) {
  top = std::min(top, ranking->size());
  std::partial_sort(
      ranking->begin(), ranking->begin() + static_cast<std::ptrdiff_t>(top),
      ranking->end(), [](const auto& a, const auto& b) {
        return std::tie(b.second, a.first) < std::tie(a.second, b.first);
      });
  ranking->resize(top);
}

void AddEntry(Value name, const Pair& pair, StatsSection* section) {
  StatsEntry& entry = section->entries.emplace_back();
  entry.name = std::move(name);
  entry.records = pair.records;
  entry.before = pair.before;
}

// Turns the counts of a window, and of the one before, into sections.
class Describer {
 public:
  Describer(SQLite::Database* database, size_t top, const Counts& now,
            const Counts& before)
      : database_(database), top_(top), now_(now), before_(before) {
    ReadFlagSets();
  }

  StatsSection Totals();
  StatsSection Rate(const Bins& bins);
  // A dimension by its first column of the view forks.
  StatsSection Values(const char* section, RecordRow::Column column);
  StatsSection Callers();
  StatsSection Flags();
  StatsSection Namespaces();
  StatsSection Seconds();

 private:
  void ReadFlagSets();
  // The counts of a dimension by name; name() returns the name of an id.
  template <typename Name>
  ByNames ByName(RecordRow::Column column, const Name& name);
  // The calls with a flag set that matches, or the failed ones among them.
  template <typename Match>
  Pair Sum(bool failed, const Match& match);
  StatsSection Top(const char* name, const char* heading, const ByNames& names,
                   Value (*value)(const std::string&));

  SQLite::Database* database_;
  size_t top_;
  const Counts& now_;
  const Counts& before_;
  std::map<int64_t, FlagSet> flag_sets_;
};

void Describer::ReadFlagSets() {
  SQLite::Statement sets(*database_,
                         "SELECT id, ifnull(names, ''), flags FROM flag_sets");
  while (sets.executeStep()) {
    flag_sets_[sets.getColumn(0).getInt64()] = {
        sets.getColumn(1).getString(),
        static_cast<uint64_t>(sets.getColumn(2).getInt64())};
  }
}

template <typename Name>
ByNames Describer::ByName(RecordRow::Column column, const Name& name) {
  ByNames names;
  for (const auto& [id, records] : now_.Of(column)) {
    Named& named = names[name(id)];
    named.pair.records = Plus(named.pair.records, records);
    named.ids.push_back(id);
  }
  for (const auto& [id, records] : before_.Of(column)) {
    int64_t& sum = names[name(id)].pair.before;
    sum = Plus(sum, records);
  }
  return names;
}

template <typename Match>
Pair Describer::Sum(bool failed, const Match& match) {
  const auto sum = [&](const Counts& from) {
    int64_t records = 0;
    for (const auto& [id, count] :
         failed ? from.failed_flag_sets : from.Of(RecordRow::kFlagSet)) {
      if (match(flag_sets_[id].flags)) records = Plus(records, count);
    }
    return records;
  };
  return {sum(now_), sum(before_)};
}

StatsSection Describer::Top(const char* name, const char* heading,
                            const ByNames& names,
                            Value (*value)(const std::string&)) {
  StatsSection section = {name, heading, {}};
  Ranking<std::string> ranking;
  for (const auto& [text, named] : names) {
    if (named.pair.records > 0) ranking.emplace_back(text, named.pair.records);
  }
  KeepTop(top_, &ranking);
  for (const auto& [text, records] : ranking) {
    const Named& named = names.at(text);
    AddEntry(value(text), named.pair, &section);
    section.entries.back().ids = named.ids;
  }
  return section;
}

StatsSection Describer::Totals() {
  const auto any = [](uint64_t) { return true; };
  const auto thread = [](uint64_t flags) {
    return (flags & CLONE_THREAD) != 0;
  };
  const Pair failed = Sum(/*failed=*/true, any);
  // A call that failed created nothing.
  const Pair threads =
      Less(Sum(/*failed=*/false, thread), Sum(/*failed=*/true, thread));
  const Pair all = {now_.records, before_.records};
  StatsSection section = {"totals", "calls", {}};
  const auto add = [&](const char* name, const Pair& pair) {
    AddEntry(name, pair, &section);
  };
  add("all", all);
  add("failed", failed);
  add("threads", threads);
  add("processes", Less(Less(all, failed), threads));
  return section;
}

StatsSection Describer::Rate(const Bins& bins) {
  StatsSection section = {"rate", "time", {}};
  for (size_t i = 0; i < bins.count; ++i) {
    const int64_t start_ns =
        Plus(bins.first_ns, Times(static_cast<int64_t>(i), bins.width_ns));
    AddEntry(FormatUtc(start_ns), {now_.bins[i], before_.bins[i]}, &section);
  }
  return section;
}

StatsSection Describer::Values(const char* section, RecordRow::Column column) {
  const Dimension& dimension = kDimensions[DimensionIndex(column)];
  const Dimension::ViewColumn& shown = dimension.view_columns.front();
  SQLite::Statement find(
      *database_, fmt::format("SELECT {} FROM {} AS v WHERE v.{} = ?",
                              shown.sql, dimension.values, dimension.key));
  const ByNames names = ByName(column, [&](int64_t id) {
    find.bind(1, id);
    std::string name = FirstText(&find);
    find.reset();
    return name;
  });
  return Top(section, shown.name, names, TextOrBlob);
}

StatsSection Describer::Callers() {
  StatsSection section = {"callers", "comm", {}};
  SQLite::Statement find(*database_,
                         "SELECT c.comm FROM records AS r JOIN comms AS c "
                         "ON c.id = r.comm WHERE r.id = ?");
  Ranking<Caller> ranking;
  for (const auto& [caller, count] : now_.callers) {
    ranking.emplace_back(caller, count.records);
  }
  KeepTop(top_, &ranking);
  for (const auto& [caller, records] : ranking) {
    find.bind(1, now_.callers.at(caller).last_id);
    const std::string comm = FirstText(&find);
    const auto before = before_.callers.find(caller);
    AddEntry(
        TextOrBlob(comm),
        {records, before == before_.callers.end() ? 0 : before->second.records},
        &section);
    section.entries.back().caller = caller;
    find.reset();
  }
  return section;
}

StatsSection Describer::Flags() {
  return Top("flags", "flags",
             ByName(RecordRow::kFlagSet,
                    [&](int64_t id) { return flag_sets_[id].names; }),
             [](const std::string& names) {
               Value value;
               if (!names.empty()) value = names;
               return value;
             });
}

StatsSection Describer::Namespaces() {
  ByNames created;
  for (const std::string_view name : AllCloneFlagNames()) {
    const uint64_t bit = CloneFlagFromName(name).value_or(0) & kNewNamespace;
    if (bit == 0) continue;
    const auto match = [&](uint64_t flags) { return (flags & bit) != 0; };
    Named& named = created[std::string(name)];
    named.pair =
        Less(Sum(/*failed=*/false, match), Sum(/*failed=*/true, match));
    for (const auto& [id, set] : flag_sets_) {
      if (match(set.flags)) named.ids.push_back(id);
    }
  }
  return Top("namespaces", "created", created, TextOrBlob);
}

StatsSection Describer::Seconds() {
  StatsSection section = {"seconds", "second", {}};
  Ranking<int64_t> ranking(now_.seconds.begin(), now_.seconds.end());
  KeepTop(top_, &ranking);
  for (const auto& [second, records] : ranking) {
    AddEntry(FormatUtc(Times(second, kNsPerSecond)), {records, 0}, &section);
    section.entries.back().before.reset();
    section.entries.back().ids = {second};
  }
  return section;
}

}  // namespace

std::vector<StatsSection> DescribeCounts(const Counts& now,
                                         const Counts& before, const Bins& bins,
                                         size_t top, bool has_rows,
                                         SQLite::Database* database) {
  Describer describe(database, top, now, before);
  std::vector<StatsSection> sections = {
      describe.Totals(),
      describe.Rate(bins),
      describe.Values("users", RecordRow::kUser),
      describe.Values("commands", RecordRow::kComm),
      describe.Flags(),
      describe.Values("errnos", RecordRow::kRet),
      describe.Namespaces()};
  if (has_rows) {
    sections.push_back(describe.Callers());
    sections.push_back(describe.Seconds());
  }
  return sections;
}

}  // namespace forkdb
