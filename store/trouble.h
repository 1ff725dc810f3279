// What can be wrong with a database file.

#ifndef FORKDB_STORE_TROUBLE_H_
#define FORKDB_STORE_TROUBLE_H_

#include <SQLiteCpp/Exception.h>

#include <string>

#include "base/error.h"

namespace forkdb {

// What is wrong with a database, for those who go on all the same.
class DatabaseTrouble : public Error {
 public:
  enum class Kind {
    kPassing,  // may be over later: full disk, lock, no descriptors left
    kStale,    // the same, but it must be opened again
    kDamaged,  // SQLite cannot make sense of it
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

// What to throw for an errno value of open(2) on a file of the database, and
// for what SQLite said of it; both with advice.
DatabaseTrouble FileError(const std::string& path, int error_number);
DatabaseTrouble DatabaseError(const std::string& path,
                              const SQLite::Exception& e);

}  // namespace forkdb

#endif  // FORKDB_STORE_TROUBLE_H_
