#include "query/filter/time_bucket.h"

#include <fmt/core.h>

#include <algorithm>

#include "base/local_zone.h"
#include "base/time_text.h"

namespace forkdb {
namespace {

constexpr std::string_view kSeconds = "2026-11-23T10:00:00";

}  // namespace

const std::vector<TimeBucket>& TimeBuckets() {
  // The offsets of zones are whole minutes since 1972.
  static const std::vector<TimeBucket> buckets = {
      {"second", 1, 1, kSeconds.size(), "%Y-%m-%dT%H:%M:%SZ"},
      {"minute", kMinuteS, kMinuteS, kSeconds.size() - 3, "%Y-%m-%dT%H:%MZ"},
      {"hour", kHourS, kMinuteS, kSeconds.size() - 3, "%Y-%m-%dT%H:00Z"},
      {"day", kDayS, kMinuteS, kSeconds.find('T'), "%Y-%m-%d"}};
  return buckets;
}

const TimeBucket* FindTimeBucket(std::string_view name) {
  const std::vector<TimeBucket>& buckets = TimeBuckets();
  const auto found =
      std::find_if(buckets.begin(), buckets.end(),
                   [&](const TimeBucket& each) { return each.name == name; });
  return found == buckets.end() ? nullptr : &*found;
}

int64_t BucketStart(const TimeBucket& bucket, int64_t part, Zone zone) {
  const int64_t time_s = part * bucket.part_s;
  const int64_t local_s = zone == Zone::kUtc ? time_s : LocalOf(time_s);
  const int64_t into_s = local_s % bucket.size_s;
  // Two hours of one name, when clocks are set back, differ in their offsets.
  const bool is_local_day = bucket.size_s == kDayS && zone == Zone::kLocal;
  const int64_t start_s =
      is_local_day ? FirstMomentOf(local_s - into_s) : time_s - into_s;
  return start_s * kNsPerSecond;
}

std::string BucketName(const TimeBucket& bucket, int64_t start_ns, Zone zone) {
  const std::string time = FormatTime(start_ns, zone);
  std::string name = time.substr(0, bucket.shown);
  const bool has_offset = bucket.size_s < kDayS;
  return has_offset ? name + time.substr(kUtcForm.size() - 1) : name;
}

std::string GroupColumnSql(const std::string& column) {
  const TimeBucket* bucket = FindTimeBucket(column);
  if (bucket == nullptr) return column;
  return fmt::format("time_ns / {}", bucket->part_s * kNsPerSecond);
}

}  // namespace forkdb
