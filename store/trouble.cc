#include "store/trouble.h"

#include <fmt/core.h>
#include <sqlite3.h>

#include <cerrno>

#include "store/lock_holders.h"

namespace forkdb {
namespace {

using Kind = DatabaseTrouble::Kind;

}  // namespace

DatabaseTrouble DatabaseTrouble::Opening(const std::string& path,
                                         const std::string& reason, Kind kind) {
  return {fmt::format("cannot open database: {}: {}", path, reason), kind};
}

DatabaseTrouble FileError(const std::string& path, int error_number) {
  const std::string reason = ErrnoText(error_number);
  switch (error_number) {
    case EACCES:
    case EPERM:
      return DatabaseTrouble::Opening(
          path, reason + ": run as root, or choose another file with --db");
    case EDQUOT:
    case EIO:
    case EMFILE:
    case ENFILE:
    case ENOMEM:
    case ENOSPC:
    case EROFS:
      return DatabaseTrouble::Opening(path, reason, Kind::kPassing);
    default:
      return DatabaseTrouble::Opening(path, reason);
  }
}

DatabaseTrouble DatabaseError(const std::string& path,
                              const SQLite::Exception& e) {
  const auto error = [&](const std::string& reason,
                         Kind kind = Kind::kPassing) {
    return DatabaseTrouble(fmt::format("database: {}: {}", path, reason), kind);
  };
  switch (e.getErrorCode()) {
    case SQLITE_NOTADB:
      return error(
          "it is not an SQLite database: choose another file with --db",
          Kind::kDamaged);
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
    case SQLITE_PROTOCOL: {
      const std::string blocker = DescribeWriteBlocker(path);
      return error("another program holds its lock: " +
                   (blocker.empty() ? "" : blocker + ": ") +
                   "end it, then try again");
    }
    case SQLITE_FULL:
      return error(
          "no space left on the disk: make room; what was committed is safe");
    case SQLITE_READONLY:
      return error(
          "it cannot be written: run as root, or choose another file "
          "with --db",
          Kind::kStale);
    case SQLITE_CORRUPT:
      return error("it is damaged: save what is left with sqlite3's .recover",
                   Kind::kDamaged);
    case SQLITE_NOMEM:
      return error(e.what());
    case SQLITE_IOERR:
      return error(e.what(), Kind::kStale);
    default:
      return error(e.what(), Kind::kRefused);
  }
}

}  // namespace forkdb
