#include "base/escape.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

namespace forkdb {
namespace {

// Undoes what EscapeForDisplay() wrote, by the rule that its header states.
std::string Undo(const std::string& text) {
  std::string bytes;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\\') {
      bytes += text[i];
      continue;
    }
    bytes += static_cast<char>(std::stoi(text.substr(i + 1, 3), nullptr, 8));
    i += 3;
  }
  return bytes;
}

TEST(IsUtf8, TakesWellFormedTextOnly) {
  const std::vector<std::pair<std::string, bool>> cases = {
      {"", true},
      {"plain", true},
      {std::string("\0", 1), true},
      {"\x7f", true},
      {"\xc2\x80", true},          // U+0080, the first of two bytes
      {"\xdf\xbf", true},          // U+07FF
      {"\xe0\xa0\x80", true},      // U+0800, the first of three
      {"\xed\x9f\xbf", true},      // U+D7FF, below the surrogates
      {"\xee\x80\x80", true},      // U+E000, above them
      {"\xf0\x90\x80\x80", true},  // U+10000, the first of four
      {"\xf4\x8f\xbf\xbf", true},  // U+10FFFF, the last
      {"\x80", false},             // a continuation alone
      {"\xbf", false},
      {"\xc0\x80", false},          // overlong NUL
      {"\xc1\xbf", false},          // overlong U+007F
      {"\xe0\x80\x80", false},      // overlong
      {"\xe0\x9f\xbf", false},      // overlong U+07FF
      {"\xf0\x80\x80\x80", false},  // overlong
      {"\xf0\x8f\xbf\xbf", false},  // overlong U+FFFF
      {"\xed\xa0\x80", false},      // the first surrogate
      {"\xed\xbf\xbf", false},      // the last
      {"\xf4\x90\x80\x80", false},  // U+110000
      {"\xf5\x80\x80\x80", false},
      {"\xf8\x88\x80\x80\x80", false},
      {"\xfe", false},
      {"\xff", false},
      {"\xc3", false},  // cut short
      {"\xe2\x82", false},
      {"\xf0\x9f\x92", false},
      {"\xc3(", false},
      {"\xe2\x82(", false},
      {"good\xff", false},
  };
  for (const auto& [bytes, good] : cases) {
    EXPECT_EQ(IsUtf8(bytes), good) << testing::PrintToString(bytes);
  }
}

TEST(EscapeForDisplay, EscapesWhatCouldDoHarm) {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"", ""},
      {"make -j4", "make -j4"},
      {"caf\xc3\xa9", "caf\xc3\xa9"},
      {"\xf0\x9f\x90\x8d", "\xf0\x9f\x90\x8d"},
      {"\n", R"(\012)"},
      {"\t", R"(\011)"},
      {"\r", R"(\015)"},
      {std::string("\0", 1), R"(\000)"},
      {"\x1b[31mred", R"(\033[31mred)"},
      {"\x7f", R"(\177)"},
      {"\\", R"(\134)"},
      {"a\\012", R"(a\134012)"},
      {"\xc2\x9b"
       "31m",
       R"(\302\23331m)"},  // CSI as one C1 character
      {"\xc2\x80", R"(\302\200)"},
      {"\xc2\xa0", "\xc2\xa0"},             // the first after C1
      {"\xd8\x9c", R"(\330\234)"},          // U+061C
      {"\xe2\x80\x8f", R"(\342\200\217)"},  // U+200F
      {"\xe2\x80\xa8", R"(\342\200\250)"},  // U+2028
      {"\xe2\x80\xae", R"(\342\200\256)"},  // U+202E turns the line
      {"\xe2\x81\xa6", R"(\342\201\246)"},  // U+2066
      {"\xe2\x81\xa9", R"(\342\201\251)"},  // U+2069
      {"\xff", R"(\377)"},
      {"\xed\xa0\x80", R"(\355\240\200)"},
      {"\xc3", R"(\303)"},
      {"\xe2\x82x", R"(\342\202x)"},
  };
  for (const auto& [bytes, text] : cases) {
    EXPECT_EQ(EscapeForDisplay(bytes), text) << testing::PrintToString(bytes);
  }
}

TEST(EscapeForDisplay, CanBeUndoneToTheExactBytes) {
  for (int first = 0; first <= 255; ++first) {
    for (int second = 0; second <= 255; ++second) {
      const std::string bytes = {'\\', static_cast<char>(first),
                                 static_cast<char>(second), '0'};
      const std::string text = EscapeForDisplay(bytes);
      ASSERT_EQ(Undo(text), bytes) << first << " " << second;
      ASSERT_TRUE(IsUtf8(text));
      for (const char c : text) {
        ASSERT_TRUE(static_cast<unsigned char>(c) >= 0x20 && c != 0x7f);
      }
    }
  }
}

TEST(EscapeComm, IsUndoneByUnescapeComm) {
  std::string all;
  for (int byte = 1; byte <= 255; ++byte) all += static_cast<char>(byte);
  const std::string text = EscapeComm(all);
  EXPECT_EQ(text.find_first_of(" \n\t"), std::string::npos);
  EXPECT_EQ(UnescapeComm(text), all);
  EXPECT_EQ(EscapeComm("a b\\"), R"(a\040b\134)");
}

TEST(UnescapeComm, RefusesWhatTheModuleNeverWrites) {
  for (const char* text : {" ", "\\", R"(\1)", R"(\12)", R"(\000)", R"(\400)",
                           R"(\18a)", "\x01", "\x80", "\x7f", R"(a\ 12)"}) {
    EXPECT_FALSE(UnescapeComm(text).has_value()) << text;
  }
  EXPECT_EQ(UnescapeComm(""), "");
}

TEST(QuoteForShell, MakesOneWordOfAnyText) {
  EXPECT_EQ(QuoteForShell(""), "''");
  EXPECT_EQ(QuoteForShell("a b$c"), "'a b$c'");
  EXPECT_EQ(QuoteForShell("it's"), "'it'\\''s'");
}

}  // namespace
}  // namespace forkdb
