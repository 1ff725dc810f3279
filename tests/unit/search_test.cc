#include "query/search.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

#include "query/reader.h"
#include "recorder/writer.h"
#include "store/database.h"
#include "tests/unit/testing.h"

namespace forkdb {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr int64_t kRecords = 5 * kBlockRecords / 2;

// A record whose values are common in some blocks and rare in others.
Record RandomRecord(int64_t seq, std::mt19937* random) {
  const auto one_in = [&](unsigned n) { return (*random)() % n == 0; };
  Record record =
      one_in(50) ? FailedRecord(seq, one_in(3) ? 12 : 11) : ForkRecord(seq);
  record.time_ns += static_cast<int64_t>((*random)() % 1'000'000'000);
  record.comm = "c" + std::to_string((*random)() % 8);
  if (one_in(3000)) record.comm = "rare" + std::to_string((*random)() % 3);
  record.uid = 4'000'000'000U + (*random)() % 4 * (seq > kBlockRecords ? 1 : 0);
  if (one_in(4)) record.flags = 0x10000100;
  if (one_in(2000)) record.flags = 0x50000000;
  record.pid = 100 + static_cast<int32_t>((*random)() % 3000 + seq / 10);
  record.tgid = one_in(2) ? record.pid : record.pid - 1;
  return record;
}

// A filter, and the condition that says the same in plain SQL.
struct Asked {
  Filter filter;
  std::string sql = "1";
};

Asked RandomQuestion(std::mt19937* random) {
  Asked asked;
  const auto often = [&](unsigned n) { return (*random)() % n == 0; };
  const auto also = [&](const std::string& sql) { asked.sql += " AND " + sql; };
  if (often(3)) {
    asked.filter.comms = {"c1", "rare?"};
    also("(comm = 'c1' OR comm GLOB 'rare?')");
  } else if (often(6)) {
    asked.filter.comms = {"*"};
  }
  if (often(3)) {
    const auto uid = 4'000'000'000 + static_cast<int64_t>((*random)() % 5);
    asked.filter.uids = {uid};
    also("uid = " + std::to_string(uid));
  }
  if (often(4)) {
    asked.filter.flags = {"NEWUSER"};
    if (often(2)) asked.filter.flags.emplace_back("NEWNET");
    also(asked.filter.flags.size() == 1
             ? "flags_raw & 0x10000000"
             : "flags_raw & 0x50000000 = 0x50000000");
  }
  if (often(4)) {
    asked.filter.errnos = {"ENOMEM"};
    also("errno = 'ENOMEM'");
  } else if (often(4)) {
    asked.filter.failed = true;
    also("ret < 0");
  }
  if (often(4)) {
    const auto pid = 100 + static_cast<int64_t>((*random)() % 3500);
    asked.filter.pids = {pid, pid + 1};
    also("(pid BETWEEN {0} AND {0} + 1 OR tgid BETWEEN {0} AND {0} + 1)");
    for (size_t at; (at = asked.sql.find("{0}")) != std::string::npos;) {
      asked.sql.replace(at, 3, std::to_string(pid));
    }
  }
  if (often(5)) {
    const auto child = 10'000 + static_cast<int64_t>((*random)() % kRecords);
    asked.filter.children = {child, child + 5000};
    also("child_pid IN (" + std::to_string(child) + ", " +
         std::to_string(child + 5000) + ")");
  }
  if (often(3)) {
    asked.filter.since_ns =
        kStartNs + static_cast<int64_t>((*random)() % kRecords) * 1'000'000;
    also("time_ns >= " + std::to_string(*asked.filter.since_ns));
  }
  if (often(3)) {
    asked.filter.until_ns =
        kStartNs + static_cast<int64_t>((*random)() % kRecords) * 1'000'000;
    also("time_ns <= " + std::to_string(*asked.filter.until_ns));
  }
  if (often(4)) {
    asked.filter.boot = 2;
    also("stream = 2");
  }
  if (often(4)) {
    asked.filter.condition = "pid % 2 = 0";
    also("pid % 2 = 0");
  }
  return asked;
}

class SearchTest : public testing::Test {
 protected:
  SearchTest() : path_(dir_.File("fork.db")) {
    SQLite::Database database = OpenForWriting(path_);
    std::mt19937 random(1);
    for (const char* boot : {"first", "second"}) {
      Writer writer(&database, path_);
      std::vector<Record> records;
      for (int64_t seq = 1; seq <= kRecords; ++seq) {
        records.push_back(RandomRecord(seq, &random));
      }
      Batch batch = MakeBatch(records);
      writer.Write(ProcStream(boot), &batch, kStartNs);
    }
  }

  std::string Print(const Filter& filter, const Shape& shape) {
    Reader reader(path_);
    return Printed([&](std::FILE* stream) {
      reader.Print(filter, shape, Format::kTsv, stream);
    });
  }

  std::string PrintSql(const std::string& sql) {
    Reader reader(path_);
    return Printed(
        [&](std::FILE* stream) { reader.PrintSql(sql, Format::kTsv, stream); });
  }

  // How SQLite goes about a statement of the search.
  static std::string Plan(SQLite::Database* database, const std::string& sql) {
    SQLite::Statement statement(*database, "EXPLAIN QUERY PLAN " + sql);
    std::string plan;
    while (statement.executeStep()) {
      plan += statement.getColumn(3).getString() + "\n";
    }
    return plan;
  }

  TempDir dir_;
  std::string path_;
};

TEST_F(SearchTest, FindsWhatPlainSqlFinds) {
  std::mt19937 random(2);
  for (int i = 0; i < 60; ++i) {
    const Asked asked = RandomQuestion(&random);
    Shape shape;
    shape.columns = {"id", "comm"};
    const std::string from =
        "SELECT id, comm FROM forks WHERE " + asked.sql + " ORDER BY ";
    EXPECT_EQ(Print(asked.filter, shape), PrintSql(from + "id")) << asked.sql;
    shape.reverse = true;
    shape.limit = static_cast<int64_t>(random() % 40);
    const std::string limit = std::to_string(*shape.limit);
    EXPECT_EQ(Print(asked.filter, shape),
              PrintSql(from + "id DESC LIMIT " + limit))
        << asked.sql;
    shape.reverse = false;
    EXPECT_EQ(Print(asked.filter, shape),
              PrintSql("SELECT * FROM (" + from + "id DESC LIMIT " + limit +
                       ") ORDER BY id"))
        << asked.sql;
    shape.order = "time_ns DESC, id";
    EXPECT_EQ(Print(asked.filter, shape),
              PrintSql(from + "time_ns DESC, id LIMIT " + limit))
        << asked.sql;
  }
}

TEST_F(SearchTest, ReadsNoMoreThanItMust) {
  const std::vector<void (*)(Filter*)> filters = {
      [](Filter* f) { f->comms = {"c1"}; },
      [](Filter* f) { f->comms = {"*"}; },
      [](Filter* f) { f->uids = {4'000'000'000}; },
      [](Filter* f) { f->flags = {"NEWUSER"}; },
      [](Filter* f) { f->errnos = {"EAGAIN"}; },
      [](Filter* f) { f->failed = true; },
      [](Filter* f) { f->pids = {300}; },
      [](Filter* f) { f->children = {10'300}; },
      [](Filter* f) { f->since_ns = kStartNs + 5'000'000'000; },
      [](Filter* f) {
        f->comms = {"c1"};
        f->failed = true;
        f->flags = {"NEWUSER"};
        f->until_ns = kStartNs + 5'000'000'000;
      },
  };
  for (size_t i = 0; i < filters.size(); ++i) {
    SQLite::Database database = OpenForReading(path_);
    Filter filter;
    filters[i](&filter);
    const Search search(&database, filter);
    // The blocks come from a table's key, in order: only the few open ones, the
    // last part, are sorted.
    std::string blocks =
        Plan(&database, search.BlocksQuestion(/*descending=*/true, 0).sql);
    blocks.resize(blocks.rfind("open_blocks"));
    EXPECT_THAT(blocks, Not(HasSubstr("SCAN d"))) << i;
    EXPECT_THAT(blocks, Not(HasSubstr("FOR ORDER BY"))) << i;
    // The rows from a range of the key, or of the index of failures.
    const std::string rows =
        Plan(&database, search.RowsSql("id, time, username", true));
    EXPECT_THAT(rows, testing::AnyOf(HasSubstr("SEARCH records USING INTEGER "
                                               "PRIMARY KEY (rowid>? AND "
                                               "rowid<?)"),
                                     HasSubstr("SEARCH records USING INDEX "
                                               "records_failed (id>? AND "
                                               "id<?)")))
        << i;
    EXPECT_THAT(rows, Not(HasSubstr("SCAN"))) << rows;
    EXPECT_THAT(rows, Not(HasSubstr("TEMP B-TREE"))) << rows;
  }
}

TEST_F(SearchTest, LooksOnlyIntoBlocksThatCanHoldAnAnswer) {
  SQLite::Database database = OpenForReading(path_);
  const auto runs = [&](const Filter& filter) {
    int count = 0;
    Search(&database, filter).ForEachRun(false, 0, [&](int64_t, int64_t) {
      ++count;
      return true;
    });
    return count;
  };
  Filter filter;
  filter.comms = {"c1"};
  EXPECT_EQ(runs(filter), 6);
  filter.comms = {"no such"};
  EXPECT_EQ(runs(filter), 1);  // the open one
  filter.comms.clear();
  filter.until_ns = kStartNs + 2'000'000'000;
  EXPECT_EQ(runs(filter), 3);  // the streams' first, and the open one
  filter.until_ns.reset();
  filter.boot = 1;
  EXPECT_EQ(runs(filter), 4);
}

}  // namespace
}  // namespace forkdb
