// Asking the database.

#ifndef FORKDB_QUERY_DATABASE_READER_H_
#define FORKDB_QUERY_DATABASE_READER_H_

#include <SQLiteCpp/Database.h>

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "query/ancestry/tree.h"
#include "query/count/group.h"
#include "query/count/stats.h"
#include "query/coverage/losses.h"
#include "query/database/cursor.h"
#include "query/filter/filter.h"
#include "query/filter/shape.h"
#include "query/report/report.h"
#include "query/search/burst.h"
#include "query/search/merge.h"
#include "store/stop.h"
#include "terminal/output.h"

namespace forkdb {

// Where the records of a stream come from; "" where that is not known.
struct StreamHost {
  int64_t stream = 0;
  std::string host;
  std::string machine_id;
};

// A database opened for reading. Whatever SQL it is given, it does nothing but
// read. Not thread-safe.
class Reader {
 public:
  // What it does ends with Interrupted once the stop is requested; NULL for
  // never. Throws Error if there is no such database.
  explicit Reader(std::string path, const Stop* stop = nullptr);

  // The id of the boots row that text names: "0" the latest boot, "-1" the one
  // before it, or a boot_id or the unambiguous start of one. Throws UsageError.
  int64_t FindBoot(const std::string& text);

  // A process (alive.h): it is given by the id of the record that made
  // it, or by the pid of the newest such process (not thread), of one boot or
  // of all. Throws UsageError if no record made it, and it was not alive
  // before.
  int64_t FindProcess(int64_t process, const std::optional<int64_t>& boot);

  // Sets the filter to what descends from a process: FindProcess()'s, else the
  // newest of the filter's boot that had the pid and made calls. Throws
  // UsageError if there is neither.
  void SetUnder(int64_t process, Filter* filter);

  // Sets the filter to those of its records that belong to a burst (burst.h).
  // Throws as Print() does.
  void SetBurst(const Burst& burst, Filter* filter);

  // What there is after a cursor (cursor.h).
  NewRecords FindNewRecords(const Cursor& cursor);

  // Finds the records of the filter, as rows. The result throws as Print()
  // does; the reader must outlive it.
  NextRow Find(const Filter& filter, const Shape& shape);

  // Prints them; returns how many. What was read before an Interrupted is
  // printed, too. Throws
  // UsageError if it or the shape is wrong, Error if the database cannot be
  // read.
  int64_t Print(const Filter& filter, const Shape& shape, const Output& output);

  // Counts the records that the filter asks for (group.h). Throws as Print()
  // does.
  void AddGroups(const Filter& filter, const std::vector<std::string>& columns,
                 Groups* groups);

  // What the filter's time lacks; where it does not say, from the oldest record
  // to the newest.
  Losses FindLosses(const Filter& filter);
  // What the history of a process (alive.h) lacks from its start on, in
  // its boot.
  Losses FindLossesSince(int64_t process);

  // Prints the answer of a user's SELECT. Throws UsageError, too, if it would
  // do more than read.
  void PrintSql(const std::string& sql, const Output& output);

  // Whose the streams are.
  std::vector<StreamHost> ReadHosts();

  // Tells on stderr if the database's log (-wal) is not there though a recorder
  // wrote into it: the newest records are missing then.
  void WarnOfMissingLog();

  // What there is to ask about (extent.h).
  std::string DescribeCoverage();

  // Counts (stats.h). Throws as Print() does.
  Stats ReadStats(const StatsOptions& options, int64_t now_ns);

  // What a report tells (report.h). Throws as Print() does.
  Report ReadReport(const ReportOptions& options, int64_t now_ns);

  // A process's family (tree.h). Throws as Print() does.
  void ReadTree(const TreeOptions& options,
                const std::function<void(const TreeNode&)>& take);

 private:
  // Whether a recorder watches for this database now.
  bool IsRecording() const;

  // 0 if there is none.
  int64_t FindKnown(int64_t process, const std::optional<int64_t>& boot);

  std::string path_;
  SQLite::Database database_;
  ProgressMeter* progress_;  // NULL where nobody looks
};

}  // namespace forkdb

#endif  // FORKDB_QUERY_DATABASE_READER_H_
