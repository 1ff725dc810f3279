#include "recorder/daemon/metrics.h"

#include <fmt/core.h>

#include <string_view>

#include "base/duration.h"
#include "base/escape.h"

namespace forkdb {
namespace {

constexpr double kSecond = kNsPerSecond;

// Returns the text as a label value, with backslashes and quotes escaped.
// EscapeForDisplay() has already replaced newlines and other control bytes.
std::string Label(std::string_view text) {
  std::string label;
  for (const char c : EscapeForDisplay(text)) {
    if (c == '\\' || c == '"') label += '\\';
    label += c;
  }
  return label;
}

void Add(const char* name, const char* type, const char* help,
         const std::string& value, std::string* text) {
  *text += fmt::format("# HELP forkdb_{0} {2}\n# TYPE forkdb_{0} {1}\n", name,
                       type, help);
  *text += fmt::format("forkdb_{}{}\n", name, value);
}

std::string Number(int64_t value) { return fmt::format(" {}", value); }

std::string Seconds(int64_t ns) {
  return fmt::format(" {:.3f}", static_cast<double>(ns) / kSecond);
}

}  // namespace

std::string FormatMetrics(const Progress& progress) {
  const Tally& tally = progress.tally;
  std::string text;
  Add("info", "gauge", "Source, hook and boot of the records.",
      fmt::format("{{source=\"{}\",hook=\"{}\",boot_id=\"{}\"}} 1",
                  Label(progress.source), Label(progress.hook),
                  Label(progress.boot_id)),
      &text);
  Add("records_total", "counter", "Records stored since the recorder started.",
      Number(tally.records), &text);
  Add("duplicates_total", "counter", "Records read that were already stored.",
      Number(tally.duplicates), &text);
  Add("rejected_lines_total", "counter", "Lines read that were not records.",
      Number(tally.rejected), &text);
  // Gauges, because they decrease when a missing record arrives late.
  Add("gaps", "gauge", "Gaps in the record numbers since the recorder started.",
      Number(tally.gaps), &text);
  Add("missing_records", "gauge", "Records missing in these gaps.",
      Number(tally.missing), &text);
  Add("missed_calls_total", "counter",
      "Calls that the hook skipped. They have no number.", Number(tally.missed),
      &text);
  Add("last_seq", "gauge", "Highest record number stored.",
      Number(progress.last_seq), &text);
  Add("start_time_seconds", "gauge", "When the recorder started.",
      Seconds(progress.start_ns), &text);
  Add("last_drain_time_seconds", "gauge", "When records were last stored.",
      Seconds(progress.last_drain_ns), &text);
  Add("waiting_records", "gauge", "Records read but not stored yet.",
      Number(progress.waiting), &text);
  Add("seconds_since_commit", "gauge",
      "Time since the last commit. A recorder commits at least once a minute.",
      Seconds(progress.since_commit_ns), &text);
  Add("trouble", "gauge",
      "1 if the source cannot be read or the database cannot be written: see "
      "forkdb status.",
      Number(progress.in_trouble ? 1 : 0), &text);
  Add("database_bytes", "gauge", "Size of the database.",
      Number(progress.database_bytes), &text);
  Add("log_bytes", "gauge", "Size of the database's log.",
      Number(progress.log_bytes), &text);
  return text;
}

}  // namespace forkdb
