#include "query/search/search.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "query/database/reader.h"
#include "query/search/plain_sql.h"
#include "query/search/runs.h"
#include "store/database.h"
#include "tests/unit/random_history.h"
#include "tests/unit/testing.h"

namespace forkdb {
namespace {

using testing::HasSubstr;
using testing::Not;

class SearchTest : public testing::Test {
 protected:
  SearchTest() : path_(dir_.File("fork.db")) { MakeRandomHistory(path_); }

  std::string Print(const Filter& filter, const Shape& shape) {
    Reader reader(path_);
    return Printed([&](std::FILE* stream) {
      reader.Print(filter, shape, Output{Format::kTsv, stream});
    });
  }

  std::string PrintSql(const std::string& sql) {
    Reader reader(path_);
    return Printed([&](std::FILE* stream) {
      reader.PrintSql(sql, Output{Format::kTsv, stream});
    });
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

// An order as it is asked for, the same as SQL, and its reverse as SQL. Each
// ends with the id, so that no two rows are equal; none is the order of ids.
struct Order {
  const char* asked;
  const char* sql;
  const char* reversed_sql;
};

constexpr std::array<Order, 4> kOrders = {{
    {"time_ns DESC, id", "time_ns DESC, id", "time_ns, id DESC"},
    {"time_ns,id desc", "time_ns, id DESC", "time_ns DESC, id"},
    {"errno DESC,comm,id", "errno DESC, comm, id", "errno, comm DESC, id DESC"},
    {"uid, pid DESC, id", "uid, pid DESC, id", "uid DESC, pid, id DESC"},
}};

TEST_F(SearchTest, FindsWhatPlainSqlFinds) {
  std::mt19937 random(2);
  for (int i = 0; i < 90; ++i) {
    Asked asked = RandomQuestion(&random);
    // Within a stream, rows are in the order of ids (time_order_test.cc has the
    // others).
    if (!asked.filter.boot) {
      asked.filter.boot = 1;
      asked.sql += " AND stream = 1";
    }
    Shape shape;
    shape.columns = {"id", "comm"};
    const std::string from =
        "SELECT id, comm FROM forks WHERE " + asked.sql + " ORDER BY ";
    EXPECT_EQ(Print(asked.filter, shape), PrintSql(from + "id")) << asked.sql;
    EXPECT_EQ(Print(asked.filter, shape),
              PrintSql(PlainSql(asked.filter, shape)));
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
    EXPECT_EQ(Print(asked.filter, shape),
              PrintSql(PlainSql(asked.filter, shape)));
    const Order& order = kOrders[random() % kOrders.size()];
    shape.order = order.asked;
    EXPECT_EQ(Print(asked.filter, shape),
              PrintSql(from + order.sql + " LIMIT " + limit))
        << asked.sql;
    shape.reverse = true;
    shape.limit.reset();
    EXPECT_EQ(Print(asked.filter, shape), PrintSql(from + order.reversed_sql))
        << asked.sql;
  }
}

TEST_F(SearchTest, ReadsNoMoreThanItMust) {
  const std::vector<void (*)(Filter*)> filters = {
      [](Filter* f) { f->values["comm"] = {"c1"}; },
      [](Filter* f) { f->values["comm"] = {"*"}; },
      [](Filter* f) { f->values["uid"] = {4'000'000'000}; },
      [](Filter* f) { f->flags = 0x10000000; },
      [](Filter* f) { f->not_flags = 0x10000000; },
      [](Filter* f) { f->threads = true; },
      [](Filter* f) { f->new_namespaces = 0x50000000; },
      [](Filter* f) { f->changed_namespaces = true; },
      [](Filter* f) { f->succeeded = true; },
      [](Filter* f) { f->values["kind"] = {"thread"}; },
      [](Filter* f) { f->values["kind"] = {"kthread"}; },
      [](Filter* f) {
        f->values["kind"] = {"kthread", "fork"};
      },
      [](Filter* f) { f->namespaces = {4'026'532'001}; },
      [](Filter* f) { f->values["errno"] = {"EAGAIN"}; },
      [](Filter* f) { f->failed = true; },
      [](Filter* f) { f->pids = {300}; },
      [](Filter* f) { f->values["child_pid"] = {10'300}; },
      [](Filter* f) {
        f->under = {Process::Kind::kRecorded, RecordId(1, 7)};
      },
      [](Filter* f) { f->since_ns = kStartNs + 5'000'000'000; },
      [](Filter* f) {
        f->values["comm"] = {"c1"};
        f->failed = true;
        f->flags = 0x10000000;
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
        Plan(&database, search.BlocksSql(/*descending=*/true, 0).sql);
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
  filter.values["comm"] = {"c1"};
  EXPECT_EQ(runs(filter), 6);
  filter.values["comm"] = {"no such"};
  EXPECT_EQ(runs(filter), 1);  // the open one
  filter.values.clear();
  filter.until_ns = kStartNs + 2'000'000'000;
  EXPECT_EQ(runs(filter), 3);  // the streams' first, and the open one
  filter.until_ns.reset();
  filter.boot = 1;
  EXPECT_EQ(runs(filter), 4);
}

TEST_F(SearchTest, TellsHowFarItIs) {
  SQLite::Database database = OpenForReading(path_);
  const std::vector<void (*)(Filter*)> filters = {
      [](Filter*) {}, [](Filter* f) { f->values["comm"] = {"*"}; }};
  for (const auto& filter_by : filters) {
    for (const bool descending : {false, true}) {
      Filter filter;
      filter_by(&filter);
      ProgressMeter progress;
      Runs runs(Search(&database, filter, &progress), descending, 0);
      std::vector<double> fractions;
      int64_t ids = 0;
      while (const std::optional<IdRange> run = runs.Next()) {
        fractions.push_back(progress.fraction().value_or(-1));
        ids += run->first <= run->last;
      }
      EXPECT_GT(ids, 0);
      EXPECT_TRUE(std::is_sorted(fractions.begin(), fractions.end()));
      EXPECT_GE(fractions.front(), 0);
      EXPECT_LT(fractions.front(), 0.3);
      if (fractions.size() > 1) {
        EXPECT_GT(fractions.back(), 0.6);
      }
    }
  }
}

TEST(Progress, SaysWhatIsLeft) {
  EXPECT_EQ(ProgressText("reading", 9, std::nullopt), "reading for 9 s");
  EXPECT_EQ(ProgressText("reading", 9, 0.001), "reading for 9 s");
  EXPECT_EQ(ProgressText("reading", 9, 0.25), "reading: 25 %, 27 s left");
  ProgressMeter progress;
  progress.Set(1, 0);
  EXPECT_FALSE(progress.fraction());
  progress.Set(7, 4);
  EXPECT_EQ(progress.fraction(), 1);
}

}  // namespace
}  // namespace forkdb
