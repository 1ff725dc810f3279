#include "query/database/reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdio>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/error.h"
#include "query/filter/filter.h"
#include "query/filter/shape.h"
#include "recorder/ingest/writer.h"
#include "store/database.h"
#include "tests/unit/testing.h"

namespace forkdb {
namespace {

using testing::HasSubstr;

Shape SeqShape() {
  Shape shape;
  shape.columns = {"seq"};
  return shape;
}

// Six records that differ in all that can be asked for.
class ReaderTest : public testing::Test {
 protected:
  ReaderTest() : path_(dir_.File("fork.db")) {
    SQLite::Database database = OpenForWriting(path_);
    std::vector<Record> records = {ForkRecord(1),       ForkRecord(2),
                                   FailedRecord(3, 11), FailedRecord(4, 12),
                                   ForkRecord(5),       ForkRecord(6)};
    records[1].comm = "make";
    records[1].uid = 4'000'000'001;
    records[2].comm = "makefile";
    records[4].flags = 0x10000100;  // NEWUSER, VM
    records[5].flags = 0x50000000;  // NEWUSER, NEWNET
    records[4].pid = 7;
    records[5].tgid = 7;
    Writer writer(&database, path_);
    Batch batch = MakeBatch(records);
    writer.Write(ProcStream("first"), &batch, kStartNs);
    Writer next(&database, path_);
    batch = MakeBatch({ForkRecord(1)});
    next.Write(ProcStream("second"), &batch, kStartNs);
    database.exec(
        "UPDATE records SET time_ns = time_ns + 10000000 WHERE id > "
        "2000000000000");
  }

  // "1 2 3": the seqs of the answer, with "'" before those of the second boot.
  std::string Seqs(const Filter& filter, Shape shape = SeqShape()) {
    shape.columns = {"stream", "seq"};
    Reader reader(path_);
    const std::string lines = Printed([&](std::FILE* stream) {
      reader.Print(filter, shape, Output{Format::kTsv, stream});
    });
    std::string seqs;
    for (size_t at = lines.find('\n') + 1; at < lines.size();
         at = lines.find('\n', at) + 1) {
      if (!seqs.empty()) seqs += ' ';
      if (lines[at] == '2') seqs += '\'';
      seqs += lines.substr(at + 2, lines.find('\n', at) - at - 2);
    }
    return seqs;
  }

  std::string Seqs(void (*change)(Filter*)) {
    Filter filter;
    change(&filter);
    return Seqs(filter);
  }

  TempDir dir_;
  std::string path_;
};

TEST_F(ReaderTest, FindsWhatEachKindSays) {
  const std::vector<std::pair<void (*)(Filter*), std::string>> cases = {
      {[](Filter*) {}, "1 2 3 4 5 6 '1"},
      {[](Filter* f) { f->condition = "pid = 7"; }, "5"},
      {[](Filter* f) { f->condition = "pid = 7 -- a comment"; }, "5"},
      {[](Filter* f) { f->since_ns = kStartNs + 5'000'000; }, "5 6 '1"},
      {[](Filter* f) { f->until_ns = kStartNs + 2'000'000; }, "1 2"},
      {[](Filter* f) { f->values["username"] = {"4000000001"}; }, "2"},
      {[](Filter* f) {
         f->values["username"] = {"4000000001", "root"};
       },
       "1 2 3 4 5 6 '1"},
      {[](Filter* f) { f->values["uid"] = {4'000'000'001}; }, "2"},
      {[](Filter* f) { f->pids = {7}; }, "5 6"},
      {[](Filter* f) {
         f->values["child_pid"] = {10'002, 10'005};
       },
       "2 5"},
      {[](Filter* f) { f->values["comm"] = {"make"}; }, "2"},
      {[](Filter* f) { f->values["comm"] = {"make*"}; }, "2 3"},
      {[](Filter* f) {
         f->values["comm"] = {"mak?", "makefile"};
       },
       "2 3"},
      {[](Filter* f) { f->flags = 0x10000000; }, "5 6"},
      {[](Filter* f) { f->flags = 0x50000000; }, "6"},
      {[](Filter* f) { f->flags = 0x10000100; }, "5"},
      {[](Filter* f) { f->values["errno"] = {"EAGAIN"}; }, "3"},
      {[](Filter* f) {
         f->values["errno"] = {"EAGAIN", "ENOMEM"};
       },
       "3 4"},
      {[](Filter* f) { f->failed = true; }, "3 4"},
      {[](Filter* f) { f->boot = 2; }, "'1"},
      {[](Filter* f) {
         f->failed = true;
         f->values["comm"] = {"sh"};
       },
       "4"},
      {[](Filter* f) {
         f->failed = true;
         f->condition = "1 OR 1";
       },
       "3 4"},
  };
  for (const auto& [change, seqs] : cases) {
    EXPECT_EQ(Seqs(change), seqs);
  }
}

TEST_F(ReaderTest, TakesBracketsOfPatternsAsBrackets) {
  std::vector<Record> records = ForkRecords(1, 4);
  records[0].comm = "runc:[0:PARENT]";
  records[1].comm = "runc:[2:INIT]";
  records[2].comm = "[kworker]";
  records[3].comm = "runc:0";
  const std::string path = dir_.File("brackets.db");
  {
    SQLite::Database database = OpenForWriting(path);
    Writer writer(&database, path);
    Batch batch = MakeBatch(records);
    writer.Write(ProcStream("boot"), &batch, kStartNs);
  }
  const auto count = [&](const char* pattern) {
    Reader reader(path);
    Filter filter;
    filter.values["comm"] = {pattern};
    Groups groups;
    reader.AddGroups(filter, {}, &groups);
    return groups.at({});
  };
  EXPECT_EQ(count("runc:[*"), 2);
  EXPECT_EQ(count("runc:[?:INIT]"), 1);
  EXPECT_EQ(count("[kw*"), 1);
  EXPECT_EQ(count("runc:[0-9]*"), 0);
}

TEST_F(ReaderTest, TakesHostileNamesAsNames) {
  for (const char* name : {"x' OR 1 --", "') OR 1 OR ('", "*' OR '1", "\\",
                           "a; DROP TABLE records"}) {
    Filter filter;
    filter.values["comm"] = {name};
    EXPECT_EQ(Seqs(filter), "") << name;
    filter.values.clear();
    filter.values["username"] = {name};
    EXPECT_EQ(Seqs(filter), "") << name;
  }
}

TEST_F(ReaderTest, GivesTheShapeThatIsAskedFor) {
  struct Case {
    const char* order;
    std::optional<int64_t> limit;
    bool reverse;
    const char* seqs;
  };
  const std::vector<Case> cases = {
      {"", std::nullopt, true, "'1 6 5 4 3 2 1"},
      {"", 3, false, "5 6 '1"},
      {"", 3, true, "'1 6 5"},
      {"", 0, false, ""},
      {"", 100, false, "1 2 3 4 5 6 '1"},
      {"time_ns", 2, false, "1 2"},
      {"time_ns DESC", 2, false, "'1 6"},
      {"time_ns desc", 2, true, "1 2"},
      {"comm, seq DESC", std::nullopt, false, "2 3 6 5 4 1 '1"},
  };
  for (const Case& c : cases) {
    Shape shape = SeqShape();
    shape.order = c.order;
    shape.limit = c.limit;
    shape.reverse = c.reverse;
    Filter filter;
    const std::string seqs = Seqs(filter, shape);
    if (std::string(c.order) == "comm, seq DESC") {
      EXPECT_THAT(seqs, testing::StartsWith("2 3 6 5 4")) << seqs;
    } else {
      EXPECT_EQ(seqs, c.seqs) << c.order << " " << c.reverse;
    }
  }
}

TEST_F(ReaderTest, FindsABootByItsPlaceOrItsName) {
  Reader reader(path_);
  for (const auto& [text, id] : std::vector<std::pair<std::string, int64_t>>{
           {"0", 2}, {"-1", 1}, {"first", 1}, {"s", 2}, {"second", 2}}) {
    EXPECT_EQ(reader.FindBoot(text), id) << text;
  }
  for (const char* text : {"-2", "1", "third", "%", "*", "",
                           "-99999999999999999999", "-9223372036854775808"}) {
    EXPECT_THAT(MessageOf<UsageError>([&] { reader.FindBoot(text); }),
                HasSubstr("boot '"))
        << text;
  }
}

TEST_F(ReaderTest, TellsSqlsMistakesAsTheUsers) {
  Filter filter;
  for (const char* condition :
       {"nope = 1", "pid =", "(", ")", "pid = ?", "pid = :a",
        "abs(-9223372036854775807 - 1) = 1", "1); DELETE FROM records; --",
        "1) UNION SELECT load_extension('x') --"}) {
    filter.condition = condition;
    EXPECT_THAT(MessageOf<UsageError>([&] { Seqs(filter); }),
                HasSubstr("SQL: "))
        << condition;
  }
}

}  // namespace
}  // namespace forkdb
