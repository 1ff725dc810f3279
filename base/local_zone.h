// The machine's time zone as libc has it: TZ in any form that tzset(3) takes,
// else /etc/localtime, else UTC. Changes of TZ are seen. Not for use while
// another thread changes the environment.

#ifndef FORKDB_BASE_LOCAL_ZONE_H_
#define FORKDB_BASE_LOCAL_ZONE_H_

#include <cstdint>
#include <string>
#include <vector>

namespace forkdb {

// Times are in seconds since the epoch; local times are what the zone's clock
// shows, counted as if it were UTC.

int64_t LocalOf(int64_t time_s);

// "CET", "-03", as the clock's zone is called at that time.
std::string ZoneNameAt(int64_t time_s);

// When the clock shows a local time: never, once, or twice, in order.
std::vector<int64_t> MomentsOf(int64_t local_s);

// The first moment at which the clock shows a local time or, where it skips it,
// a later one.
int64_t FirstMomentOf(int64_t local_s);

}  // namespace forkdb

#endif  // FORKDB_BASE_LOCAL_ZONE_H_
