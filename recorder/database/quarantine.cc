#include "recorder/database/quarantine.h"

#include <fmt/core.h>

#include <algorithm>
#include <iterator>
#include <vector>

#include "base/time.h"
#include "store/own_file.h"
#include "store/trouble.h"

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

// The database comes last: if a rename before it fails, the next try finds the
// damaged database again. A journal left behind would be rolled back into the
// next database.
constexpr const char* kSuffixes[] = {"-shm", "-wal", "-journal", ""};

bool IsTaken(const std::string& path) {
  return std::any_of(
      std::begin(kSuffixes), std::end(kSuffixes),
      [&](const char* suffix) { return FindFile(path + suffix).has_value(); });
}

// Gives the files their old names again. Returns the first file that could not
// be renamed, or "".
std::string RenameBack(const std::vector<const char*>& suffixes,
                       const std::string& aside, const std::string& path) {
  std::string kept;
  for (const char* suffix : suffixes) {
    try {
      RenameOwnFile(aside + suffix, path + suffix);
    } catch (const DatabaseTrouble&) {
      if (kept.empty()) kept = aside + suffix;
    }
  }
  return kept;
}

}  // namespace

std::string Quarantine(const std::string& database, int64_t now_ns) {
  // A symbolic link to the database stays.
  const std::string path = ResolveLinks(database);
  const std::string stem = path + ".corrupt-" + Stamp(now_ns);
  std::string aside = stem;
  for (int i = 2; IsTaken(aside); ++i) aside = fmt::format("{}-{}", stem, i);
  std::vector<const char*> renamed;
  for (const char* suffix : kSuffixes) {
    try {
      RenameOwnFile(path + suffix, aside + suffix);
    } catch (const DatabaseTrouble& e) {
      const std::string kept = RenameBack(renamed, aside, path);
      if (kept.empty()) throw;
      throw DatabaseTrouble(
          fmt::format("{}; {} belongs to it, too: rename it back by hand",
                      e.what(), kept),
          e.kind());
    }
    renamed.push_back(suffix);
  }
  return aside;
}

}  // namespace forkdb
