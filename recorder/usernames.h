// User names by number.

#ifndef FORKDB_RECORDER_USERNAMES_H_
#define FORKDB_RECORDER_USERNAMES_H_

#include <cstdint>
#include <string>
#include <unordered_map>

namespace forkdb {

// Asks the system's user database (getpwuid_r) and remembers the answers for a
// minute, so that a new or renamed user is noticed. Not thread-safe.
class Usernames {
 public:
  // The user's name, or the number in digits where it has none.
  const std::string& Lookup(uint32_t uid, int64_t now_ns);

 private:
  struct Entry {
    std::string username;
    int64_t asked_ns = 0;
  };
  std::unordered_map<uint32_t, Entry> entries_;
};

}  // namespace forkdb

#endif  // FORKDB_RECORDER_USERNAMES_H_
