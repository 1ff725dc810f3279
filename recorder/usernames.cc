#include "recorder/usernames.h"

#include <pwd.h>

#include <cerrno>
#include <optional>
#include <string>
#include <vector>

#include "store/escape.h"
#include "store/time.h"

namespace forkdb {
namespace {

constexpr int64_t kLifetimeNs = 60 * kNsPerSecond;

// Nothing where the user database cannot be read now.
std::optional<std::string> AskSystem(uint32_t uid) {
  std::vector<char> buffer(1024);
  passwd entry{};
  passwd* found = nullptr;
  int error_number = 0;
  while ((error_number = getpwuid_r(uid, &entry, buffer.data(), buffer.size(),
                                    &found)) == ERANGE) {
    buffer.resize(buffer.size() * 2);
  }
  const bool out_of_something = error_number == EMFILE ||
                                error_number == ENFILE ||
                                error_number == ENOMEM || error_number == EIO;
  if (out_of_something) return std::nullopt;
  // The column is TEXT, and drivers choke on text that is not UTF-8.
  if (found == nullptr || !IsUtf8(found->pw_name)) return std::to_string(uid);
  return found->pw_name;
}

}  // namespace

const std::string& Usernames::Lookup(uint32_t uid, int64_t now_ns) {
  Entry& entry = entries_[uid];
  const int64_t age_ns = now_ns - entry.asked_ns;
  const bool fresh = age_ns >= 0 && age_ns < kLifetimeNs;
  if (entry.username.empty() || !fresh) {
    const std::optional<std::string> username = AskSystem(uid);
    if (username) {
      entry = {*username, now_ns};
    } else if (entry.username.empty()) {
      entry = {std::to_string(uid), now_ns - kLifetimeNs};
    }
  }
  return entry.username;
}

}  // namespace forkdb
