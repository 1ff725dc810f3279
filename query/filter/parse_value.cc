#include "query/filter/parse_value.h"

#include <fmt/core.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <optional>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/suggest.h"
#include "store/decode.h"

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
  uint64_t bits = 0;
  if (name.rfind("0x", 0) == 0) {
    const char* end = name.data() + name.size();
    const auto result = std::from_chars(name.data() + 2, end, bits, 16);
    if (result.ec == std::errc() && result.ptr == end && bits != 0) return bits;
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
  throw UsageError(fmt::format(
      "no errno '{}'{} write a name such as EAGAIN, ENOMEM or EINVAL", name,
      DidYouMean(
          name,
          {"EAGAIN", "ENOMEM", "EINVAL", "EPERM", "ENOSPC", "EUSERS", "EEXIST",
           "ENOSYS", "EBUSY", "EACCES", "EBADF", "EINTR", "EFAULT", "ESRCH",
           "ERESTARTSYS", "ERESTARTNOINTR", "ERESTARTNOHAND"},
          ":")));
}

}  // namespace forkdb
