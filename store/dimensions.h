// The columns of records whose values are stored once and counted by block. All
// that goes over such columns goes by this table: the recorder's block
// summaries and pruning, and the filters and counts of questions. A new one is
// a row here, two tables in schema.sql, and what fills its column.

#ifndef FORKDB_STORE_DIMENSIONS_H_
#define FORKDB_STORE_DIMENSIONS_H_

#include <array>
#include <cstddef>
#include <string_view>

#include "store/record_row.h"

namespace forkdb {

struct Dimension {
  // A column of the view forks, and SQL for its value in a row v of the table
  // of values; NULL for none. With an option, that asks for rows that have one
  // of some values.
  struct ViewColumn {
    const char* name = nullptr;
    const char* sql = nullptr;
    const char* option = nullptr;
    const char* metavar = nullptr;
    const char* help = nullptr;
    bool is_number = false;
  };

  // Its name is also that of the block table's column.
  RecordRow::Column column;
  const char* values;  // the table of its values
  const char* key;     // that table's key, which the column holds
  const char* blocks;  // how many records of a block have a value
  // Only failed calls have a value. All values are known beforehand, and stay.
  bool of_failures;
  std::array<ViewColumn, 4> view_columns;

  constexpr std::string_view name() const { return RecordRow::kNames[column]; }
};

inline constexpr std::array<Dimension, 5> kDimensions = {{
    {RecordRow::kUser,
     "users",
     "id",
     "user_blocks",
     false,
     {{{"username", "v.username", "--user", "NAME", "Only calls by user NAME."},
       {"uid", "v.uid", "--uid", "UID", "Only calls by user id UID.", true}}}},
    {RecordRow::kComm,
     "comms",
     "id",
     "comm_blocks",
     false,
     {{{"comm", "v.comm", "--comm", "PATTERN",
        "Only calls by this command. * and ? match as in the shell."}}}},
    {RecordRow::kFlagSet,
     "flag_sets",
     "id",
     "flag_set_blocks",
     false,
     {{{"kind", "v.kind", "--kind", "KIND",
        "Only calls of this kind: fork, vfork, thread, process, namespace or "
        "kthread."},
       {"flags", "v.names"},
       {"flags_raw", "v.flags"},
       {"exit_signal", "v.exit_signal"}}}},
    {RecordRow::kNamespaceSet,
     "namespace_sets",
     "id",
     "namespace_set_blocks",
     false,
     {{{"pid_ns", "v.pid_ns"},
       {"user_ns", "v.user_ns"},
       {"child_pid_ns", "v.child_pid_ns"},
       {"child_user_ns", "v.child_user_ns"}}}},
    {RecordRow::kRet,
     "errnos",
     "ret",
     "errno_blocks",
     true,
     {{{"errno", "v.errno", "--errno", "ERRNO",
        "Only calls that failed with this error, e.g. EAGAIN."}}}},
}};

// SQL for a column of the view in a row v of the dimension's values; NULL if
// the dimension does not have that column.
constexpr const char* ViewSql(const Dimension& dimension,
                              std::string_view column) {
  for (const Dimension::ViewColumn& each : dimension.view_columns) {
    if (each.name != nullptr && each.name == column) return each.sql;
  }
  return nullptr;
}

}  // namespace forkdb

#endif  // FORKDB_STORE_DIMENSIONS_H_
