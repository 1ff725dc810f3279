#include "query/database/known_users.h"

#include <fmt/core.h>
#include <pwd.h>

#include <algorithm>
#include <cerrno>
#include <string_view>

#include "base/error.h"
#include "base/suggest.h"

namespace forkdb {
namespace {

// A name service that does not answer is no reason to refuse a name.
bool SystemKnows(const std::string& name) {
  passwd entry = {};
  passwd* found = nullptr;
  std::vector<char> buffer(1024);
  int error = 0;
  while ((error = getpwnam_r(name.c_str(), &entry, buffer.data(), buffer.size(),
                             &found)) == ERANGE) {
    buffer.resize(2 * buffer.size());
  }
  return found != nullptr || (error != 0 && error != ENOENT && error != ESRCH);
}

std::string CheckUid(int64_t uid, const std::set<RecordedUser>& recorded) {
  const bool known =
      std::any_of(recorded.begin(), recorded.end(),
                  [&](const RecordedUser& user) { return user.uid == uid; });
  return known ? "" : fmt::format("no call by uid {} is recorded", uid);
}

std::string CheckName(const std::string& name,
                      const std::set<RecordedUser>& recorded) {
  std::vector<std::string_view> names;
  for (const RecordedUser& user : recorded) names.push_back(user.name);
  if (std::find(names.begin(), names.end(), name) != names.end()) return "";
  if (SystemKnows(name)) {
    return fmt::format("no call by user '{}' is recorded", name);
  }
  throw UsageError(fmt::format(
      "no user '{}' is recorded or known to this system{}", name,
      DidYouMean(name, names,
                 ": list those recorded with forkdb query --group-by "
                 "username")));
}

}  // namespace

std::vector<std::string> CheckUsers(const std::vector<Value>& users,
                                    const std::set<RecordedUser>& recorded) {
  std::vector<std::string> messages;
  for (const Value& user : users) {
    const auto* const uid = std::get_if<int64_t>(&user);
    const std::string message =
        uid != nullptr ? CheckUid(*uid, recorded)
                       : CheckName(std::get<std::string>(user), recorded);
    if (!message.empty()) messages.push_back(message);
  }
  return messages;
}

}  // namespace forkdb
