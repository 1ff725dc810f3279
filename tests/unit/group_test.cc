#include "query/count/group.h"

#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

#include "query/database/reader.h"
#include "query/print/group_printer.h"
#include "tests/unit/random_history.h"
#include "tests/unit/testing.h"

namespace forkdb {
namespace {

class GroupTest : public testing::Test {
 protected:
  GroupTest() : path_(dir_.File("fork.db")) { MakeRandomHistory(path_); }

  std::string Print(const Filter& filter,
                    const std::vector<std::string>& columns) {
    Reader reader(path_);
    Groups groups;
    reader.AddGroups(filter, columns, &groups);
    return Printed([&](std::FILE* stream) {
      PrintGroups(groups, columns, Shape(), Output{Format::kTsv, stream});
    });
  }

  std::string PrintSql(const std::string& columns, const std::string& where) {
    Reader reader(path_);
    const std::string select = "SELECT " + columns +
                               (columns.empty() ? "" : ", ") +
                               "count(*) AS records FROM forks WHERE " + where;
    const std::string order =
        columns.empty()
            ? ""
            : " GROUP BY " + columns + " ORDER BY records DESC, " + columns;
    return Printed([&](std::FILE* stream) {
      reader.PrintSql(select + order, Output{Format::kTsv, stream});
    });
  }

  TempDir dir_;
  std::string path_;
};

struct Case {
  std::vector<std::string> columns;
  std::string sql;
};

const std::vector<Case>& Cases() {
  static const auto* const cases = new std::vector<Case>{
      {{}, ""},
      {{"username", "uid"}, "username, uid"},
      {{"comm"}, "comm"},
      {{"kind"}, "kind"},
      {{"flags", "kind"}, "flags, kind"},
      {{"flags_raw", "exit_signal"}, "flags_raw, exit_signal"},
      {{"errno"}, "errno"},
      {{"child_user_ns"}, "child_user_ns"},
      {{"boot", "stream"}, "boot, stream"},
      {{"comm", "username"}, "comm, username"},
      {{"tgid"}, "tgid"}};
  return *cases;
}

TEST_F(GroupTest, CountsAllAsPlainSqlDoes) {
  for (const Case& each : Cases()) {
    EXPECT_EQ(Print(Filter(), each.columns), PrintSql(each.sql, "1"))
        << each.sql;
  }
}

TEST_F(GroupTest, CountsByOneFilterAsPlainSqlDoes) {
  const auto until_ns = kStartNs + 6'000'000'000;
  const std::string until = " AND time_ns <= " + std::to_string(until_ns);
  const std::vector<std::pair<void (*)(Filter*), std::string>> filters = {
      {[](Filter* f) {
         f->values["comm"] = {"c1", "rare?"};
       },
       "(comm = 'c1' OR comm GLOB 'rare?')"},
      {[](Filter* f) { f->values["uid"] = {4'000'000'001}; },
       "uid = 4000000001"},
      {[](Filter* f) { f->flags = 0x10000000; }, "flags_raw & 0x10000000"},
      {[](Filter* f) { f->values["kind"] = {"process"}; }, "kind = 'process'"},
      {[](Filter* f) { f->failed = true; }, "ret < 0"},
      {[](Filter* f) { f->values["errno"] = {"ENOMEM"}; }, "errno = 'ENOMEM'"},
      {[](Filter* f) { f->boot = 2; }, "stream = 2"},
  };
  for (const auto& [want, sql] : filters) {
    for (const Case& each : Cases()) {
      Filter filter;
      want(&filter);
      EXPECT_EQ(Print(filter, each.columns), PrintSql(each.sql, sql))
          << sql << " by " << each.sql;
      filter.until_ns = until_ns;
      EXPECT_EQ(Print(filter, each.columns), PrintSql(each.sql, sql + until))
          << sql << " by " << each.sql;
    }
  }
}

TEST_F(GroupTest, CountsByAnyFiltersAsPlainSqlDoes) {
  std::mt19937 random(3);
  for (int i = 0; i < 30; ++i) {
    const Asked asked = RandomQuestion(&random);
    const Case& by = Cases()[random() % Cases().size()];
    EXPECT_EQ(Print(asked.filter, by.columns), PrintSql(by.sql, asked.sql))
        << asked.sql << " by " << by.sql;
  }
}

TEST(LargestGroupsTest, KeepsTheFirstOfEquals) {
  const Groups groups = {{{"b"}, 2},
                         {{Value()}, 2},
                         {{int64_t{7}}, 2},
                         {{Blob{"a"}}, 3},
                         {{"a"}, 1}};
  const std::vector<Row> rows = LargestGroups(groups, 3);
  ASSERT_EQ(rows.size(), 3U);
  EXPECT_EQ(std::get<Blob>(rows[0][0]).bytes, "a");
  EXPECT_EQ(rows[1][0].index(), 0U);
  EXPECT_EQ(std::get<int64_t>(rows[2][0]), 7);
}

}  // namespace
}  // namespace forkdb
