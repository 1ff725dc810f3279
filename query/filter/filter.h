// What `forkdb query` was asked: which records, which of their columns, in
// what order.

#ifndef FORKDB_QUERY_FILTER_FILTER_H_
#define FORKDB_QUERY_FILTER_FILTER_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace forkdb {

// The records from one id to another, both included.
struct IdRange {
  int64_t first = 0;
  int64_t last = 0;
};

// Filters of different kinds must all hold. Of several values of one kind any
// will do, but of several flags all must be set.
struct Filter {
  std::string condition;            // the user's own SQL, "" for none
  std::optional<int64_t> since_ns;  // this time and later
  std::optional<int64_t> until_ns;  // this time and earlier
  std::vector<std::string> users;
  std::vector<int64_t> uids;
  std::vector<int64_t> pids;       // the caller's pid or tgid
  std::vector<int64_t> children;   // child_pid
  std::vector<std::string> comms;  // exact, or with * and ? as in a shell
  std::vector<std::string> flags;  // names, with or without CLONE_, or 0x bits
  std::vector<std::string> not_flags;  // of several, none is set
  std::vector<std::string> kinds;      // "fork"
  std::vector<std::string> errnos;     // names
  std::vector<int64_t> namespaces;     // the caller's or the child's, by inode
  // CLONE_NEW bits: calls that made a namespace of one of these types or, where
  // only failed calls are asked for, failed to.
  uint64_t new_namespaces = 0;
  std::optional<bool> threads;  // with CLONE_THREAD, or without
  std::optional<int64_t> boot;  // id of a boots row
  // Only what descends from a process (alive.h), or from the one that
  // made this call, which no record made.
  std::optional<int64_t> under;
  std::optional<int64_t> under_caller;
  // Only records in one of these, which come in order and do not overlap.
  std::optional<std::vector<IdRange>> ranges;
  bool failed = false;
};

// Which columns and rows to print, and how. Without an order, rows come in the
// order in which they were recorded, and a limit keeps the newest; with one, it
// keeps the first. reverse turns the rows around.
struct Shape {
  std::vector<std::string> columns;
  std::string order;  // "time_ns DESC, pid"; "" for id
  std::optional<int64_t> limit;
  bool reverse = false;
};

// The columns of the view, in its order.
const std::vector<std::string>& ViewColumns();

// What a person reads: the first ten of them; on a screen of less than 110
// columns (0: any number), those of the ten that it has room for.
std::vector<std::string> PeopleColumns(size_t screen_width);

// Splits "a,b" and checks that each is a column of the view; "all" is all.
// Throws UsageError.
std::vector<std::string> ParseColumns(std::string_view text);

// "time_ns DESC, pid" as SQL, turned around if reverse. Throws UsageError where
// it is anything but columns of the view.
std::string ParseOrder(std::string_view order, bool reverse);

// The bits of "NEWUSER", "CLONE_NEWUSER" or "0x10000000". Throws UsageError.
uint64_t ParseFlag(const std::string& name);

// The bit of "user" or "NEWUSER", of a namespace; "any" is all of them. Throws
// UsageError.
uint64_t ParseNamespaceType(const std::string& name);

// Throws UsageError unless the view's column kind can be this.
void CheckKind(const std::string& kind);

// The number of "EAGAIN". Throws UsageError.
int ParseErrno(const std::string& name);

}  // namespace forkdb

#endif  // FORKDB_QUERY_FILTER_FILTER_H_
