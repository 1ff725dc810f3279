// Measures how much of the database each user takes, and who has to make room.

#ifndef FORKDB_RECORDER_DATABASE_SHARES_H_
#define FORKDB_RECORDER_DATABASE_SHARES_H_

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>

#include <cstdint>
#include <map>
#include <vector>

namespace forkdb {

// Returns the uid, or the first uid of its range: from kFirstSubuid on, each
// range of kSubuids uids counts as one user. A line of /etc/subuid gives one
// unprivileged user such a range.
int64_t ShareOf(int64_t uid);

inline constexpr int64_t kFirstSubuid = 100'000;
inline constexpr int64_t kSubuids = 65'536;

// The records of one user, or of one range of uids, in the closed blocks.
struct Share {
  int64_t share = 0;  // ShareOf() of its uids
  int64_t records = 0;
  double bytes_per_record = 0;  // estimated
  std::vector<int64_t> users;   // ids of rows of users

  double bytes() const {
    return static_cast<double>(records) * bytes_per_record;
  }
};

// Returns how many records each share has to lose to free `bytes`. Cuts the
// largest shares to one size, and leaves the smaller ones alone (max-min
// fairness). The key is Share::share.
std::map<int64_t, int64_t> CutLargest(double bytes, std::vector<Share> shares);

// Measures the shares. Changes nothing. Throws SQLite::Exception. Not
// thread-safe. The database must outlive it.
class Shares {
 public:
  explicit Shares(SQLite::Database* database);

  std::vector<Share> Measure();

 private:
  // Estimates it from a few records of two of its blocks.
  double BytesPerRecord(const Share& share);

  SQLite::Statement count_, sample_;
};

}  // namespace forkdb

#endif  // FORKDB_RECORDER_DATABASE_SHARES_H_
