// The boots in a database.

#ifndef FORKDB_QUERY_DATABASE_BOOTS_H_
#define FORKDB_QUERY_DATABASE_BOOTS_H_

#include <SQLiteCpp/Database.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace forkdb {

struct BootSummary {
  std::string boot_id;
  std::string host;  // "" if unknown
  int64_t records = 0;
  // Of the oldest and the newest record; nullopt without records.
  std::optional<int64_t> first_ns, last_ns;
  int64_t missing = 0;      // calls in rows of losses
  int64_t downtime_ns = 0;  // while the recorder was stopped in this boot
};

// The oldest boot first, in the order in which --boot counts them
// (BootsByTime()). Reads block summaries, not each record. Throws
// SQLite::Exception.
std::vector<BootSummary> ReadBoots(SQLite::Database* database);

}  // namespace forkdb

#endif  // FORKDB_QUERY_DATABASE_BOOTS_H_
