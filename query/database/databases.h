// Queries one or several databases.

#ifndef FORKDB_QUERY_DATABASE_DATABASES_H_
#define FORKDB_QUERY_DATABASE_DATABASES_H_

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "query/count/groups.h"
#include "query/database/cursor.h"
#include "query/database/reader.h"
#include "query/filter/filter.h"
#include "query/filter/filter_options.h"
#include "query/filter/shape.h"
#include "query/search/burst.h"
#include "terminal/row_printer.h"

namespace forkdb {

// With several databases, rows are in the order of time and start with the
// host, and messages name the database. Not thread-safe.
class Databases {
 public:
  // Queries throw Interrupted after a request to stop. Throws Error if a
  // database cannot be opened, and UsageError if two paths are the same file:
  // rows would appear twice, and SQLite would lose its locks.
  Databases(const std::vector<std::string>& paths, const Stop* stop,
            const Notes& notes = {});

  // Sets the filter. Looks up the boot, which at least one database must have,
  // and the process, which requires a single database. Throws UsageError.
  void SetFilter(const FilterOptions& options, const Filter& filter);

  // Narrow the filter to bursts, to records after a cursor, or to failures.
  // KeepNewRecords() returns what all databases have after the cursor.
  void KeepBursts(const Burst& burst);
  NewRecords KeepNewRecords(const Cursor& cursor);
  void KeepFailures();

  // What all databases have after the cursor.
  NewRecords FindNewRecords(const Cursor& cursor);

  // The names of the columns that Print() prints.
  std::vector<std::string> Columns(const Shape& shape) const;

  // Prints the records without RowPrinter::Finish(). Returns their number. With
  // several databases, the shape must have no order, and a limit keeps the
  // newest or oldest records of all. Throws as Reader::Print() does.
  int64_t Print(const Shape& shape, RowPrinter* printer);

  // The cursor after the oldest records that Print() printed last.
  Cursor CursorAfterPrinted(const Cursor& cursor) const;

  void AddGroups(const std::vector<std::string>& columns, Groups* groups);
  // Adds what belongs to bursts of a group alone (burst_groups.h).
  void AddBurstGroups(const Burst& burst,
                      const std::vector<std::string>& columns, Groups* groups);

  // Tells on stderr which users of the filter have no record. Throws UsageError
  // for names that nobody knows (known_users.h).
  void CheckUsers();

  // Tells on stderr which namespaces of the filter were several under one
  // number, and how to choose one.
  void TellMixedNamespaces();

  // Warns of each missing log (Reader::WarnOfMissingLog()).
  void WarnOfMissingLogs();

  // Print on stderr what the filter's time range is missing, and the extent of
  // each database.
  void WarnOfGaps();
  void TellCoverage();

  // Tells on stderr, where nothing was found, which calls are not recorded.
  void TellWhatIsNotRecorded();

  bool several() const { return parts_.size() > 1; }
  const Filter& first_filter() const { return parts_.front().filter; }
  Reader& first() { return *parts_.front().reader; }

 private:
  struct Part {
    std::string path;
    std::unique_ptr<Reader> reader;
    Filter filter;
    std::map<int64_t, std::string> hosts;  // by stream
    bool asked = true;                     // false if it lacks the boot
    Shown shown;                           // by the last Print()

    void NoteShown(int64_t id);
  };

  void NameHosts();
  int64_t PrintMerged(const Shape& shape, RowPrinter* printer);
  // How many of the newest rows of all parts each part has.
  std::vector<int64_t> ShareLimit(int64_t limit);
  // "a.db: " with several databases, else "".
  std::string Prefix(const Part& part) const;

  std::vector<Part> parts_;
  Notes notes_;
};

}  // namespace forkdb

#endif  // FORKDB_QUERY_DATABASE_DATABASES_H_
