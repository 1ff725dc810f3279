// Who fills the database, and who has to make room.

#ifndef FORKDB_RECORDER_DATABASE_SHARES_H_
#define FORKDB_RECORDER_DATABASE_SHARES_H_

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>

#include <cstdint>
#include <map>
#include <vector>

namespace forkdb {

// Uids from kFirstSubuid on count as one user by kSubuids: so many are one line
// of /etc/subuid, which gives them to one unprivileged user. Returns the uid,
// or the first uid of its range.
int64_t ShareOf(int64_t uid);

inline constexpr int64_t kFirstSubuid = 100'000;
inline constexpr int64_t kSubuids = 65'536;

// What the closed blocks hold of one user, or one range of uids.
struct Share {
  int64_t share = 0;  // ShareOf() its uids
  int64_t records = 0;
  double bytes_per_record = 0;  // estimated
  std::vector<int64_t> users;   // ids of rows of users

  double bytes() const {
    return static_cast<double>(records) * bytes_per_record;
  }
};

// How many records each share has to lose so that bytes are freed and the
// largest shares are as small as possible (max-min fairness): all that lose
// something are cut to one size, and none of them was smaller. By share.
std::map<int64_t, int64_t> CutLargest(double bytes, std::vector<Share> shares);

// Measures the shares. Only reads. Throws SQLite::Exception. Not thread-safe;
// the database must outlive it.
class Shares {
 public:
  explicit Shares(SQLite::Database* database);

  std::vector<Share> Measure();

 private:
  // From a few records of two of its blocks.
  double BytesPerRecord(const Share& share);

  SQLite::Statement count_, sample_;
};

}  // namespace forkdb

#endif  // FORKDB_RECORDER_DATABASE_SHARES_H_
