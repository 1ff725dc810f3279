#include "recorder/usernames.h"

#include <pwd.h>

#include <cerrno>
#include <vector>

#include "store/escape.h"
#include "store/time.h"

namespace forkdb {
namespace {

constexpr int64_t kLifetimeNs = 60 * kNsPerSecond;

std::string AskSystem(uint32_t uid) {
  std::vector<char> buffer(1024);
  passwd entry{};
  passwd* found = nullptr;
  while (getpwuid_r(uid, &entry, buffer.data(), buffer.size(), &found) ==
         ERANGE) {
    buffer.resize(buffer.size() * 2);
  }
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
    entry = {AskSystem(uid), now_ns};
  }
  return entry.username;
}

}  // namespace forkdb
