// What is asked of one record, as a tree that prints as SQL.

#ifndef FORKDB_QUERY_FILTER_CONDITION_H_
#define FORKDB_QUERY_FILTER_CONDITION_H_

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "terminal/value.h"

namespace forkdb {

// A node of the tree. Columns are those of the view forks. A plain value.
struct Condition {
  enum class Op {
    kAll,        // all parts hold
    kAny,        // one of the parts holds
    kNot,        // the only part does not hold; NULL does not
    kIn,         // the column has one of the values
    kInSelect,   // the column has a value of the SELECT in sql
    kGlob,       // the column, as text, matches the value, as GLOB does
    kAllBits,    // the column has all bits of the value
    kAnyBit,     // one of them
    kNoBit,      // none of them
    kAtLeast,    // the column is the value or more
    kAtMost,     // the value or less
    kIsNotNull,  // the column has a value
    kSql,        // the user's own condition, sql, holds
  };

  Op op = Op::kAll;
  std::string column;
  std::vector<Value> values;
  std::string sql;
  std::vector<Condition> parts;
};

Condition AllOf(std::vector<Condition> parts);
Condition AnyOf(std::vector<Condition> parts);
Condition Not(Condition part);
Condition Is(Condition::Op op, std::string column, std::vector<Value> values);

// Every column that the tree names, each once.
std::vector<std::string> ColumnsOf(const Condition& condition);

// SQL to read and to run by itself: values are literals.
std::string ToSql(const Condition& condition);

// SQL with a parameter "?" for each value; the values are appended in the same
// order. column_sql gives the SQL for a column of the view.
std::string ToBoundSql(
    const Condition& condition,
    const std::function<std::string(std::string_view)>& column_sql,
    Row* values);

}  // namespace forkdb

#endif  // FORKDB_QUERY_FILTER_CONDITION_H_
