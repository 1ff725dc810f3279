#include "query/print/status_printer.h"

#include <fmt/core.h>
#include <fmt/format.h>

#include <array>
#include <memory>
#include <string>
#include <utility>

#include "base/duration.h"
#include "base/saturate.h"
#include "base/time.h"
#include "terminal/line.h"
#include "terminal/row_printer.h"
#include "terminal/value.h"

namespace forkdb {
namespace {

Value IntOrNull(const std::optional<int64_t>& number) {
  if (!number) return {};
  return *number;
}

Value TextOrNull(const std::string& text) {
  if (text.empty()) return {};
  return text;
}

std::string Bytes(int64_t bytes) {
  constexpr std::array<const char*, 5> kUnits = {"B", "KiB", "MiB", "GiB",
                                                 "TiB"};
  constexpr double kStep = 1024;
  auto size = static_cast<double>(bytes);
  size_t unit = 0;
  while (size >= kStep && unit + 1 < kUnits.size()) {
    size /= kStep;
    ++unit;
  }
  return fmt::format("{:.{}f} {}", size, unit == 0 ? 0 : 1, kUnits[unit]);
}

std::string Moment(const std::optional<int64_t>& time_ns, int64_t now_ns,
                   Zone zone) {
  if (!time_ns) return "-";
  const int64_t ago_ns = Minus(now_ns, *time_ns);
  return fmt::format("{} ({})", FormatTime(*time_ns, zone),
                     ago_ns >= 0 ? FormatLength(ago_ns) + " ago"
                                 : "in " + FormatLength(Minus(0, ago_ns)));
}

std::string Retention(const Status& status) {
  if (!status.keep_ns && !status.max_bytes) return "unlimited";
  std::string text;
  if (status.keep_ns) text += "keeps " + FormatLength(*status.keep_ns);
  if (status.max_bytes) {
    text +=
        (text.empty() ? "at most " : ", at most ") + Bytes(*status.max_bytes);
  }
  return text;
}

std::string Source(const Status& status) {
  if (status.source.empty()) return "-";
  const bool slows_all = status.hook.find("sys_exit") != std::string::npos;
  return fmt::format("{} by {}{}, boot {}", status.source, status.hook,
                     slows_all ? " (slows every system call)" : "",
                     status.boot_id);
}

std::string DescribeDowntimes(const Status& status, Zone zone) {
  if (!status.last_downtime) return "none";
  const Downtime& last = *status.last_downtime;
  return fmt::format("{}, the last from {} to {} ({})", status.downtimes,
                     FormatTime(last.began_ns, zone),
                     FormatTime(last.ended_ns.value_or(0), zone), last.what);
}

void PrintLines(const Status& status, int64_t now_ns, const Output& output) {
  const std::string recorder =
      status.recorder ? fmt::format("running, pid {}", status.recorder->pid)
                      : "not running";
  const std::string waiting =
      status.recorder ? fmt::format("{}", status.recorder->waiting) : "-";
  const std::string lag =
      status.lag ? fmt::format(", {} behind", *status.lag) : "";
  constexpr double kSecondsOfRecent = 60;
  const std::vector<std::pair<const char*, std::string>> lines = {
      {"recorder", recorder},
      {"source", Source(status)},
      {"last number", fmt::format("{}{}", status.last_seq, lag)},
      {"last drain", Moment(status.last_drain_ns, now_ns, output.zone)},
      {"waiting", waiting},
      {"rate", fmt::format("{:.1f} records per second in the last minute",
                           static_cast<double>(status.recent_records) /
                               kSecondsOfRecent)},
      {"records", fmt::format("{}", status.records)},
      {"oldest", Moment(status.oldest_ns, now_ns, output.zone)},
      {"newest", Moment(status.newest_ns, now_ns, output.zone)},
      {"gaps",
       fmt::format("{}, with {} records missing", status.gaps, status.missing)},
      {"missed", fmt::format("{} calls skipped by the hook", status.missed)},
      {"downtimes", DescribeDowntimes(status, output.zone)},
      {"rejects", fmt::format("{}", status.rejects)},
      {"thinned", fmt::format("{}", status.thinned)},
      {"pruned", fmt::format("{}", status.pruned)},
      {"size", fmt::format("{}, log {}", Bytes(status.database_bytes),
                           Bytes(status.log_bytes))},
      {"retention", Retention(status)},
      {"next prune", Moment(status.next_prune_ns, now_ns, output.zone)},
  };
  for (const auto& [name, text] : lines) {
    WriteLine(output, {{fmt::format("{:12} ", name), Style::kBold}, {text}});
  }
  for (const std::string& problem : status.problems) {
    WriteWhole(output,
               {fmt::format("{:12} {}", "PROBLEM", problem), Style::kRed});
  }
  Flush(output);
}

}  // namespace

void PrintStatus(const Status& status, int64_t now_ns, const Output& output) {
  if (output.format == Format::kTable) {
    PrintLines(status, now_ns, output);
    return;
  }
  const auto recorder_number = [&](int64_t RecorderState::*field) -> Value {
    if (!status.recorder) return {};
    return (*status.recorder).*field;
  };
  const std::optional<Downtime>& last = status.last_downtime;
  const std::vector<std::pair<std::string, Value>> fields = {
      {"recorder_pid", recorder_number(&RecorderState::pid)},
      {"boot_id", TextOrNull(status.boot_id)},
      {"source", TextOrNull(status.source)},
      {"hook", TextOrNull(status.hook)},
      {"capacity", status.capacity},
      {"last_seq", status.last_seq},
      {"lag", IntOrNull(status.lag)},
      {"last_drain_ns", IntOrNull(status.last_drain_ns)},
      {"recent_records", status.recent_records},
      {"records", status.records},
      {"gaps", status.gaps},
      {"missing", status.missing},
      {"recent_missing", status.recent_missing},
      {"missed", status.missed},
      {"recent_missed", status.recent_missed},
      {"rejects", status.rejects},
      {"thinned", status.thinned},
      {"pruned", status.pruned},
      {"oldest_ns", IntOrNull(status.oldest_ns)},
      {"newest_ns", IntOrNull(status.newest_ns)},
      {"database_bytes", status.database_bytes},
      {"log_bytes", status.log_bytes},
      {"keep_ns", IntOrNull(status.keep_ns)},
      {"max_bytes", IntOrNull(status.max_bytes)},
      {"next_prune_ns", IntOrNull(status.next_prune_ns)},
      {"problems",
       TextOrNull(fmt::format("{}", fmt::join(status.problems, "; ")))},
      {"phase", status.recorder ? TextOrNull(status.recorder->phase) : Value()},
      {"silence_ns", status.recorder ? Value(status.silence_ns) : Value()},
      {"waiting", recorder_number(&RecorderState::waiting)},
      {"trouble",
       status.recorder ? TextOrNull(status.recorder->trouble) : Value()},
      {"downtimes", status.downtimes},
      {"downtime_began_ns", last ? Value(last->began_ns) : Value()},
      {"downtime_ended_ns", last ? IntOrNull(last->ended_ns) : Value()},
  };
  std::vector<std::string> columns;
  Row row;
  for (const auto& [name, value] : fields) {
    columns.push_back(name);
    row.push_back(value);
  }
  const std::unique_ptr<RowPrinter> printer = NewRowPrinter(output, columns);
  printer->Print(row);
  printer->Finish();
}

}  // namespace forkdb
