// Which records are asked for.

#ifndef FORKDB_QUERY_FILTER_FILTER_H_
#define FORKDB_QUERY_FILTER_FILTER_H_

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "query/filter/condition.h"
#include "query/filter/process.h"
#include "terminal/value.h"

namespace forkdb {

// The records from one id to another, both included.
struct IdRange {
  int64_t first = 0;
  int64_t last = 0;
};

// Filters of different kinds must all hold. Values are parsed: what a filter
// holds exists.
struct Filter {
  std::string condition;            // the user's own SQL, "" for none
  std::optional<int64_t> since_ns;  // this time and later
  std::optional<int64_t> until_ns;  // this time and earlier
  // By column of the view forks: the record has one of the values. Values of
  // comm may be patterns, with * and ? as in a shell. An integer among the
  // values of username is a uid.
  std::map<std::string, std::vector<Value>, std::less<>> values;
  // The same, but the record has none of the values.
  std::map<std::string, std::vector<Value>, std::less<>> not_values;
  std::vector<Value> pids;  // one is the caller's pid or tgid
  std::vector<Value>
      namespaces;               // one is the caller's or the child's, by inode
  uint64_t flags = 0;           // all of these bits are set
  uint64_t not_flags = 0;       // none of these bits is set
  uint64_t new_namespaces = 0;  // one of these CLONE_NEW bits is set
  std::optional<bool> threads;  // with CLONE_THREAD, or without
  bool failed = false;
  bool succeeded = false;
  // The caller is in another user namespace than it was created in, or its
  // child in another PID namespace without CLONE_NEWPID.
  bool changed_namespaces = false;
  std::optional<int64_t> boot;  // id of a boots row
  // Only calls of a process and of its descendants.
  std::optional<Process> under;
  std::optional<int64_t> under_at_ns;  // when it had its pid
  // Only records in one of these, which come in order and do not overlap.
  std::optional<std::vector<IdRange>> ranges;
};

// What the filter asks of each record by itself: all of these hold. under and
// ranges are not among them, as they are about records together.
std::vector<Condition> ConditionsOf(const Filter& filter);

}  // namespace forkdb

#endif  // FORKDB_QUERY_FILTER_FILTER_H_
