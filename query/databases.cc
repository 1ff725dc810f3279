#include "query/databases.h"

#include <fmt/core.h>

#include <algorithm>
#include <exception>
#include <limits>
#include <set>
#include <string_view>
#include <utility>

#include "query/merge.h"
#include "query/missing.h"
#include "store/error.h"
#include "store/escape.h"

namespace forkdb {

Databases::Databases(const std::vector<std::string>& paths) {
  for (const std::string& path : paths) {
    parts_.emplace_back();
    parts_.back().path = path;
    parts_.back().reader = std::make_unique<Reader>(path);
  }
  if (several()) NameHosts();
}

void Databases::NameHosts() {
  std::map<std::string, std::set<std::string>> machines;  // by host
  for (const Part& part : parts_) {
    for (const StreamHost& stream : part.reader->ReadHosts()) {
      machines[stream.host].insert(stream.machine_id);
    }
  }
  for (Part& part : parts_) {
    for (const StreamHost& stream : part.reader->ReadHosts()) {
      std::string& name = part.hosts[stream.stream];
      name = stream.host;
      if (name.empty()) {
        name = part.path;
      } else if (machines[name].size() > 1) {
        constexpr size_t kEnough = 8;
        name += "/" + stream.machine_id.substr(0, kEnough);
      }
    }
  }
}

std::vector<Reader*> Databases::readers() const {
  std::vector<Reader*> readers;
  for (const Part& part : parts_) readers.push_back(part.reader.get());
  return readers;
}

void Databases::SetFilter(const FilterOptions& options, const Filter& filter) {
  if (options.under && several()) {
    throw UsageError(
        "--under names a process of one database: name one with --db");
  }
  std::exception_ptr no_boot;
  bool found = false;
  for (Part& part : parts_) {
    part.filter = filter;
    part.asked = true;
    if (!options.boot) continue;
    try {
      part.filter.boot = part.reader->FindBoot(*options.boot);
      found = true;
    } catch (const UsageError&) {
      part.asked = false;
      no_boot = std::current_exception();
    }
  }
  if (no_boot && !found) std::rethrow_exception(no_boot);
  const bool resolved = filter.under || filter.under_caller;
  if (options.under && !resolved) {
    first().SetUnder(*options.under, &parts_.front().filter);
  }
}

void Databases::KeepBursts(const Burst& burst) {
  for (Part& part : parts_) part.reader->SetBurst(burst, &part.filter);
}

News Databases::FindNews(const Cursor& cursor) {
  News all;
  all.cursor = cursor;
  for (const Part& part : parts_) {
    const News news = part.reader->FindNews(cursor);
    all.cursor = MergeCursors(all.cursor, news.cursor);
    all.pruned += news.pruned;
    all.missing += news.missing;
  }
  return all;
}

News Databases::KeepNews(const Cursor& cursor) {
  for (Part& part : parts_) {
    part.filter.ranges = part.reader->FindNews(cursor).ranges;
  }
  return FindNews(cursor);
}

void Databases::KeepFailures() {
  for (Part& part : parts_) part.filter.failed = true;
}

std::vector<std::string> Databases::Columns(const Shape& shape) const {
  std::vector<std::string> columns = shape.columns;
  if (several()) columns.insert(columns.begin(), "host");
  return columns;
}

int64_t Databases::Print(const Shape& shape, RowPrinter* printer) {
  if (several()) return PrintMerged(shape, printer);
  RowSource rows = first().Find(parts_.front().filter, shape);
  int64_t count = 0;
  for (Row row; rows.Next(&row); ++count) printer->Print(row);
  return count;
}

int64_t Databases::PrintMerged(const Shape& shape, RowPrinter* printer) {
  std::vector<int64_t> limits;
  if (shape.limit && !shape.reverse) limits = ShareLimit(*shape.limit);
  Shape wider = shape;
  wider.columns = {"time_ns", "stream"};
  wider.columns.insert(wider.columns.end(), shape.columns.begin(),
                       shape.columns.end());
  Merge merge(shape.reverse);
  for (size_t i = 0; i < parts_.size(); ++i) {
    if (!parts_[i].asked) continue;
    if (!limits.empty()) wider.limit = limits[i];
    merge.Add(i, parts_[i].reader->Find(parts_[i].filter, wider));
  }
  const int64_t most =
      shape.limit.value_or(std::numeric_limits<int64_t>::max());
  int64_t count = 0;
  Row row;
  while (count < most) {
    const std::optional<size_t> at = merge.Next(&row);
    if (!at) break;
    row.erase(row.begin());
    row.front() = parts_[*at].hosts[std::get<int64_t>(row.front())];
    printer->Print(row);
    ++count;
  }
  return count;
}

std::vector<int64_t> Databases::ShareLimit(int64_t limit) {
  Shape newest;
  newest.columns = {"time_ns"};
  newest.limit = limit;
  newest.reverse = true;
  Merge merge(newest.reverse);
  for (size_t i = 0; i < parts_.size(); ++i) {
    if (!parts_[i].asked) continue;
    merge.Add(i, parts_[i].reader->Find(parts_[i].filter, newest));
  }
  std::vector<int64_t> limits(parts_.size());
  Row row;
  while (limit-- > 0) {
    const std::optional<size_t> at = merge.Next(&row);
    if (!at) break;
    ++limits[*at];
  }
  return limits;
}

void Databases::AddGroups(const std::vector<std::string>& columns,
                          Groups* groups) {
  for (const Part& part : parts_) {
    if (part.asked) part.reader->AddGroups(part.filter, columns, groups);
  }
}

std::string Databases::Prefix(const Part& part) const {
  return several() ? EscapeForDisplay(part.path) + ": " : "";
}

void Databases::WarnOfGaps() {
  for (const Part& part : parts_) {
    if (!part.asked) continue;
    const Missing missing = part.reader->FindMissing(part.filter);
    if (missing.gaps == 0) continue;
    fmt::print(stderr, "forkdb: {}{}: there may have been more than this\n",
               Prefix(part), Describe(missing));
  }
}

void Databases::TellCoverage() {
  for (const Part& part : parts_) {
    fmt::print(stderr, "forkdb: no record matches: {}{}\n", Prefix(part),
               part.reader->DescribeCoverage());
  }
}

}  // namespace forkdb
