#include "query/search/burst.h"

#include <SQLiteCpp/Statement.h>
#include <fmt/core.h>

#include <charconv>
#include <cstdlib>
#include <system_error>
#include <utility>

#include "base/duration.h"
#include "base/error.h"
#include "query/search/row_cursor.h"
#include "store/record.h"

namespace forkdb {
namespace {

// The window is in memory. No machine has more pids.
constexpr int64_t kMostRecords = 4'194'304;

}  // namespace

Burst ParseBurst(std::string_view text) {
  Burst burst;
  const char* end = text.data() + text.size();
  const auto result = std::from_chars(text.data(), end, burst.records);
  if (result.ec == std::errc() && result.ptr != end && *result.ptr == '/' &&
      burst.records >= 2 && burst.records <= kMostRecords) {
    const auto after = static_cast<size_t>(result.ptr + 1 - text.data());
    const std::optional<int64_t> within_ns =
        ReadDuration(text.substr(after), kNsPerSecond);
    if (within_ns && *within_ns > 0) {
      burst.within_ns = *within_ns;
      return burst;
    }
  }
  throw UsageError(
      fmt::format("--burst {}: write a number (2 or more) and a time, e.g. "
                  "100/1s or 20/100ms",
                  text));
}

void BurstFinder::Add(int64_t id, int64_t time_ns) {
  if (!latest_.empty() && latest_.back().id / kSeqLimit != id / kSeqLimit) {
    latest_.clear();
  }
  latest_.push_back({id, time_ns});
  const auto size = static_cast<size_t>(burst_.records);
  if (latest_.size() > size) latest_.pop_front();
  if (latest_.size() < size) return;
  // llabs(): a clock that was set back makes no burst.
  if (std::llabs(time_ns - latest_.front().time_ns) > burst_.within_ns) return;
  const int64_t counted = found_.empty() ? 0 : found_.back().last;
  for (auto seen = latest_.rbegin();
       seen != latest_.rend() && seen->id > counted; ++seen) {
    ++records_;
  }
  if (!found_.empty() && found_.back().last >= latest_.front().id) {
    found_.back().last = id;
  } else {
    found_.push_back({latest_.front().id, id});
  }
}

std::vector<IdRange> BurstFinder::Take() {
  latest_.clear();
  return std::move(found_);
}

std::vector<IdRange> FindBursts(const Search& search, const Burst& burst) {
  BurstFinder finder(burst);
  RowCursor rows(search, {"id, time_ns"});
  while (SQLite::Statement* row = rows.Next()) {
    finder.Add(row->getColumn(0).getInt64(), row->getColumn(1).getInt64());
  }
  return finder.Take();
}

}  // namespace forkdb
