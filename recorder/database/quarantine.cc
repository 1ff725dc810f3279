#include "recorder/database/quarantine.h"

#include <fmt/core.h>
#include <sys/stat.h>

#include <algorithm>
#include <iterator>

#include "base/time.h"
#include "store/own_file.h"

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

// The database last: until then, it is found damaged again. A journal that
// stays would be rolled back into the next database.
constexpr const char* kSuffixes[] = {"-shm", "-wal", "-journal", ""};

bool IsTaken(const std::string& path) {
  return std::any_of(std::begin(kSuffixes), std::end(kSuffixes),
                     [&](const char* suffix) {
                       struct stat status {};
                       return lstat((path + suffix).c_str(), &status) == 0;
                     });
}

}  // namespace

std::string Quarantine(const std::string& database, int64_t now_ns) {
  // A link to it stays.
  const std::string path = ResolveLinks(database);
  const std::string stem = path + ".corrupt-" + Stamp(now_ns);
  std::string aside = stem;
  for (int i = 2; IsTaken(aside); ++i) aside = fmt::format("{}-{}", stem, i);
  for (const char* suffix : kSuffixes) {
    RenameOwnFile(path + suffix, aside + suffix);
  }
  return aside;
}

}  // namespace forkdb
