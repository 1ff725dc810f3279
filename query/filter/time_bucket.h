// Columns for --group-by that the view does not have: the second, minute, hour
// or day of a call.

#ifndef FORKDB_QUERY_FILTER_TIME_BUCKET_H_
#define FORKDB_QUERY_FILTER_TIME_BUCKET_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"

namespace forkdb {

struct TimeBucket {
  std::string_view name;
  int64_t size_s;  // of most buckets: a local day may be longer or shorter
  int64_t part_s;  // lies in one bucket, whatever the zone
  size_t shown;    // characters of FormatTime()'s date and time
  std::string_view sql_format;  // for strftime() of SQLite, in UTC
};

// From the shortest to the longest.
const std::vector<TimeBucket>& TimeBuckets();

// The bucket of that name, which lives as long as the process, or NULL.
const TimeBucket* FindTimeBucket(std::string_view name);

// The first moment of the bucket in the zone that holds the part, which is
// time_ns / (part_s * 10^9). In ns since the epoch.
int64_t BucketStart(const TimeBucket& bucket, int64_t part, Zone zone);

// The bucket that begins then: "2026-11-23T10:00Z", or "2026-11-23" for a day.
std::string BucketName(const TimeBucket& bucket, int64_t start_ns, Zone zone);

// SQL over the view forks for a column to group by: the part of its time for a
// time bucket, else the column itself.
std::string GroupColumnSql(const std::string& column);

}  // namespace forkdb

#endif  // FORKDB_QUERY_FILTER_TIME_BUCKET_H_
