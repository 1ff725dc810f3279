#include "query/report/report_json.h"

#include <cstddef>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/duration.h"
#include "base/escape.h"
#include "base/saturate.h"
#include "base/time.h"

namespace forkdb {
namespace {

using Json = nlohmann::ordered_json;

// Handles all types that forkdb's columns have.
Json Cell(const Value& value) {
  if (const auto* integer = std::get_if<int64_t>(&value)) {
    // JavaScript's numbers are exact up to 2^53.
    constexpr int64_t kExact = int64_t{1} << 53;
    if (*integer > kExact || *integer < -kExact) {
      return std::to_string(*integer);
    }
    return *integer;
  }
  if (const auto* text = std::get_if<std::string>(&value)) {
    return EscapeForDisplay(*text);
  }
  if (const auto* blob = std::get_if<Blob>(&value)) {
    return EscapeForDisplay(blob->bytes);
  }
  return nullptr;
}

Json Time(const Value& time_ns) {
  const auto* ns = std::get_if<int64_t>(&time_ns);
  return ns == nullptr ? Json(nullptr) : Json(FormatUtc(*ns));
}

double Seconds(int64_t ns) {
  return static_cast<double>(ns) / static_cast<double>(kNsPerSecond);
}

Json Cells(const Row& row) {
  Json cells = Json::array();
  for (const Value& value : row) cells.push_back(Cell(value));
  return cells;
}

Json Boots(const Report& report) {
  Json boots = Json::array();
  for (const Row& boot : report.boots) {
    boots.push_back(
        {Cell(boot[0]), Cell(boot[1]), Cell(boot[2]), Time(boot[3])});
  }
  return boots;
}

Json Gaps(const Report& report) {
  Json gaps = Json::array();
  for (const Row& gap : report.gaps) {
    gaps.push_back({Time(gap[0]), Time(gap[1]), Cell(gap[2])});
  }
  return gaps;
}

Json DowntimesJson(const Report& report) {
  Json downtimes = Json::array();
  for (const Downtime& downtime : report.downtimes.longest) {
    downtimes.push_back({FormatUtc(downtime.began_ns),
                         downtime.ended_ns ? Json(FormatUtc(*downtime.ended_ns))
                                           : Json(nullptr),
                         downtime.what});
  }
  return downtimes;
}

// Counts by bin: a number per bin, or -n for n empty bins. Empty bins at the
// end are left out.
Json Sparse(const std::vector<int64_t>& counts) {
  Json sparse = Json::array();
  int64_t empty = 0;
  for (const int64_t count : counts) {
    if (count == 0) {
      ++empty;
      continue;
    }
    if (empty > 0) sparse.push_back(-empty);
    empty = 0;
    sparse.push_back(count);
  }
  return sparse;
}

Json Sections(const Report& report) {
  Json sections = Json::array();
  for (size_t i = 0; i < report.stats.sections.size(); ++i) {
    const StatsSection& section = report.stats.sections[i];
    if (section.name == "rate") continue;
    const std::vector<BinCounts>& by_bin = report.by_bin[i];
    Json entries = Json::array();
    for (size_t k = 0; k < section.entries.size(); ++k) {
      const StatsEntry& entry = section.entries[k];
      const std::optional<int64_t> pid = entry.pid();
      Json cells = {Cell(entry.name), pid ? Json(*pid) : Json(nullptr),
                    entry.records};
      if (k < by_bin.size()) {
        cells.push_back(Sparse(by_bin[k].records));
        cells.push_back(Sparse(by_bin[k].failed));
      }
      entries.push_back(std::move(cells));
    }
    sections.push_back({{"name", section.name},
                        {"heading", section.heading},
                        {"entries", std::move(entries)}});
  }
  return sections;
}

Json Timeline(const Report& report) {
  Json records = Json::array();
  for (const StatsSection& section : report.stats.sections) {
    if (section.name != "rate") continue;
    for (const StatsEntry& entry : section.entries) {
      records.push_back(entry.records);
    }
  }
  Json failures = Json::array();
  for (const FailureRate& rate : report.failures) {
    failures.push_back(
        {{"errno", EscapeForDisplay(rate.error)}, {"counts", rate.bins}});
  }
  return {{"first", Seconds(report.bins.first_ns)},
          {"width", Seconds(report.bins.width_ns)},
          {"records", std::move(records)},
          {"failures", std::move(failures)}};
}

const char* Name(Origin origin) {
  switch (origin) {
    case Origin::kMade:
      return "made";
    case Origin::kAlive:
      return "alive";
    case Origin::kElsewhere:
      break;
  }
  return "elsewhere";
}

Json FamilyJson(const Family& family) {
  Json members = Json::array();
  for (const FamilyMember& member : family.members) {
    members.push_back({member.parent ? Json(*member.parent) : Json(nullptr),
                       Name(member.origin), Cell(member.id), Cell(member.pid),
                       Cell(member.comm), Cell(member.username),
                       Time(member.as_of_ns), Time(member.time_ns),
                       member.below, member.children, member.threads,
                       member.failed});
  }
  return {{"roots", family.roots},
          {"processes", family.processes},
          {"members", std::move(members)}};
}

Json Failures(const Report& report) {
  Json rows = Json::array();
  for (const Row& row : report.newest_failures) rows.push_back(Cells(row));
  return {{"columns", FailureColumns()}, {"rows", std::move(rows)}};
}

Json Query(const ReportOrigin& origin) {
  Json options = Json::array();
  for (const std::string& option : origin.query) {
    options.push_back(EscapeForDisplay(option));
  }
  return options;
}

int64_t Failed(const Report& report) {
  int64_t failed = 0;
  for (const FailureRate& rate : report.failures) {
    for (const int64_t count : rate.bins) failed += count;
  }
  return failed;
}

}  // namespace

std::string ReportJson(const Report& report, const ReportOrigin& origin) {
  const Window& window = report.stats.window;
  const Json json = {
      {"version", origin.version},
      {"made", FormatUtc(origin.made_ns)},
      {"filter", EscapeForDisplay(origin.filter)},
      {"query", Query(origin)},
      {"has_window", origin.has_window},
      {"since", FormatUtc(window.since_ns)},
      {"until", FormatUtc(window.until_ns)},
      {"seconds", Seconds(Plus(Minus(window.until_ns, window.since_ns), 1))},
      {"records", report.stats.records},
      {"failed", Failed(report)},
      {"missing",
       {{"gaps", report.stats.missing.gaps},
        {"records", report.stats.missing.records},
        {"thinned", report.stats.missing.thinned},
        {"downtimes", report.downtimes.count}}},
      {"boots", Boots(report)},
      {"gaps", Gaps(report)},
      {"downtimes", DowntimesJson(report)},
      {"timeline", Timeline(report)},
      {"top", report.top},
      {"sections", Sections(report)},
      {"family", FamilyJson(report.family)},
      {"failures", Failures(report)}};
  constexpr bool kEnsureAscii = true;
  const std::string text = json.dump(-1, ' ', kEnsureAscii);
  std::string safe;
  safe.reserve(text.size());
  for (const char c : text) {
    // In JSON, a < can only be inside a string.
    if (c == '<') {
      safe += "\\u003c";
    } else {
      safe += c;
    }
  }
  return safe;
}

}  // namespace forkdb
