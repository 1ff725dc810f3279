#include "terminal/display.h"

#include <gtest/gtest.h>

#include <string>

namespace forkdb {
namespace {

TEST(DisplayWidth, IsThatOfATerminal) {
  EXPECT_EQ(DisplayWidth(""), 0);
  EXPECT_EQ(DisplayWidth("abc"), 3);
  EXPECT_EQ(DisplayWidth("käse"), 4);
  EXPECT_EQ(DisplayWidth("ka\u0308se"), 4) << "a combining mark";
  EXPECT_EQ(DisplayWidth("漢字"), 4);
  EXPECT_EQ(DisplayWidth("🐟"), 2);
  EXPECT_EQ(DisplayWidth("█▏"), 2);
  EXPECT_EQ(DisplayWidth("a\xff"
                         "b"),
            3)
      << "bytes that are no UTF-8";
}

TEST(CutToWidth, MarksWhatIsCut) {
  EXPECT_EQ(CutToWidth("abc", 3), "abc");
  EXPECT_EQ(CutToWidth("abcd", 3), "ab…");
  EXPECT_EQ(CutToWidth("abc", 1), "…");
  EXPECT_EQ(CutToWidth("abc", 0), "");
  EXPECT_EQ(CutToWidth("漢字漢", 4), "漢…") << "no half of a character";
  EXPECT_EQ(CutToWidth("漢字", 4), "漢字");
  EXPECT_EQ(CutToWidth("ka\u0308se", 4), "ka\u0308se");
  EXPECT_EQ(CutToWidth("ka\u0308se", 3), "ka\u0308…");
}

TEST(MarkPlace, PutsAMarkUnderTheByte) {
  EXPECT_EQ(MarkPlace("pid = x", 6), "  pid = x\n        ^");
  EXPECT_EQ(MarkPlace("x", 0), "  x\n  ^");
  EXPECT_EQ(MarkPlace("pid =", 5), "  pid =\n       ^");
  EXPECT_EQ(MarkPlace("pid =", 99), "  pid =\n       ^");
  EXPECT_EQ(MarkPlace("", 0), "  \n  ^");
}

TEST(MarkPlace, CountsColumnsNotBytes) {
  EXPECT_EQ(MarkPlace("'käse' x", 8), "  'käse' x\n         ^");
  EXPECT_EQ(MarkPlace("'漢' x", 6), "  '漢' x\n       ^");
  EXPECT_EQ(MarkPlace("漢", 1), "  漢\n  ^") << "inside a character";
}

TEST(MarkPlace, EscapesWhatIsHostile) {
  EXPECT_EQ(MarkPlace("'\x1b' x", 4), "  '\\033' x\n         ^");
  EXPECT_EQ(MarkPlace("'\xff' x", 4), "  '\\377' x\n         ^");
}

TEST(MarkPlace, ShowsOnlyTheLine) {
  EXPECT_EQ(MarkPlace("one\ntwo x\nthree", 8), "  two x\n      ^");
  EXPECT_EQ(MarkPlace("one\ntwo", 3), "  one\n     ^") << "at its end";
}

TEST(MarkPlace, CutsALongLineOnBothSides) {
  const std::string text =
      std::string(1000, 'a') + "x" + std::string(1000, 'b');
  EXPECT_EQ(MarkPlace(text, 1000), "  …" + std::string(50, 'a') + "x" +
                                       std::string(49, 'b') + "…\n  " +
                                       std::string(51, ' ') + "^");
}

}  // namespace
}  // namespace forkdb
