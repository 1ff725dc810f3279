// The database's definition, as the binary carries it.

#ifndef FORKDB_STORE_SCHEMA_H_
#define FORKDB_STORE_SCHEMA_H_

#include <cstdint>

namespace forkdb {

// schema.sql, word for word (made into a string by CMakeLists.txt).
extern const char kSchemaSql[];

// What schema.sql sets as PRAGMA application_id and user_version.
inline constexpr int32_t kApplicationId = 0x666f726b;
inline constexpr int32_t kSchemaVersion = 1;

}  // namespace forkdb

#endif  // FORKDB_STORE_SCHEMA_H_
