// Errors of a database file.

#ifndef FORKDB_STORE_TROUBLE_H_
#define FORKDB_STORE_TROUBLE_H_

#include <SQLiteCpp/Exception.h>

#include <string>

#include "base/error.h"

namespace forkdb {

// An error of a database, with a kind for callers that can recover.
class DatabaseTrouble : public Error {
 public:
  enum class Kind {
    kPassing,  // temporary: full disk, lock, no descriptors left
    kStale,    // temporary, but the database must be reopened
    kDamaged,  // the file is corrupt or not SQLite's
    kRefused,  // anything else
  };

  DatabaseTrouble(const std::string& what, Kind kind)
      : Error(what), kind_(kind) {}
  // "cannot open database: PATH: REASON".
  static DatabaseTrouble Opening(const std::string& path,
                                 const std::string& reason,
                                 Kind kind = Kind::kRefused);

  Kind kind() const { return kind_; }

 private:
  Kind kind_;
};

// The error to throw for an errno value of open(2) on a file of the database,
// or for an exception of SQLite. Both contain advice.
DatabaseTrouble FileError(const std::string& path, int error_number);
DatabaseTrouble DatabaseError(const std::string& path,
                              const SQLite::Exception& e);

}  // namespace forkdb

#endif  // FORKDB_STORE_TROUBLE_H_
