#include "terminal/row_printer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <limits>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "base/error.h"
#include "tests/unit/testing.h"

namespace forkdb {
namespace {

std::string Print(Format format, const std::vector<std::string>& columns,
                  const std::vector<Row>& rows) {
  return Printed([&](std::FILE* stream) {
    const std::unique_ptr<RowPrinter> printer =
        NewRowPrinter(Output{format, stream}, columns);
    for (const Row& row : rows) printer->Print(row);
    printer->Finish();
  });
}

std::vector<std::string> HostileTexts() {
  std::vector<std::string> texts = {"",
                                    "a\nb",
                                    "\r\n",
                                    "\x1b[31m",
                                    "\"",
                                    "a\"b",
                                    ",",
                                    "a,b",
                                    "\t",
                                    " ",
                                    " a ",
                                    "=cmd|' /C",
                                    "-1+2",
                                    "@x",
                                    "+1",
                                    "'quoted'",
                                    "''",
                                    "'=1",
                                    "\\",
                                    "\\012",
                                    "\xff\xfe",
                                    "\xc2\x9b",
                                    "\xe2\x80\xae",
                                    "caf\xc3\xa9",
                                    "\x7f",
                                    "\xed\xa0\x80",
                                    "\"\n\",=",
                                    "null",
                                    "-",
                                    "0"};
  for (int byte = 1; byte <= 255; ++byte) {
    texts.emplace_back(1, static_cast<char>(byte));
  }
  return texts;
}

// Undoes the rules of output.h for a cell of csv or tsv.
std::string UndoCell(std::string text, bool csv) {
  if (csv && text.size() >= 2 && text.front() == '"') {
    std::string inner;
    for (size_t i = 1; i + 1 < text.size(); ++i) {
      if (text[i] == '"') ++i;
      inner += text[i];
    }
    text = inner;
  }
  if (!text.empty() && text.front() == '\'') text.erase(0, 1);
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

TEST(Output, IsOfTheFormatThatIsNamed) {
  for (const auto& [name, format] : FormatNames()) {
    EXPECT_EQ(ParseFormat(name), format);
  }
  for (const char* name : {"", "0", "1", "Table", "json ", "xml"}) {
    EXPECT_THAT(MessageOf<UsageError>([&] { ParseFormat(name); }),
                testing::HasSubstr("table, json, csv or tsv"))
        << name;
  }
}

TEST(Output, HoldsNoControlByteAndOneLineARow) {
  for (const auto& [name, format] : FormatNames()) {
    for (const std::string& text : HostileTexts()) {
      const std::string output =
          Print(format, {text, "b"}, {{text, Blob{text}}, {text, int64_t{1}}});
      for (const char c : output) {
        const auto byte = static_cast<unsigned char>(c);
        ASSERT_TRUE((byte >= 0x20 && byte != 0x7f) || c == '\n' ||
                    (format == Format::kTsv && c == '\t'))
            << name << " " << testing::PrintToString(text);
      }
      ASSERT_EQ(output.find("\xc2\x9b"), std::string::npos) << name;
      ASSERT_EQ(output.find("\xe2\x80\xae"), std::string::npos) << name;
      ASSERT_EQ(std::count(output.begin(), output.end(), '\n'),
                format == Format::kJson ? 2 : 3)
          << name << " " << testing::PrintToString(text);
    }
  }
}

TEST(Output, OfCsvAndTsvCanBeUndoneToTheExactBytes) {
  for (const Format format : {Format::kCsv, Format::kTsv}) {
    const bool csv = format == Format::kCsv;
    for (const std::string& text : HostileTexts()) {
      const std::string output = Print(format, {"a"}, {{text}});
      ASSERT_EQ(output.substr(0, 2), "a\n");
      const std::string cell = output.substr(2, output.size() - 3);
      EXPECT_EQ(UndoCell(cell, csv), text) << cell;
      const std::string blob = Print(format, {"a"}, {{Blob{text}}});
      EXPECT_EQ(blob, output);
    }
  }
}

TEST(Output, OfCsvAndTsvIsNoFormula) {
  for (const Format format : {Format::kCsv, Format::kTsv}) {
    for (const std::string& text : HostileTexts()) {
      std::string cell = Print(format, {"a"}, {{text}}).substr(2);
      if (cell.front() == '"') cell.erase(0, 1);
      EXPECT_EQ(std::string("=+-@").find(cell.front()), std::string::npos)
          << cell;
    }
  }
  EXPECT_EQ(Print(Format::kTsv, {"a"}, {{int64_t{-11}}}), "a\n-11\n")
      << "a number is no formula";
}

TEST(Output, OfJsonIsReadBackToTheExactBytes) {
  for (const std::string& text : HostileTexts()) {
    const auto object = nlohmann::json::parse(
        Print(Format::kJson, {"t", "b"}, {{text, Blob{text}}}));
    const std::vector<uint8_t> bytes(text.begin(), text.end());
    EXPECT_EQ(object["b"], bytes);
    if (object["t"].is_string()) {
      EXPECT_EQ(object["t"].get<std::string>(), text);
    } else {
      EXPECT_EQ(object["t"], bytes);
    }
  }
}

TEST(Output, ShowsEveryTypeOfCell) {
  const Row row = {
      std::monostate(), int64_t{-5}, 1.5,
      std::string("x"), Blob{"y"},   std::numeric_limits<int64_t>::max()};
  const std::vector<std::string> columns = {"n", "i", "r", "t", "b", "m"};
  EXPECT_EQ(Print(Format::kJson, columns, {row}),
            R"({"n":null,"i":-5,"r":1.5,"t":"x","b":[121],)"
            R"("m":9223372036854775807})"
            "\n");
  EXPECT_EQ(Print(Format::kCsv, columns, {row}),
            "n,i,r,t,b,m\n,-5,1.5,x,y,9223372036854775807\n");
  EXPECT_EQ(Print(Format::kTsv, columns, {row}),
            "n\ti\tr\tt\tb\tm\n\t-5\t1.5\tx\ty\t9223372036854775807\n");
  EXPECT_EQ(Print(Format::kTable, columns, {row}),
            "n   i  r    t  b                    m\n"
            "-  -5  1.5  x  y  9223372036854775807\n");
}

TEST(Output, OfCsvQuotesByRfc4180) {
  EXPECT_EQ(Print(Format::kCsv, {"a", "b"}, {{"x,y", "he said \"no\""}}),
            "a,b\n\"x,y\",\"he said \"\"no\"\"\"\n");
}

TEST(Output, OfCsvHasNoEmptyLine) {
  EXPECT_EQ(Print(Format::kCsv, {"a"}, {{std::monostate()}, {""}}),
            "a\n\"\"\n\"\"\n");
}

TEST(Output, OfATableIsAlignedByCharactersAndGoesOnBehindItsFirstRows) {
  std::vector<Row> rows = {{std::string("caf\xc3\xa9"), int64_t{1}},
                           {std::string("tea"), int64_t{10}}};
  EXPECT_EQ(Print(Format::kTable, {"what", "n"}, rows),
            "what   n\ncaf\xc3\xa9   1\ntea   10\n");
  for (int64_t i = 0; i < 5000; ++i) rows.push_back({"x", i});
  const std::string output = Print(Format::kTable, {"what", "n"}, rows);
  EXPECT_EQ(std::count(output.begin(), output.end(), '\n'), 5003);
  EXPECT_EQ(output.substr(output.size() - 5), "4999\n");
}

TEST(Output, OfNoRowsIsAHeadingButForJson) {
  EXPECT_EQ(Print(Format::kTable, {"a", "b"}, {}), "a  b\n");
  EXPECT_EQ(Print(Format::kCsv, {"a", "b"}, {}), "a,b\n");
  EXPECT_EQ(Print(Format::kTsv, {"a", "b"}, {}), "a\tb\n");
  EXPECT_EQ(Print(Format::kJson, {"a", "b"}, {}), "");
}

TEST(Output, ThatCannotBeWrittenIsAnError) {
  for (const auto& [name, format] : FormatNames()) {
    std::FILE* full = std::fopen("/dev/full", "w");
    ASSERT_NE(full, nullptr);
    EXPECT_EQ(MessageOf<Error>([&, format = format] {
                const auto printer = NewRowPrinter(Output{format, full}, {"a"});
                for (int i = 0; i < 10'000; ++i) printer->Print({int64_t{i}});
                printer->Finish();
              }),
              "cannot write the output: No space left on device")
        << name;
    std::fclose(full);
  }
}

}  // namespace
}  // namespace forkdb
