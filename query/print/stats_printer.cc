#include "query/print/stats_printer.h"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/duration.h"
#include "base/saturate.h"
#include "base/time.h"
#include "terminal/line.h"
#include "terminal/row_printer.h"

namespace forkdb {
namespace {

// Without trailing zeros of the fraction, three at a time:
// "2026-11-23T10:00:00.500Z".
std::string ShortTime(int64_t time_ns, Zone zone) {
  constexpr std::string_view kThousandth = "000";
  constexpr size_t kFraction = 9;
  std::string time = FormatTime(time_ns, zone);
  const size_t point = time.find('.');
  std::string fraction = time.substr(point + 1, kFraction);
  const std::string rest = time.substr(point + 1 + kFraction);
  while (!fraction.empty() &&
         fraction.substr(fraction.size() - 3) == kThousandth) {
    fraction.resize(fraction.size() - 3);
  }
  time.resize(point);
  return time + (fraction.empty() ? "" : "." + fraction) + rest;
}

// The length of the longest bar, in characters. A time and a number stand
// beside it.
double BarLength(const Output& output) {
  constexpr size_t kBesides = 40, kLeast = 8, kMost = 40;
  if (output.width == 0) return kMost;
  const size_t room = output.width > kBesides ? output.width - kBesides : 0;
  return static_cast<double>(std::clamp(room, kLeast, kMost));
}

// A bar in steps of an eighth of a character. Rounds up, so that any part above
// 0 shows.
std::string Bar(double part, double length) {
  constexpr const char* kEighths[] = {"", "▏", "▎", "▍", "▌", "▋", "▊", "▉"};
  // Counts in a forged database can be any size.
  part = std::clamp(part, 0.0, 1.0);
  const auto eighths = static_cast<size_t>(std::ceil(part * length * 8));
  std::string bar;
  for (size_t i = 0; i < eighths / 8; ++i) bar += "█";
  return bar + kEighths[eighths % 8];
}

std::string Change(int64_t now, int64_t before) {
  if (before == 0) return now == 0 ? "" : "new";
  return fmt::format("{:+.0f} %", 100.0 *
                                      static_cast<double>(Minus(now, before)) /
                                      static_cast<double>(before));
}

Value ShownName(const StatsSection& section, const StatsEntry& entry,
                Zone zone) {
  if (section.heading != "time" && section.heading != "second") {
    return entry.name;
  }
  const std::optional<int64_t> time_ns =
      ParseUtc(std::get<std::string>(entry.name));
  return time_ns ? ShortTime(*time_ns, zone) : entry.name;
}

void PrintTable(const Stats& stats, const StatsSection& section,
                const Output& output) {
  const bool is_rate = section.name == "rate";
  const bool has_pid = section.name == "callers";
  // Two windows have no seconds in common.
  const bool has_before = stats.before && section.name != "seconds";
  int64_t whole = stats.records;
  if (is_rate) {
    whole = 0;
    for (const StatsEntry& entry : section.entries) {
      whole = std::max(whole, entry.records);
    }
  }
  // The longest column comes last: the name, or the bar.
  std::vector<std::string> columns = {"records"};
  if (has_before) columns.insert(columns.end(), {"before", "change"});
  columns.emplace_back(is_rate ? "" : "share");
  if (has_pid) columns.emplace_back("pid");
  columns.insert(is_rate ? columns.begin() : columns.end(), section.heading);
  const std::unique_ptr<RowPrinter> printer = NewRowPrinter(output, columns);
  for (const StatsEntry& entry : section.entries) {
    const double part = whole == 0 ? 0
                                   : static_cast<double>(entry.records) /
                                         static_cast<double>(whole);
    Row row = {entry.records};
    if (has_before) {
      const int64_t before = entry.before.value_or(0);
      row.emplace_back(before);
      row.emplace_back(Change(entry.records, before));
    }
    row.emplace_back(is_rate ? Bar(part, BarLength(output))
                             : fmt::format("{:.1f} %", 100 * part));
    if (has_pid) row.emplace_back(entry.pid().value_or(0));
    row.insert(is_rate ? row.begin() : row.end(),
               ShownName(section, entry, output.zone));
    printer->Print(row);
  }
  printer->Finish();
}

void PrintTables(const Stats& stats, const Output& output) {
  const Window& window = stats.window;
  const double seconds = (static_cast<double>(window.until_ns) -
                          static_cast<double>(window.since_ns) + 1) /
                         static_cast<double>(kNsPerSecond);
  const auto line = [&](const std::string& text) {
    WriteLine(output, {{text, Style::kBold}});
  };
  line(fmt::format("{} to {}: {} records, {:.2f} per second",
                   ShortTime(window.since_ns, output.zone),
                   ShortTime(window.until_ns, output.zone), stats.records,
                   static_cast<double>(stats.records) / seconds));
  if (stats.before) {
    line(fmt::format("before: {} to {}",
                     ShortTime(stats.before->since_ns, output.zone),
                     ShortTime(stats.before->until_ns, output.zone)));
  }
  for (const StatsSection& section : stats.sections) {
    if (section.entries.empty()) continue;
    WriteLine(output, {});
    PrintTable(stats, section, output);
  }
}

void PrintRows(const Stats& stats, const Output& output) {
  std::vector<std::string> columns = {"section", "name", "pid", "records"};
  if (stats.before) columns.emplace_back("before");
  const std::unique_ptr<RowPrinter> printer = NewRowPrinter(output, columns);
  for (const StatsSection& section : stats.sections) {
    for (const StatsEntry& entry : section.entries) {
      Row row = {section.name, entry.name, {}, entry.records};
      if (const auto pid = entry.pid()) row[2] = *pid;
      if (stats.before) {
        row.emplace_back();
        if (entry.before) row.back() = *entry.before;
      }
      printer->Print(row);
    }
  }
  const auto print_loss = [&](const char* section, const std::string& interval,
                              int64_t records) {
    Row row = {section, interval, {}, records};
    if (stats.before) row.emplace_back();
    printer->Print(row);
  };
  const Losses& missing = stats.missing;
  if (missing.gaps > 0) {
    print_loss("missing", FormatInterval(missing.after_ns, missing.before_ns),
               missing.records);
  }
  for (const Downtime& downtime : missing.downtimes.longest) {
    print_loss("downtimes",
               FormatInterval(downtime.began_ns, downtime.ended_ns), 0);
  }
  printer->Finish();
}

}  // namespace

void PrintStats(const Stats& stats, const Output& output) {
  if (output.format == Format::kTable) {
    PrintTables(stats, output);
  } else {
    PrintRows(stats, output);
  }
}

}  // namespace forkdb
