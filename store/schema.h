// The database schema, built into the binary, and SQL with its numbers.

#ifndef FORKDB_STORE_SCHEMA_H_
#define FORKDB_STORE_SCHEMA_H_

#include <fmt/core.h>
#include <linux/sched.h>

#include <cstdint>
#include <string>

#include "store/record.h"

namespace forkdb {

// The text of schema.sql (CMakeLists.txt makes the string).
extern const char kSchemaSql[];

// PRAGMA application_id and user_version in schema.sql.
inline constexpr int32_t kApplicationId = 0x666f726b;
inline constexpr int32_t kSchemaVersion = 1;

// fmt::format() for SQL that names the numbers of schema.sql: {kSeqLimit},
// {kBlockRecords}, {kStreamBlocks}, {kTickNs} and {CLONE_THREAD}. Throws
// fmt::format_error for a name that is not known.
template <typename... Args>
std::string FormatSql(fmt::string_view sql, const Args&... args) {
  return fmt::format(
      fmt::runtime(sql), args..., fmt::arg("kSeqLimit", kSeqLimit),
      fmt::arg("kBlockRecords", kBlockRecords),
      fmt::arg("kStreamBlocks", kStreamBlocks), fmt::arg("kTickNs", kTickNs),
      fmt::arg("CLONE_THREAD", CLONE_THREAD));
}

}  // namespace forkdb

#endif  // FORKDB_STORE_SCHEMA_H_
