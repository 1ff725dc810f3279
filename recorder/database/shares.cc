#include "recorder/database/shares.h"

#include <algorithm>
#include <cstddef>
#include <utility>

#include "store/schema.h"

namespace forkdb {
namespace {

// The size of a record with its rows in pid_blocks and its part of the block's
// summary.
constexpr double kRecordBytes = 100;
// Users with less than 1 / kLeastPart of all records are not sampled.
constexpr int64_t kLeastPart = 16;

// The size of the names of a record of user ?1. If few blocks use a name, its
// records are charged for its row and for its entries in indexes and summaries.
constexpr char kSampleSql[] =
    "WITH some AS (SELECT comm, flag_set, namespace_set FROM "
    "(SELECT min(block) AS block FROM user_blocks WHERE user = ?1 UNION "
    "SELECT max(block) FROM user_blocks WHERE user = ?1) AS b "
    "CROSS JOIN records AS r ON r.id BETWEEN b.block * {kBlockRecords} AND "
    "(b.block + 1) * {kBlockRecords} - 1 WHERE r.user = ?1 LIMIT 512), "
    "names AS (SELECT (SELECT count(*) FROM (SELECT 1 FROM "
    "flag_set_blocks AS x WHERE x.flag_set = s.flag_set LIMIT 16)) "
    "AS blocks, 400.0 AS bytes FROM "
    "(SELECT DISTINCT flag_set FROM some) AS s UNION ALL "
    "SELECT (SELECT count(*) FROM (SELECT 1 FROM comm_blocks AS x "
    "WHERE x.comm = s.comm LIMIT 16)), 120.0 FROM "
    "(SELECT DISTINCT comm FROM some) AS s UNION ALL "
    "SELECT (SELECT count(*) FROM (SELECT 1 FROM namespace_set_blocks "
    "AS x WHERE x.namespace_set = s.namespace_set LIMIT 16)), 120.0 "
    "FROM (SELECT DISTINCT namespace_set FROM some) AS s) "
    "SELECT ifnull(sum(bytes / max(blocks, 1)) / "
    "(SELECT count(*) FROM some), 0) FROM names";

}  // namespace

int64_t ShareOf(int64_t uid) {
  if (uid < kFirstSubuid) return uid;
  return uid - (uid - kFirstSubuid) % kSubuids;
}

std::map<int64_t, int64_t> CutLargest(double bytes, std::vector<Share> shares) {
  std::sort(shares.begin(), shares.end(), [](const Share& a, const Share& b) {
    return a.bytes() > b.bytes();
  });
  double sum = 0;
  double level = 0;
  size_t cut = 0;
  while (cut < shares.size() && shares[cut].bytes() > level) {
    sum += shares[cut++].bytes();
    level = std::max(0.0, (sum - bytes) / static_cast<double>(cut));
  }
  std::map<int64_t, int64_t> records;
  for (size_t i = 0; i < cut; ++i) {
    const double over = shares[i].bytes() - level;
    records[shares[i].share] =
        static_cast<int64_t>(over / shares[i].bytes_per_record) + 1;
  }
  return records;
}

Shares::Shares(SQLite::Database* database)
    : count_(*database,
             "SELECT u.uid, b.user, sum(b.records) FROM user_blocks AS b "
             "JOIN users AS u ON u.id = b.user GROUP BY b.user"),
      sample_(*database, FormatSql(kSampleSql)) {}

std::vector<Share> Shares::Measure() {
  std::map<int64_t, Share> by_share;
  int64_t all = 0;
  while (count_.executeStep()) {
    Share& share = by_share[ShareOf(count_.getColumn(0).getInt64())];
    share.users.push_back(count_.getColumn(1).getInt64());
    share.records += count_.getColumn(2).getInt64();
    all += count_.getColumn(2).getInt64();
  }
  count_.reset();
  std::vector<Share> shares;
  for (auto& [key, share] : by_share) {
    share.share = key;
    share.bytes_per_record = kRecordBytes;
    if (share.records * kLeastPart >= all) {
      share.bytes_per_record += BytesPerRecord(share);
    }
    shares.push_back(std::move(share));
  }
  return shares;
}

double Shares::BytesPerRecord(const Share& share) {
  sample_.bind(1, share.users.front());
  sample_.executeStep();
  const double bytes = sample_.getColumn(0).getDouble();
  sample_.reset();
  return bytes;
}

}  // namespace forkdb
