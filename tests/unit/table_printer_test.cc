#include "terminal/table_printer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdio>
#include <cstdlib>
#include <sstream>
#include <string>
#include <vector>

#include "terminal/display.h"
#include "terminal/line.h"
#include "tests/unit/testing.h"

namespace forkdb {
namespace {

using testing::HasSubstr;
using testing::Not;

const std::string kFlags = "CLONE_VM|CLONE_FS|CLONE_FILES|CLONE_SIGHAND";
const std::string kTime = "2026-11-23T10:00:00.123456789Z";

std::vector<std::string> Table(size_t width,
                               const std::vector<std::string>& columns,
                               const std::vector<Row>& rows, bool color = false,
                               Zone zone = Zone::kUtc) {
  std::stringstream text(Printed([&](std::FILE* stream) {
    Output output{Format::kTable, stream};
    output.width = width;
    output.color = color;
    output.zone = zone;
    TablePrinter printer(output, columns);
    for (const Row& row : rows) printer.Print(row);
    printer.Finish();
  }));
  std::vector<std::string> lines;
  for (std::string line; std::getline(text, line);) lines.push_back(line);
  return lines;
}

TEST(TablePrinter, CutsTheWidestTextToTheScreen) {
  for (const size_t width : {50, 60, 79, 80, 100, 200}) {
    for (const std::string& line :
         Table(width, {"pid", "flags", "comm", "time"},
               {{int64_t{1234567}, kFlags, "make", kTime}})) {
      EXPECT_LE(DisplayWidth(line), width) << line;
    }
  }
  EXPECT_THAT(
      Table(60, {"pid", "flags", "comm"}, {{int64_t{7}, kFlags, "make"}}),
      testing::ElementsAre(
          "pid  flags                                        comm",
          "  7  " + kFlags + "  make"));
  EXPECT_THAT(
      Table(29, {"pid", "flags", "comm"}, {{int64_t{7}, kFlags, "make"}}),
      testing::ElementsAre("pid  flags               comm",
                           "  7  CLONE_VM|CLONE_FS…  make"));
}

TEST(TablePrinter, KeepsNumbersCommAndSecondsOnTheNarrowestScreen) {
  const std::string line =
      Table(1, {"time_ns", "comm", "time", "flags"},
            {{int64_t{1764000000123456789}, "fifteen-letters", kTime, kFlags}})
          .back();
  EXPECT_EQ(line,
            "1764000000123456789  fifteen-letters  2026-11-23T10:00:00…Z  "
            "CLONE_V…");
}

TEST(TablePrinter, PrintsTimesInTheZoneOfTheOutputAndKeepsTheirOffset) {
  setenv("TZ", "Europe/Berlin", 1);
  const std::vector<Row> rows = {{kTime, "make"}, {"no time", "sh"}};
  EXPECT_THAT(Table(80, {"time", "comm"}, rows, false, Zone::kLocal),
              testing::ElementsAre("time                                 comm",
                                   "2026-11-23T11:00:00.123456789+01:00  make",
                                   "no time                              sh"));
  EXPECT_EQ(Table(35, {"time", "comm"}, rows, false, Zone::kLocal)[1],
            "2026-11-23T11:00:00.12…+01:00  make");
  EXPECT_EQ(Table(1, {"time", "comm"}, rows, false, Zone::kLocal)[1],
            "2026-11-23T11:00:00…+01:00  make");
  unsetenv("TZ");
}

TEST(TablePrinter, CutsNothingWithoutAScreen) {
  EXPECT_THAT(Table(0, {"flags"}, {{kFlags + kFlags + kFlags}}).back(),
              kFlags + kFlags + kFlags);
}

TEST(TablePrinter, FitsLaterRowsOntoTheScreen) {
  std::vector<Row> rows(2000, Row{"sh", "short"});
  rows.push_back({"fifteen-letters", kFlags});
  const std::vector<std::string> lines = Table(40, {"comm", "flags"}, rows);
  EXPECT_EQ(lines[2000], "sh    short");
  EXPECT_EQ(lines.back(), "fifteen-letters  CLONE_VM|CLONE_FS|CLON…");
}

TEST(TablePrinter, CountsWideCharactersAsTwo) {
  const std::vector<std::string> lines =
      Table(0, {"comm", "x"}, {{"日本", "1"}, {"abc", "2"}});
  EXPECT_EQ(lines[1], "日本  1");
  EXPECT_EQ(lines[2], "abc   2");
}

TEST(TablePrinter, ColorsHeadingsFailuresAndNull) {
  const std::vector<std::string> lines =
      Table(0, {"errno", "ret"},
            {{"EAGAIN", int64_t{-11}}, {Value(), int64_t{7}}}, true);
  EXPECT_EQ(lines[0], "\x1b[1merrno\x1b[0m   \x1b[1mret\x1b[0m");
  EXPECT_EQ(lines[1], "\x1b[31mEAGAIN\x1b[0m  \x1b[31m-11\x1b[0m");
  EXPECT_EQ(lines[2], "\x1b[2m-\x1b[0m         7");
}

TEST(TablePrinter, LetsNoControlByteThroughACut) {
  const std::string hostile = "\x1b[31m\n\xc2\x9b\xff\x7f\r\t\x1b]0;x\x07";
  for (size_t width = 1; width < 60; ++width) {
    for (const std::string& line : Table(width, {"a"}, {{hostile}})) {
      EXPECT_THAT(line, Not(testing::ContainsRegex("[\x01-\x1f\x7f]")));
      EXPECT_THAT(line, Not(HasSubstr("\xc2\x9b")));
    }
  }
}

TEST(WriteLine, EndsWithAMarkWhereItDoesNotFit) {
  const std::vector<Piece> pieces = {{"ab"}, {"cd", Style::kRed}, {"ef"}};
  const std::vector<std::string> expected = {"abcdef", "…",     "a…",    "ab…",
                                             "abc…",   "abcd…", "abcdef"};
  for (size_t width = 0; width < expected.size(); ++width) {
    EXPECT_EQ(Printed([&](std::FILE* stream) {
                Output output{Format::kTable, stream};
                output.width = width;
                WriteLine(output, pieces);
              }),
              expected[width] + "\n");
  }
}

TEST(WriteLine, EscapesWhateverItIsGiven) {
  EXPECT_EQ(Printed([](std::FILE* stream) {
              Output output;
              output.stream = stream;
              WriteLine(output, {{"a\x1b[2J"}, {"\n\\", Style::kRed}});
              WriteWhole(output, {"\x9b\r"});
            }),
            "a\\033[2J\\012\\134\n\\233\\015\n");
}

TEST(Table, HoldsNoMoreThanAFewLongRows) {
  // The first rows come out while the last are not there yet.
  const std::string text(size_t{1} << 20, 'x');
  bool written = false;
  Printed([&](std::FILE* stream) {
    Output output;
    output.stream = stream;
    output.before_write = [&] { written = true; };
    TablePrinter printer(output, {"text"});
    for (int i = 0; i < 10 && !written; ++i) printer.Print({text});
    EXPECT_TRUE(written);
    printer.Finish();
  });
}

}  // namespace
}  // namespace forkdb
