#include "recorder/source/parser.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "tests/unit/testing.h"

namespace forkdb {
namespace {

using testing::StartsWith;

constexpr size_t kRet = 11;
constexpr size_t kComm = 17;

const std::vector<std::string>& Names() {
  static const auto* const names =
      new std::vector<std::string>{"seq",           "time_ns",
                                   "flags",         "exit_signal",
                                   "uid",           "pid",
                                   "tgid",          "ppid",
                                   "start_ns",      "pid_ns",
                                   "user_ns",       "ret",
                                   "child_pid",     "child_start_ns",
                                   "child_pid_ns",  "child_ns_pid",
                                   "child_user_ns", "comm"};
  return *names;
}

std::vector<std::string> GoodFields() {
  return {"7",          "1764000000000000001",
          "0x1200000",  "17",
          "1000",       "4243",
          "4242",       "4000",
          "123456789",  "4026531836",
          "4026531837", "12",
          "4244",       "223456789",
          "4026532001", "1",
          "4026532002", "bash"};
}

std::string Line(const std::vector<std::string>& fields) {
  return fmt::format("{}", fmt::join(fields, " "));
}

// Why the good line is refused once the field has that text.
std::string ReasonWith(size_t field, const std::string& text) {
  std::vector<std::string> fields = GoodFields();
  fields[field] = text;
  Record record;
  return ParseRecord(Line(fields), &record);
}

TEST(Parser, ReadsEveryFieldOfALine) {
  Record r;
  ASSERT_EQ(ParseRecord(Line(GoodFields()), &r), "");
  EXPECT_EQ(r.seq, 7);
  EXPECT_EQ(r.time_ns, 1764000000000000001);
  EXPECT_EQ(r.flags, 0x1200000U);
  EXPECT_EQ(r.exit_signal, 17);
  EXPECT_EQ(r.uid, 1000U);
  EXPECT_EQ(r.pid, 4243);
  EXPECT_EQ(r.tgid, 4242);
  EXPECT_EQ(r.ppid, 4000);
  EXPECT_EQ(r.start_ns, 123456789);
  EXPECT_EQ(r.pid_ns, 4026531836);
  EXPECT_EQ(r.user_ns, 4026531837);
  EXPECT_EQ(r.ret, 12);
  EXPECT_EQ(r.child_pid, 4244);
  EXPECT_EQ(r.child_start_ns, 223456789);
  EXPECT_EQ(r.child_pid_ns, 4026532001);
  EXPECT_EQ(r.child_ns_pid, 1);
  EXPECT_EQ(r.child_user_ns, 4026532002);
  EXPECT_EQ(r.comm, "bash");
}

TEST(Parser, RefusesALineWhoseFieldIsMissing) {
  for (size_t count = 0; count < Names().size(); ++count) {
    std::vector<std::string> fields = GoodFields();
    fields.resize(count);
    Record record;
    EXPECT_THAT(ParseRecord(Line(fields), &record),
                StartsWith(Names()[count] + ": "))
        << count << " fields";
  }
}

TEST(Parser, RefusesAFieldThatIsNotANumber) {
  for (size_t field = 0; field < kComm; ++field) {
    for (const char* text : {"", "x", "1x", "+1", "1.0", "0x", "0xg", "--1",
                             "99999999999999999999999999"}) {
      EXPECT_THAT(ReasonWith(field, text), StartsWith(Names()[field] + ": "))
          << "'" << text << "'";
    }
  }
}

TEST(Parser, RefusesANegativeNumberEverywhereButInRet) {
  for (size_t field = 0; field < kComm; ++field) {
    if (field == kRet) continue;
    EXPECT_THAT(ReasonWith(field, "-1"), StartsWith(Names()[field] + ": "));
  }
}

TEST(Parser, RefusesNumbersOutOfRange) {
  const std::vector<std::pair<size_t, std::string>> cases = {
      {0, "0"},
      {0, "1000000000000"},
      {1, "9223372036854775808"},
      {2, "0x10000000000000000"},
      {3, "256"},
      {4, "4294967296"},
      {5, "2147483648"},
      {9, "4294967296"},
      {11, "0"},
      {11, "-4096"},
      {11, "2147483648"},
      {13, "9223372036854775808"}};
  for (const auto& [field, text] : cases) {
    EXPECT_THAT(ReasonWith(field, text), StartsWith(Names()[field] + ": "))
        << text;
  }
}

TEST(Parser, TakesTheLimitsOfEveryRange) {
  const std::vector<std::pair<size_t, std::string>> cases = {
      {0, "999999999999"},
      {1, "0"},
      {1, "9223372036854775807"},
      {2, "0x0"},
      {2, "0xffffffffffffffff"},
      {3, "0"},
      {3, "255"},
      {4, "4294967295"},
      {5, "0"},
      {9, "4294967295"}};
  for (const auto& [field, text] : cases) {
    EXPECT_EQ(ReasonWith(field, text), "") << Names()[field] << " " << text;
  }
}

TEST(Parser, RefusesAChildThatDoesNotAgreeWithRet) {
  const std::string agrees = "1 0 0x0 17 0 2 2 1 3 4 5 ";
  const std::vector<std::pair<std::string, bool>> cases = {
      {"9 9 1 2 9 3 sh", true},     {"-11 0 0 0 0 0 sh", true},
      {"-4095 0 0 0 0 0 sh", true}, {"9 0 0 0 0 0 sh", false},
      {"9 0 1 2 9 3 sh", false},    {"9 9 1 2 0 3 sh", false},
      {"-11 9 0 0 0 0 sh", false},  {"-11 0 1 0 0 0 sh", false},
      {"-11 0 0 1 0 0 sh", false},  {"-11 0 0 0 1 0 sh", false},
      {"-11 0 0 0 0 1 sh", false}};
  for (const auto& [rest, good] : cases) {
    Record record;
    EXPECT_EQ(ParseRecord(agrees + rest, &record),
              good ? "" : "child_pid: contradicts ret")
        << rest;
  }
}

TEST(Parser, ReadsTheBytesOfAnEscapedComm) {
  std::vector<std::string> fields = GoodFields();
  fields[kComm] = R"(a\040b\012\134\377\001)";
  Record record;
  ASSERT_EQ(ParseRecord(Line(fields), &record), "");
  EXPECT_EQ(record.comm, "a b\n\\\xff\x01");
}

TEST(Parser, RefusesBadCommEscapes) {
  for (const char* comm : {R"(\)", R"(\0)", R"(\01)", R"(a\)", R"(\000)",
                           R"(\400)", R"(\777)", R"(\08a)", R"(\x41)", R"(\n)",
                           "a b", "a ", "\x1b", "\x7f", "\xc3\xa4", "\t"}) {
    EXPECT_EQ(ReasonWith(kComm, comm), "comm: bad escape or unescaped byte")
        << comm;
  }
}

TEST(Parser, TakesAnEmptyCommIfItsSpaceIsThere) {
  std::vector<std::string> fields = GoodFields();
  fields[kComm] = "";
  Record record;
  record.comm = "left over";
  ASSERT_EQ(ParseRecord(Line(fields), &record), "");
  EXPECT_EQ(record.comm, "");
  fields.pop_back();
  EXPECT_EQ(ParseRecord(Line(fields), &record), "comm: missing");
}

TEST(Parser, RefusesACommThatIsTooLong) {
  EXPECT_EQ(ReasonWith(kComm, std::string(255, 'x')), "");
  EXPECT_EQ(ReasonWith(kComm, std::string(256, 'x')), "comm: too long");
}

TEST(Parser, ReadsBackWhatFormatRecordWrites) {
  for (int byte = 1; byte <= 255; ++byte) {
    Record record = byte % 2 == 0 ? ForkRecord(byte) : FailedRecord(byte, 11);
    record.flags = 0x2100000180ULL;
    record.comm = std::string("<") + static_cast<char>(byte) + ">";
    const std::string line = FormatRecord(record);
    for (const char c : line) ASSERT_TRUE(c >= ' ' && c <= '~') << byte;
    Record copy;
    ASSERT_EQ(ParseRecord(line, &copy), "") << line;
    EXPECT_EQ(copy.comm, record.comm);
    EXPECT_EQ(copy.flags, record.flags);
    EXPECT_EQ(copy.ret, record.ret);
    EXPECT_EQ(FormatRecord(copy), line);
  }
}

TEST(Parser, GivesAReasonOrARecordForEveryDamagedByte) {
  const std::string good = FormatRecord(ForkRecord(1));
  for (size_t at = 0; at < good.size(); ++at) {
    for (int byte = 0; byte <= 255; ++byte) {
      std::string line = good;
      line[at] = static_cast<char>(byte);
      Record record;
      if (!ParseRecord(line, &record).empty()) continue;
      Record copy;
      EXPECT_EQ(ParseRecord(FormatRecord(record), &copy), "") << line;
    }
  }
}

}  // namespace
}  // namespace forkdb
