// The columns of the table records, for all SQL and code that names them. A
// test compares them with schema.sql.

#ifndef FORKDB_STORE_RECORD_ROW_H_
#define FORKDB_STORE_RECORD_ROW_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>

namespace forkdb {

// A row of the table records. kNull stands for NULL.
struct RecordRow {
  // In the table's order.
  enum Column : size_t {
    kId,
    kTimeNs,
    kUser,
    kComm,
    kFlagSet,
    kNamespaceSet,
    kPid,
    kTgid,
    kPpid,
    kStartNs,
    kRet,
    kChildPid,
    kChildStartNs,
    kChildNsPid,
    kCallerId,
    kColumns
  };
  static constexpr std::array<std::string_view, kColumns> kNames = {
      "id",
      "time_ns",
      "user",
      "comm",
      "flag_set",
      "namespace_set",
      "pid",
      "tgid",
      "ppid",
      "start_ns",
      "ret",
      "child_pid",
      "child_start_ns",
      "child_ns_pid",
      "caller_id"};
  static constexpr int64_t kNull = std::numeric_limits<int64_t>::min();

  // "id, time_ns, …"
  static std::string AllNames();

  std::array<int64_t, kColumns> values;

  int64_t& operator[](Column column) { return values[column]; }
  int64_t operator[](Column column) const { return values[column]; }
};

}  // namespace forkdb

#endif  // FORKDB_STORE_RECORD_ROW_H_
