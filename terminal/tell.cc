#include "terminal/tell.h"

#include <fmt/core.h>

#include <algorithm>
#include <cstdio>

#include "base/escape.h"

namespace forkdb {

void Tell(std::string_view text) {
  fmt::print(stderr, "forkdb: {}\n", EscapeForDisplay(text));
}

void TellLines(std::string_view text) {
  while (!text.empty()) {
    const size_t end = std::min(text.find('\n'), text.size());
    fmt::print(stderr, "{}\n", EscapeForDisplay(text.substr(0, end)));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
}

}  // namespace forkdb
