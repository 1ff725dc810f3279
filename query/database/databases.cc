#include "query/database/databases.h"

#include <fmt/core.h>
#include <sys/stat.h>

#include <algorithm>
#include <exception>
#include <limits>
#include <set>
#include <string_view>
#include <utility>

#include "base/error.h"
#include "base/time.h"
#include "query/coverage/losses.h"
#include "query/database/known_users.h"
#include "query/search/merge.h"
#include "store/record.h"
#include "terminal/tell.h"

namespace forkdb {
namespace {

// "the number 4026532201 named several namespaces: …"
std::string Describe(const NamespaceLives& lives, Zone zone) {
  std::string text =
      fmt::format("the number {} named several namespaces:", lives.inode);
  std::string choice;
  if (lives.created > 1) {
    for (const int64_t time_ns : lives.created_ns) {
      text += fmt::format("{} {}", text.back() == ':' ? " created at" : ",",
                          FormatTime(time_ns, zone));
    }
    const int64_t more =
        lives.created - static_cast<int64_t>(lives.created_ns.size());
    if (more > 0) text += fmt::format(" and {} more times", more);
    choice = "--since and --until";
  }
  if (lives.boots > 1) {
    text += fmt::format("{} in {} boots", lives.created > 1 ? "," : "",
                        lives.boots);
    choice += choice.empty() ? "--boot" : " or --boot";
  }
  return text + ": choose one with " + choice;
}

}  // namespace

Databases::Databases(const std::vector<std::string>& paths, const Stop* stop,
                     const Notes& notes)
    : notes_(notes) {
  std::set<std::pair<dev_t, ino_t>> files;
  for (const std::string& path : paths) {
    struct stat status {};
    if (stat(path.c_str(), &status) == 0 &&
        !files.insert({status.st_dev, status.st_ino}).second) {
      throw UsageError(
          fmt::format("--db {}: this database is given twice", path));
    }
    parts_.emplace_back();
    parts_.back().path = path;
    parts_.back().reader = std::make_unique<Reader>(path, stop, notes);
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
        constexpr size_t kShownLength = 8;
        name += "/" + stream.machine_id.substr(0, kShownLength);
      }
    }
  }
}

void Databases::SetFilter(const FilterOptions& options, const Filter& filter) {
  if (options.under && several()) {
    throw UsageError("--under reads one database: give one --db");
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
  if (options.under && !filter.under) {
    Filter& of_first = parts_.front().filter;
    WantedProcess wanted;
    wanted.text = std::to_string(*options.under);
    wanted.boot = of_first.boot;
    wanted.at_ns = filter.under_at_ns;
    wanted.since_ns = filter.since_ns;
    wanted.until_ns = filter.until_ns;
    wanted.of_thread = true;
    of_first.under = first().FindProcess(wanted);
  }
}

void Databases::CheckUsers() {
  std::vector<Value> users;
  for (const auto* values :
       {&first_filter().values, &first_filter().not_values}) {
    const auto found = values->find("username");
    if (found == values->end()) continue;
    users.insert(users.end(), found->second.begin(), found->second.end());
  }
  if (users.empty()) return;
  std::set<RecordedUser> recorded;
  for (const Part& part : parts_) {
    for (RecordedUser& user : part.reader->ReadUsers()) {
      recorded.insert(std::move(user));
    }
  }
  for (const std::string& message : forkdb::CheckUsers(users, recorded)) {
    notes_.Tell(message);
  }
}

void Databases::TellMixedNamespaces() {
  constexpr size_t kMostTimes = 3;
  for (const Part& part : parts_) {
    if (!part.asked || part.filter.namespaces.empty()) continue;
    for (const NamespaceLives& lives :
         part.reader->FindNamespaceLives(part.filter, kMostTimes)) {
      if (!lives.are_several()) continue;
      notes_.Tell(Prefix(part) + Describe(lives, notes_.zone));
    }
  }
}

void Databases::KeepBursts(const Burst& burst) {
  for (Part& part : parts_) part.reader->SetBurst(burst, &part.filter);
}

NewRecords Databases::FindNewRecords(const Cursor& cursor) {
  NewRecords all;
  all.cursor = cursor;
  for (const Part& part : parts_) {
    const NewRecords found = part.reader->FindNewRecords(cursor);
    all.cursor = MergeCursors(all.cursor, found.cursor);
    all.pruned += found.pruned;
    all.missing += found.missing;
    all.downtimes.count += found.downtimes.count;
    all.downtimes.longest.insert(all.downtimes.longest.end(),
                                 found.downtimes.longest.begin(),
                                 found.downtimes.longest.end());
  }
  return all;
}

NewRecords Databases::KeepNewRecords(const Cursor& cursor) {
  for (Part& part : parts_) {
    part.filter.ranges = part.reader->FindNewRecords(cursor).ranges;
  }
  return FindNewRecords(cursor);
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
  for (Part& part : parts_) part.shown.clear();
  if (several()) return PrintMerged(shape, printer);
  Part& part = parts_.front();
  Shape wider = shape;
  if (shape.oldest) wider.columns.emplace_back("id");
  const NextRow next = first().Find(part.filter, wider);
  int64_t count = 0;
  for (Row row; next(&row); ++count) {
    if (shape.oldest) {
      part.NoteShown(IntegerOr(row.back(), 0));
      row.pop_back();
    }
    printer->Print(row);
  }
  return count;
}

void Databases::Part::NoteShown(int64_t id) {
  int64_t& highest = shown[StreamOf(id)];
  highest = std::max(highest, id % kSeqLimit);
}

Cursor Databases::CursorAfterPrinted(const Cursor& cursor) const {
  Cursor after = cursor;
  for (const Part& part : parts_) {
    after = MergeCursors(after, part.reader->CursorAfter(cursor, part.shown));
  }
  return after;
}

int64_t Databases::PrintMerged(const Shape& shape, RowPrinter* printer) {
  std::vector<int64_t> limits;
  if (shape.limit && !shape.reverse && !shape.oldest) {
    limits = ShareLimit(*shape.limit);
  }
  Shape wider = shape;
  wider.columns = {"time_ns", "id"};
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
    const int64_t id = IntegerOr(row.front(), 0);
    parts_[*at].NoteShown(id);
    row.front() = parts_[*at].hosts[StreamOf(id)];
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

void Databases::AddBurstGroups(const Burst& burst,
                               const std::vector<std::string>& columns,
                               Groups* groups) {
  for (const Part& part : parts_) {
    if (!part.asked) continue;
    part.reader->AddBurstGroups(part.filter, burst, columns, groups);
  }
}

std::string Databases::Prefix(const Part& part) const {
  return several() ? part.path + ": " : "";
}

void Databases::WarnOfMissingLogs() {
  for (const Part& part : parts_) part.reader->WarnOfMissingLog();
}

void Databases::WarnOfGaps() {
  for (const Part& part : parts_) {
    if (!part.asked) continue;
    Warn(part.reader->FindLosses(part.filter), Prefix(part), kMayBeMore,
         notes_);
  }
}

void Databases::TellWhatIsNotRecorded() {
  if (first_filter().new_namespaces == 0) return;
  notes_.Tell(
      "unshare(2) and setns(2) are not recorded, so --new-ns does not find "
      "them: --changed-ns finds who changed the user or PID namespace");
}

void Databases::TellCoverage() {
  for (const Part& part : parts_) {
    notes_.Tell(fmt::format("no record matches: {}{}", Prefix(part),
                            part.reader->DescribeCoverage()));
  }
}

}  // namespace forkdb
