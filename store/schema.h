// The database schema, built into the binary.

#ifndef FORKDB_STORE_SCHEMA_H_
#define FORKDB_STORE_SCHEMA_H_

#include <cstdint>

namespace forkdb {

// The text of schema.sql (CMakeLists.txt makes the string).
extern const char kSchemaSql[];

// PRAGMA application_id and user_version in schema.sql.
inline constexpr int32_t kApplicationId = 0x666f726b;
inline constexpr int32_t kSchemaVersion = 1;

}  // namespace forkdb

#endif  // FORKDB_STORE_SCHEMA_H_
