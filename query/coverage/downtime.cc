#include "query/coverage/downtime.h"

#include <SQLiteCpp/Statement.h>
#include <fmt/core.h>

#include <algorithm>

#include "base/escape.h"
#include "base/time.h"

namespace forkdb {
namespace {

std::optional<Downtime> FindOpen(const std::optional<int64_t>& boot,
                                 SQLite::Database* database) {
  SQLite::Statement find(
      *database,
      "SELECT boot, ifnull(ended_ns, attach_ns) FROM streams "
      "WHERE ended_ns IS NOT NULL OR attach_boottime_ns IS NOT NULL "
      "ORDER BY boot DESC, ifnull(ended_boottime_ns, attach_boottime_ns) DESC "
      "LIMIT 1");
  if (!find.executeStep()) return std::nullopt;
  if (boot && find.getColumn(0).getInt64() != *boot) return std::nullopt;
  return Downtime{find.getColumn(1).getInt64(), std::nullopt,
                  "no recorder is running"};
}

}  // namespace

Downtimes FindDowntimes(const Window& window,
                        const std::optional<int64_t>& boot, bool is_recording,
                        size_t most, SQLite::Database* database) {
  Downtimes found;
  if (!is_recording) {
    const std::optional<Downtime> open = FindOpen(boot, database);
    if (open && open->began_ns < window.until_ns) {
      ++found.count;
      found.longest.push_back(*open);
    }
  }
  SQLite::Statement find(
      *database,
      "SELECT began_ns, ended_ns, what, count(*) OVER () FROM downtimes "
      "WHERE ended_ns > ?1 AND began_ns < ?2 AND (?3 IS NULL OR boot = "
      "(SELECT boot_id FROM boots WHERE id = ?3)) "
      "ORDER BY ended_ns - began_ns DESC LIMIT ?4");
  find.bind(1, window.since_ns);
  find.bind(2, window.until_ns);
  if (boot) find.bind(3, *boot);
  find.bind(4, static_cast<int64_t>(most));
  int64_t closed = 0;
  while (find.executeStep()) {
    closed = find.getColumn(3).getInt64();
    if (found.longest.size() == most) continue;
    found.longest.push_back({find.getColumn(0).getInt64(),
                             find.getColumn(1).getInt64(),
                             EscapeForDisplay(find.getColumn(2).getString())});
  }
  found.count += closed;
  std::sort(found.longest.begin(), found.longest.end(),
            [](const Downtime& a, const Downtime& b) {
              return a.began_ns < b.began_ns;
            });
  return found;
}

std::vector<std::string> Describe(const Downtimes& downtimes, Zone zone) {
  std::vector<std::string> lines;
  for (const Downtime& downtime : downtimes.longest) {
    lines.push_back(
        downtime.ended_ns
            ? fmt::format("nothing recorded from {} to {} ({})",
                          FormatTime(downtime.began_ns, zone),
                          FormatTime(*downtime.ended_ns, zone), downtime.what)
            : fmt::format("nothing recorded after {} ({})",
                          FormatTime(downtime.began_ns, zone), downtime.what));
  }
  const auto shown = static_cast<int64_t>(downtimes.longest.size());
  if (downtimes.count > shown) {
    lines.push_back(
        fmt::format("nothing recorded in {} shorter intervals (see --sql "
                    "'SELECT * FROM downtimes')",
                    downtimes.count - shown));
  }
  return lines;
}

std::string FormatInterval(const std::optional<int64_t>& began_ns,
                           const std::optional<int64_t>& ended_ns) {
  const auto format = [](const std::optional<int64_t>& time_ns) {
    return time_ns ? FormatUtc(*time_ns) : "..";
  };
  return format(began_ns) + "/" + format(ended_ns);
}

}  // namespace forkdb
