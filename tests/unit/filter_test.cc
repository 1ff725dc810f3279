#include "query/filter.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "store/error.h"
#include "tests/unit/testing.h"

namespace forkdb {
namespace {

using testing::HasSubstr;

Shape SeqShape() {
  Shape shape;
  shape.columns = {"seq"};
  return shape;
}

std::string Refusal(const Filter& filter, const Shape& shape = SeqShape()) {
  return MessageOf<UsageError>([&] { BuildQuestion(filter, shape); });
}

TEST(Filter, BindsItsValuesAndPastesNone) {
  const std::string hostile = "x' OR 1 --";
  Filter filter;
  filter.users = {hostile, "bob"};
  filter.comms = {hostile, "*" + hostile};
  filter.since_ns = 1;
  filter.pids = {2};
  filter.failed = true;
  const Question question = BuildQuestion(filter, SeqShape());
  EXPECT_EQ(question.sql,
            "SELECT seq FROM forks WHERE (time_ns >= ?) AND (username IN (?, "
            "?)) AND ((pid IN (?)) OR (tgid IN (?))) AND (comm = ? OR comm "
            "GLOB ?) AND (ret < 0) ORDER BY id");
  EXPECT_EQ(question.values.size(), 7U);
  EXPECT_EQ(std::get<std::string>(question.values[1]), hostile);
  EXPECT_EQ(std::get<std::string>(question.values[6]), "*" + hostile);
}

TEST(Filter, RefusesNamesThatDoNotExist) {
  Filter filter;
  filter.flags = {"CLONE_EVERYTHING"};
  EXPECT_THAT(Refusal(filter), HasSubstr("no flag 'CLONE_EVERYTHING'"));
  for (const char* flag :
       {"", "0x", "0x0", "0xg", "256", "0x1 ", "0x10000000000000000"}) {
    filter.flags = {flag};
    EXPECT_THAT(Refusal(filter), HasSubstr("no flag '")) << flag;
  }
  filter.flags.clear();
  for (const char* name : {"", "EVERYTHING", "11", "-11"}) {
    filter.errnos = {name};
    EXPECT_THAT(Refusal(filter), HasSubstr("no errno '")) << name;
  }
}

TEST(Filter, RefusesColumnsAndOrdersThatDoNotExist) {
  for (const char* columns : {"", ",", "id,", "nope", "id;", "id,nope", "ID",
                              "count(*)", "*", "id pid"}) {
    EXPECT_THAT(MessageOf<UsageError>([&] { ParseColumns(columns); }),
                HasSubstr("no column '"))
        << columns;
  }
  for (const char* order : {"nope", "id,", "id UP", "id DESC pid", "random()",
                            "1", "id DESC; DROP TABLE records"}) {
    Shape shape = SeqShape();
    shape.order = order;
    EXPECT_NE(Refusal(Filter(), shape), "no exception") << order;
  }
  EXPECT_EQ(ParseColumns("all"), ViewColumns());
  EXPECT_THAT(ParseColumns("pid, comm"), testing::ElementsAre("pid", "comm"));
}

}  // namespace
}  // namespace forkdb
