// What `forkdb query` was asked.

#ifndef FORKDB_QUERY_ASK_H_
#define FORKDB_QUERY_ASK_H_

#include <optional>
#include <string>
#include <vector>

#include "query/cursor_command.h"
#include "query/filter/shape.h"
#include "query/filter_command.h"
#include "query/search/burst.h"
#include "terminal/output.h"
#include "terminal/screen.h"

namespace forkdb {

struct QueryOptions {
  std::vector<std::string> databases;
  std::optional<std::string> sql;
  FilterOptions filter;
  std::optional<std::string> columns;
  Shape shape;
  std::optional<Burst> burst;
  CursorOptions cursor;
  bool count = false;
  std::optional<std::string> group_by;
  bool follow = false;
  bool explain = false;
  bool print_sql = false;
  bool list_boots = false;
  bool exit_code = false;  // throw NothingFound
  std::optional<int64_t> timeout_ns;
  OutputOptions look;
  Output output;  // as the look has it
};

// The shape with the columns that the options ask for. Throws UsageError.
Shape ChooseShape(const QueryOptions& options);

// Answers. Throws UsageError, Error or NothingFound.
void AskDatabases(const QueryOptions& options);

}  // namespace forkdb

#endif  // FORKDB_QUERY_ASK_H_
