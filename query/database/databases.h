// Several databases asked as one.

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

// One database, or more: then rows are in the order of time, with the host in
// front, and what is said of a database says of which. One question at a time;
// not thread-safe.
class Databases {
 public:
  // Questions end with Interrupted once the stop is requested. Throws Error if
  // one of them cannot be opened, UsageError if two are the same file: its rows
  // would come twice, and SQLite's locks would be lost.
  Databases(const std::vector<std::string>& paths, const Stop* stop);

  // Sets what is asked for: looks up the boot, which at least one must have,
  // and the process in the one there is. Throws UsageError.
  void SetFilter(const FilterOptions& options, const Filter& filter);

  // Narrows it to bursts, to what is after a cursor, or to failures. Returns
  // what is behind all of them.
  void KeepBursts(const Burst& burst);
  NewRecords KeepNewRecords(const Cursor& cursor);
  void KeepFailures();

  // What is behind the cursor, without an effect.
  NewRecords FindNewRecords(const Cursor& cursor);

  // The names of the columns that Print() prints.
  std::vector<std::string> Columns(const Shape& shape) const;

  // Prints the records, and does not finish; returns how many. Of several, the
  // shape has no order, and a limit keeps the newest of all. Throws as
  // Reader::Print() does.
  int64_t Print(const Shape& shape, RowPrinter* printer);

  void AddGroups(const std::vector<std::string>& columns, Groups* groups);

  // Tells of each whose log is missing (Reader).
  void WarnOfMissingLogs();

  // Tell, on stderr, what the asked time lacks, and what there is to ask about.
  void WarnOfGaps();
  void TellCoverage();

  bool several() const { return parts_.size() > 1; }
  const Filter& first_filter() const { return parts_.front().filter; }
  Reader& first() { return *parts_.front().reader; }

 private:
  struct Part {
    std::string path;
    std::unique_ptr<Reader> reader;
    Filter filter;
    std::map<int64_t, std::string> hosts;  // by stream
    bool asked = true;                     // whether it has the boot
  };

  void NameHosts();
  int64_t PrintMerged(const Shape& shape, RowPrinter* printer);
  // How many of the newest rows of all are each part's.
  std::vector<int64_t> ShareLimit(int64_t limit);
  // "a.db: " where that is needed.
  std::string Prefix(const Part& part) const;

  std::vector<Part> parts_;
};

}  // namespace forkdb

#endif  // FORKDB_QUERY_DATABASE_DATABASES_H_
