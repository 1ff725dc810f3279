// What a command line asks for, before it is looked up.

#ifndef FORKDB_QUERY_FILTER_FILTER_OPTIONS_H_
#define FORKDB_QUERY_FILTER_FILTER_OPTIONS_H_

#include <cstdint>
#include <optional>
#include <string>

#include "query/filter/filter.h"

namespace forkdb {

// A filter as the command line has it: times and boot are still text,
// and a process may be a pid.
struct FilterOptions {
  Filter filter;
  std::optional<std::string> since;
  std::optional<std::string> until;
  bool utc = false;  // times without a zone are
  std::optional<std::string> boot;
  std::string new_namespace;  // a type, "" for not asked
  bool threads = false, no_threads = false;
  std::optional<int64_t> under;  // a pid or the id of a record
};

// The filter with its times; now_ns is what relative ones count from. The boot
// and the process are still to be looked up. Throws UsageError.
Filter ReadFilter(const FilterOptions& options, int64_t now_ns);

}  // namespace forkdb

#endif  // FORKDB_QUERY_FILTER_FILTER_OPTIONS_H_
