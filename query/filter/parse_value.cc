#include "query/filter/parse_value.h"

#include <fmt/core.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cstdlib>
#include <optional>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/integer.h"
#include "base/suggest.h"
#include "store/decode.h"
#include "terminal/tell.h"

namespace forkdb {
namespace {

// The prefix is no part of what is mistyped.
std::string FlagSuggestion(const std::string& name,
                           std::vector<std::string_view> known) {
  constexpr std::string_view kPrefix = "CLONE_";
  if (EditDistance(std::string_view(name).substr(0, kPrefix.size()), kPrefix) >
      1) {
    for (std::string_view& flag : known) flag.remove_prefix(kPrefix.size());
  }
  return DidYouMean(name, known, ":");
}

}  // namespace

uint64_t ParseFlag(const std::string& name) {
  if (const std::optional<uint64_t> bit = CloneFlagFromName(name)) return *bit;
  if (name.rfind("0x", 0) == 0) {
    const auto bits =
        ParseInteger<uint64_t>(std::string_view(name).substr(2), 16);
    if (bits.value_or(0) != 0) return *bits;
  }
  const std::vector<std::string_view> known = AllCloneFlagNames();
  throw UsageError(
      fmt::format("no flag '{}'{} the flags are {}, or a 0x number", name,
                  FlagSuggestion(name, known), fmt::join(known, ", ")));
}

uint64_t ParseNamespaceType(const std::string& name) {
  uint64_t any = 0;
  std::vector<std::string> types;
  for (const std::string_view flag : AllCloneFlagNames()) {
    const std::string_view kNew = "CLONE_NEW";
    if (flag.substr(0, kNew.size()) != kNew) continue;
    std::string type(flag.substr(kNew.size()));
    std::transform(type.begin(), type.end(), type.begin(),
                   [](unsigned char c) { return std::tolower(c); });
    if (type == "ns") type = "mount";
    const uint64_t bit = *CloneFlagFromName(flag);
    if (name == type || CloneFlagFromName(name) == bit) return bit;
    any |= bit;
    types.push_back(type);
  }
  if (name == "any") return any;
  throw UsageError(
      fmt::format("no namespace type '{}'{} the types are {}, any", name,
                  DidYouMean(name, {types.begin(), types.end()}, ":"),
                  fmt::join(types, ", ")));
}

std::string ParseKind(const std::string& kind) {
  static constexpr std::array<std::string_view, 6> kKinds = {
      "fork", "vfork", "thread", "process", "namespace", "kthread"};
  if (std::find(kKinds.begin(), kKinds.end(), kind) != kKinds.end())
    return kind;
  throw UsageError(
      fmt::format("no kind '{}'{} the kinds are {}", kind,
                  DidYouMean(kind, {kKinds.begin(), kKinds.end()}, ":"),
                  fmt::join(kKinds, ", ")));
}

std::string ParseErrno(const std::string& name) {
  if (const std::optional<int> number = ErrnoFromName(name)) {
    return ErrnoName(*number);
  }
  // "11", or "-11" as the call returned it.
  constexpr int kLast = 4095;  // MAX_ERRNO
  const int number = ParseInteger<int>(name).value_or(0);
  if (number != 0 && number >= -kLast && number <= kLast) {
    return ErrnoName(std::abs(number));
  }
  throw UsageError(fmt::format(
      "no errno '{}'{} write a name such as EAGAIN, ENOMEM or EINVAL", name,
      DidYouMean(
          name,
          {"EAGAIN", "ENOMEM", "EINVAL", "EPERM", "ENOSPC", "EUSERS", "EEXIST",
           "ENOSYS", "EBUSY", "EACCES", "EBADF", "EINTR", "EFAULT", "ESRCH",
           "ERESTARTSYS", "ERESTARTNOINTR", "ERESTARTNOHAND"},
          ":")));
}

Value ParseUser(const std::string& user) {
  constexpr int64_t kLastUid = 4'294'967'295;
  if (user.empty() ||
      user.find_first_not_of("0123456789") != std::string::npos) {
    return user;
  }
  const auto uid = ParseInteger<int64_t>(user);
  if (uid && *uid <= kLastUid) return *uid;
  throw UsageError(fmt::format(
      "user {}: a number is a uid, which is at most {}", user, kLastUid));
}

std::string ParseComm(const std::string& comm) {
  constexpr size_t kMostBytes = 15;  // TASK_COMM_LEN without its NUL
  const auto stars =
      static_cast<size_t>(std::count(comm.begin(), comm.end(), '*'));
  if (comm.size() - stars <= kMostBytes) return comm;
  if (comm.find('*') < kMostBytes) {
    throw UsageError(
        fmt::format("--comm '{}': no command matches: the kernel keeps only "
                    "the first {} bytes of a name: write a shorter pattern",
                    comm, kMostBytes));
  }
  std::string cut = comm.substr(0, kMostBytes);
  Tell(fmt::format(
      "--comm '{}': the kernel keeps only the first {} bytes of a name: "
      "searching for '{}'",
      comm, kMostBytes, cut));
  return cut;
}

}  // namespace forkdb
