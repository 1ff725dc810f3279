// Dimensions: columns of records whose values are stored once and counted per
// block. Block summaries, pruning, filters and counts all loop over this table.
// To add a dimension, add a row here, two tables in schema.sql, and code that
// fills its column.

#ifndef FORKDB_STORE_DIMENSIONS_H_
#define FORKDB_STORE_DIMENSIONS_H_

#include <array>
#include <cstddef>
#include <string_view>

#include "store/record_row.h"

namespace forkdb {

struct Dimension {
  // A column of the view forks. sql computes it from a row v of the table of
  // values. option, if any, filters by the column, and not_option leaves out
  // records by it. Unused entries have no name.
  struct ViewColumn {
    const char* name = nullptr;
    const char* sql = nullptr;
    const char* option = nullptr;
    const char* metavar = nullptr;
    const char* help = nullptr;
    bool is_number = false;
    const char* not_option = nullptr;
    const char* not_help = nullptr;
  };

  // The block table's column has the same name.
  RecordRow::Column column;
  const char* values;  // the table of values
  const char* key;     // the key of that table, stored in the column
  const char* blocks;  // the table of records per block and value
  // Only failed calls have a value. The table of values is constant.
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
     {{{"username", "v.username", "--user", "NAME",
        "Only calls by user NAME. A number is a uid.", false, "--not-user",
        "Leave out calls by user NAME."},
       {"uid", "v.uid", "--uid", "UID", "Only calls by user id UID.", true}}}},
    {RecordRow::kComm,
     "comms",
     "id",
     "comm_blocks",
     false,
     {{{"comm", "v.comm", "--comm", "PATTERN",
        "Only calls by this command. * and ? match as in the shell. The kernel "
        "keeps 15 bytes of a name.",
        false, "--not-comm", "Leave out calls by this command."}}}},
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
        "Only calls that failed with this error, e.g. EAGAIN.", false,
        "--not-errno", "Leave out calls that failed with this error."}}}},
}};

// Returns the SQL of a view column, or nullptr if the dimension does not have
// the column.
constexpr const char* ViewSql(const Dimension& dimension,
                              std::string_view column) {
  for (const Dimension::ViewColumn& each : dimension.view_columns) {
    if (each.name != nullptr && each.name == column) return each.sql;
  }
  return nullptr;
}

}  // namespace forkdb

#endif  // FORKDB_STORE_DIMENSIONS_H_
