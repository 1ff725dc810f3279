// The local time zone, by libc: TZ in any form of tzset(3), else
// /etc/localtime, else UTC. Every call rereads TZ, so no other thread may
// change the environment meanwhile.

#ifndef FORKDB_BASE_LOCAL_ZONE_H_
#define FORKDB_BASE_LOCAL_ZONE_H_

#include <cstdint>
#include <string>
#include <vector>

namespace forkdb {

// time_s is in seconds since the epoch. local_s is the local date and time,
// encoded as if it were UTC.

int64_t LocalOf(int64_t time_s);

// The zone's abbreviation at that time, such as "CET" or "-03".
std::string ZoneNameAt(int64_t time_s);

// The moments that have a local time, in order: none, one, or two.
std::vector<int64_t> MomentsOf(int64_t local_s);

// The first moment with a local time. If a clock change skips the local time,
// the first moment after the change.
int64_t FirstMomentOf(int64_t local_s);

}  // namespace forkdb

#endif  // FORKDB_BASE_LOCAL_ZONE_H_
