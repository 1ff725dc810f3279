#include "recorder/aside.h"

#include <fmt/core.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <system_error>

#include "store/database.h"
#include "store/time.h"

namespace forkdb {
namespace {

// "20261124T203321Z"
std::string Stamp(int64_t now_ns) {
  std::string stamp;
  for (const char c : FormatUtc(now_ns)) {
    if (c == '.') break;
    if (c != '-' && c != ':') stamp += c;
  }
  return stamp + "Z";
}

}  // namespace

std::string MoveAside(const std::string& database, int64_t now_ns) {
  // A link to it stays.
  std::error_code error;
  const std::string path = std::filesystem::weakly_canonical(database, error);
  const std::string stem = path + ".corrupt-" + Stamp(now_ns);
  std::string aside = stem;
  for (int i = 2; access(aside.c_str(), F_OK) == 0; ++i) {
    aside = fmt::format("{}-{}", stem, i);
  }
  // The database last: until then, it is found damaged again.
  for (const char* suffix : {"-shm", "-wal", ""}) {
    if (rename((path + suffix).c_str(), (aside + suffix).c_str()) != 0 &&
        errno != ENOENT) {
      throw FileError(database, errno);
    }
  }
  return aside;
}

}  // namespace forkdb
