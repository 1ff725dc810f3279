#include "base/local_zone.h"

#include <time.h>

#include <algorithm>
#include <set>

namespace forkdb {
namespace {

constexpr int64_t kDayS = 86'400;

tm Broken(int64_t time_s) {
  const time_t time = time_s;
  tm broken{};
  tzset();  // localtime_r() may not reread TZ
  localtime_r(&time, &broken);
  return broken;
}

int64_t OffsetAt(int64_t time_s) { return Broken(time_s).tm_gmtoff; }

}  // namespace

int64_t LocalOf(int64_t time_s) { return time_s + OffsetAt(time_s); }

std::string ZoneNameAt(int64_t time_s) { return Broken(time_s).tm_zone; }

std::vector<int64_t> MomentsOf(int64_t local_s) {
  // The offsets before and after a clock change near that time.
  const std::set<int64_t> offsets = {OffsetAt(local_s - kDayS),
                                     OffsetAt(local_s + kDayS)};
  std::vector<int64_t> moments;
  for (const int64_t offset : offsets) {
    if (LocalOf(local_s - offset) == local_s) {
      moments.push_back(local_s - offset);
    }
  }
  std::sort(moments.begin(), moments.end());
  return moments;
}

int64_t FirstMomentOf(int64_t local_s) {
  const std::vector<int64_t> moments = MomentsOf(local_s);
  if (!moments.empty()) return moments.front();
  // Local time is below local_s a day earlier, and above it a day later.
  int64_t before = local_s - OffsetAt(local_s - kDayS) - kDayS;
  int64_t after = local_s - OffsetAt(local_s + kDayS) + kDayS;
  while (after - before > 1) {
    const int64_t middle = before + (after - before) / 2;
    (LocalOf(middle) < local_s ? before : after) = middle;
  }
  return after;
}

}  // namespace forkdb
