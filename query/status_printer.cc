#include "query/status_printer.h"

#include <fmt/core.h>
#include <fmt/format.h>

#include <array>
#include <memory>
#include <string>
#include <utility>

#include "store/duration.h"
#include "store/escape.h"
#include "store/line.h"
#include "store/row_printer.h"
#include "store/time.h"
#include "store/value.h"

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

std::string Moment(const std::optional<int64_t>& time_ns, int64_t now_ns) {
  if (!time_ns) return "-";
  const int64_t ago_ns = now_ns - *time_ns;
  return fmt::format("{} ({})", FormatUtc(*time_ns),
                     ago_ns >= 0 ? FormatLength(ago_ns) + " ago"
                                 : "in " + FormatLength(-ago_ns));
}

std::string Retention(const Status& status) {
  if (!status.keep_ns && !status.max_bytes) return "keeps all";
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
  return fmt::format("{} by {}, boot {}", status.source, status.hook,
                     EscapeForDisplay(status.boot_id));
}

void PrintLines(const Status& status, int64_t now_ns, const Output& output) {
  const std::string recorder =
      status.recorder_pid ? fmt::format("running, pid {}", *status.recorder_pid)
                          : "not running";
  const std::string lag =
      status.lag ? fmt::format(", {} behind", *status.lag) : "";
  constexpr double kSecondsOfRecent = 60;
  const std::vector<std::pair<const char*, std::string>> lines = {
      {"recorder", recorder},
      {"source", Source(status)},
      {"last number", fmt::format("{}{}", status.last_seq, lag)},
      {"last drain", Moment(status.last_drain_ns, now_ns)},
      {"rate", fmt::format("{:.1f} records a second, over the last minute",
                           static_cast<double>(status.recent_records) /
                               kSecondsOfRecent)},
      {"records", fmt::format("{}", status.records)},
      {"oldest", Moment(status.oldest_ns, now_ns)},
      {"newest", Moment(status.newest_ns, now_ns)},
      {"gaps",
       fmt::format("{}, with {} records missing", status.gaps, status.missing)},
      {"rejects", fmt::format("{}", status.rejects)},
      {"pruned", fmt::format("{}", status.pruned)},
      {"size", fmt::format("{}, and a log of {}", Bytes(status.database_bytes),
                           Bytes(status.log_bytes))},
      {"retention", Retention(status)},
      {"next prune", Moment(status.next_prune_ns, now_ns)},
  };
  for (const auto& [name, text] : lines) {
    WriteLine(output, {{fmt::format("{:12} ", name), Style::kBold}, {text}});
  }
  for (const std::string& problem : status.problems) {
    Write(output, Styled(output, Style::kRed,
                         fmt::format("{:12} {}", "PROBLEM", problem)) +
                      "\n");
  }
  Flush(output);
}

}  // namespace

void PrintStatus(const Status& status, int64_t now_ns, const Output& output) {
  if (output.format == Format::kTable) {
    PrintLines(status, now_ns, output);
    return;
  }
  const std::vector<std::pair<std::string, Value>> fields = {
      {"recorder_pid", IntOrNull(status.recorder_pid)},
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
      {"rejects", status.rejects},
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
