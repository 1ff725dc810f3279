// The header line, and how the text is cut into lines.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "recorder/source/parser.h"

namespace forkdb {
namespace {

using testing::ElementsAre;

TEST(Header, IsReadWithWhateverKeysItHas) {
  const std::vector<std::pair<std::string, std::pair<int, int>>> cases = {
      {"fork_info - version: 1 capacity: 16384", {1, 16384}},
      {"fork_info - version: 1", {1, 0}},
      {"fork_info - version: 2 capacity: 8", {2, 8}},
      {"fork_info - colour: red version: 1 capacity: 8 more: x", {1, 8}},
      {"fork_info - version: 1 capacity: 8 odd", {1, 8}}};
  for (const auto& [line, want] : cases) {
    const std::optional<Header> header = ParseHeader(line);
    ASSERT_TRUE(header.has_value()) << line;
    EXPECT_EQ(header->version, want.first) << line;
    EXPECT_EQ(header->capacity, want.second) << line;
  }
}

TEST(Header, IsRefusedWhereItIsNotOne) {
  for (const char* line :
       {"", "fork_info", "fork_info - ", "fork_info - capacity: 8",
        "fork_info - version:", "fork_info - version: x",
        "fork_info - version: 0", "fork_info - version: -1",
        "fork_info - version: 1x", "fork_info - version: 1 capacity: x",
        "fork_info - version: 99999999999999999999", "slabinfo - version: 2.1",
        " fork_info - version: 1"}) {
    EXPECT_FALSE(ParseHeader(line).has_value()) << line;
  }
}

std::vector<std::string> Feed(const std::vector<std::string>& chunks,
                              LineSplitter* splitter) {
  std::vector<std::string> lines;
  for (const std::string& chunk : chunks) {
    splitter->Feed(chunk,
                   [&](std::string_view line) { lines.emplace_back(line); });
  }
  return lines;
}

TEST(LineSplitter, GivesTheSameLinesWhereverTheTextIsCut) {
  const std::string text = "one\n\nthree\nfour";
  for (size_t first = 0; first <= text.size(); ++first) {
    for (size_t second = first; second <= text.size(); ++second) {
      LineSplitter splitter;
      EXPECT_THAT(
          Feed({text.substr(0, first), text.substr(first, second - first),
                text.substr(second)},
               &splitter),
          ElementsAre("one", "", "three"));
      EXPECT_EQ(splitter.TakeRest(), "four");
      EXPECT_EQ(splitter.TakeRest(), "");
    }
  }
}

TEST(LineSplitter, CutsALineThatIsTooLongAndGoesOnBehindIt) {
  constexpr size_t kMax = LineSplitter::kMaxLine;
  for (const size_t chunk : {size_t{1}, size_t{1000}, size_t{100'000}}) {
    const std::string text = std::string(3 * kMax, 'x') + "\nnext\n";
    std::vector<std::string> chunks;
    for (size_t at = 0; at < text.size(); at += chunk) {
      chunks.push_back(text.substr(at, chunk));
    }
    LineSplitter splitter;
    EXPECT_THAT(Feed(chunks, &splitter),
                ElementsAre(std::string(kMax, 'x'), "next"));
  }
}

TEST(LineSplitter, SaysWhenTheLineIsTooLongBeforeItsEnd) {
  LineSplitter splitter;
  Feed({std::string(LineSplitter::kMaxLine - 1, 'x')}, &splitter);
  EXPECT_FALSE(splitter.overlong());
  Feed({"xx"}, &splitter);
  EXPECT_TRUE(splitter.overlong());
  Feed({"\n"}, &splitter);
  EXPECT_FALSE(splitter.overlong());
}

}  // namespace
}  // namespace forkdb
