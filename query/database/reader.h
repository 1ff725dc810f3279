// Queries one database.

#ifndef FORKDB_QUERY_DATABASE_READER_H_
#define FORKDB_QUERY_DATABASE_READER_H_

#include <SQLiteCpp/Database.h>

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include "query/ancestry/tree.h"
#include "query/count/group.h"
#include "query/count/stats.h"
#include "query/coverage/losses.h"
#include "query/database/boots.h"
#include "query/database/cursor.h"
#include "query/database/find_process.h"
#include "query/filter/filter.h"
#include "query/filter/shape.h"
#include "query/report/report.h"
#include "query/search/burst.h"
#include "query/search/merge.h"
#include "query/search/namespace_lives.h"
#include "store/stop.h"
#include "terminal/output.h"

namespace forkdb {

// The machine that recorded a stream. Unknown names are "".
struct StreamHost {
  int64_t stream = 0;
  std::string host;
  std::string machine_id;
};

// A user of whom there are records.
struct RecordedUser {
  int64_t uid = 0;
  std::string name;

  bool operator<(const RecordedUser& other) const {
    return std::tie(uid, name) < std::tie(other.uid, other.name);
  }
};

// A database opened for reading. A user's SQL can only read. Not thread-safe.
class Reader {
 public:
  // What it does ends with Interrupted once the stop is requested; NULL for
  // never. Throws Error if there is no such database.
  explicit Reader(std::string path, const Stop* stop = nullptr,
                  const Notes& notes = {});

  // The id of the boots row that text names: "0" the latest boot, "-1" the one
  // before it, or a boot_id or the unambiguous start of one. Throws UsageError.
  int64_t FindBoot(const std::string& text);

  // The process that a user means (find_process.h).
  Process FindProcess(const WantedProcess& wanted);

  // Limits the filter to records that belong to a burst (burst.h). Throws as
  // Print() does.
  void SetBurst(const Burst& burst, Filter* filter);

  // What the database has after a cursor (cursor.h).
  NewRecords FindNewRecords(const Cursor& cursor);

  // The cursor after what was shown (cursor.h).
  Cursor CursorAfter(const Cursor& cursor, const Shown& shown);

  // Whether rows come from several streams, which are merged by time
  // (rows_by_time.h).
  bool HasSeveralStreams();

  // Returns the filter's records as rows. The result throws as Print() does;
  // the reader must outlive it.
  NextRow Find(const Filter& filter, const Shape& shape);

  // Prints the filter's records and returns their number. On Interrupted,
  // prints the rows read so far. Throws UsageError if the filter or the shape
  // is wrong, Error if the database cannot be read.
  int64_t Print(const Filter& filter, const Shape& shape, const Output& output);

  // Counts the filter's records (group.h). Throws as Print() does.
  void AddGroups(const Filter& filter, const std::vector<std::string>& columns,
                 Groups* groups);

  // Counts what belongs to bursts (burst_groups.h). Throws as Print() does.
  void AddBurstGroups(const Filter& filter, const Burst& burst,
                      const std::vector<std::string>& columns, Groups* groups);

  // What is missing from the filter's time range. An open end of the range is
  // the oldest or newest record.
  Losses FindLosses(const Filter& filter);
  // What is missing since the start of a process, in its boot.
  Losses FindLossesSince(const Process& process);

  // Prints the result of a user's SELECT. Returns the number of rows. Throws as
  // Print() does, and UsageError if the SQL does not only read.
  int64_t PrintSql(const std::string& sql, const Output& output);

  // The machines of all streams.
  std::vector<StreamHost> ReadHosts();

  // What the filter's namespaces stood for (namespace_lives.h).
  std::vector<NamespaceLives> FindNamespaceLives(const Filter& filter,
                                                 size_t most_times);

  // All users, under every name that they had.
  std::vector<RecordedUser> ReadUsers();

  // Warns on stderr if a recorder was writing to the database and its log
  // (-wal) is missing. Then the newest records are missing, too.
  void WarnOfMissingLog();

  // Describes the extent of the database (extent.h).
  std::string DescribeCoverage();

  // Computes statistics (stats.h). Throws as Print() does.
  Stats ReadStats(const StatsOptions& options, int64_t now_ns);

  // Throws as Print() does.
  std::vector<BootSummary> ReadBoots();

  // Computes a report (report.h). Throws as Print() does.
  Report ReadReport(const ReportOptions& options, int64_t now_ns);

  // Reads a process's family (tree.h). Throws as Print() does.
  void ReadTree(const TreeOptions& options,
                const std::function<void(const TreeNode&)>& take);

 private:
  // Whether a recorder is running for this database.
  bool IsRecording() const;

  std::string path_;
  SQLite::Database database_;
  Notes notes_;
  ProgressMeter* progress_;  // NULL where nobody looks
};

}  // namespace forkdb

#endif  // FORKDB_QUERY_DATABASE_READER_H_
