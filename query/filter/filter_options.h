// What a command line asks for, before it is looked up.

#ifndef FORKDB_QUERY_FILTER_FILTER_OPTIONS_H_
#define FORKDB_QUERY_FILTER_FILTER_OPTIONS_H_

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "query/filter/filter.h"

namespace forkdb {

// A filter as the command line has it, in text; a process may be a pid.
struct FilterOptions {
  std::string condition;
  // By column of the view forks.
  std::map<std::string, std::vector<std::string>> texts;
  std::map<std::string, std::vector<std::string>> not_texts;
  std::map<std::string, std::vector<int64_t>> numbers;
  std::vector<int64_t> pids;
  std::vector<int64_t> namespaces;
  std::vector<std::string> flags;
  std::vector<std::string> not_flags;
  std::string new_namespace;  // a type, "" for not asked
  bool threads = false, no_threads = false;
  bool failed = false, success = false;
  bool changed_namespaces = false;
  std::optional<std::string> since;
  std::optional<std::string> until;
  bool utc = false;  // times without a zone are
  std::optional<std::string> boot;
  std::optional<int64_t> under;   // a pid or the id of a record
  std::optional<std::string> at;  // when the process had the pid
};

// Parses all but the boot and the process, which a database has to look up.
// Relative times count from now_ns. Threads and new namespaces are those that
// were created, unless failed calls are asked for. Says on stderr which command
// names it cut. Throws UsageError.
Filter ReadFilter(const FilterOptions& options, int64_t now_ns);

}  // namespace forkdb

#endif  // FORKDB_QUERY_FILTER_FILTER_OPTIONS_H_
