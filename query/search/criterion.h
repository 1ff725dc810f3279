// What a filter can ask of a record, one criterion each.

#ifndef FORKDB_QUERY_SEARCH_CRITERION_H_
#define FORKDB_QUERY_SEARCH_CRITERION_H_

#include <string>
#include <string_view>

namespace forkdb {

// The values that are asked for are in the temporary table wanted_NAME (value
// INTEGER PRIMARY KEY), if the conditions mention it; that of the ranges has
// their ends, too.
struct Criterion {
  std::string_view name;    // and the column of records and of the table below
  std::string_view blocks;  // the table that has its blocks, "" for none
  bool of_failures;         // only failed calls have one
  // SQL: that a block d can have one of the wanted values, that a row of
  // records does.
  std::string block_condition;
  std::string row_condition;
};

// The criterion of that name, which exists. Lives as long as the process.
const Criterion* FindCriterion(std::string_view name);

}  // namespace forkdb

#endif  // FORKDB_QUERY_SEARCH_CRITERION_H_
