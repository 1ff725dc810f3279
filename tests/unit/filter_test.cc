#include "query/filter/filter.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "base/error.h"
#include "tests/unit/testing.h"

namespace forkdb {
namespace {

using testing::HasSubstr;

TEST(Filter, RefusesNamesThatDoNotExist) {
  for (const char* flag : {"CLONE_EVERYTHING", "", "0x", "0x0", "0xg", "256",
                           "0x1 ", "0x10000000000000000"}) {
    EXPECT_THAT(MessageOf<UsageError>([&] { ParseFlag(flag); }),
                HasSubstr("no flag '" + std::string(flag)))
        << flag;
  }
  for (const char* name : {"", "EVERYTHING", "11", "-11"}) {
    EXPECT_THAT(MessageOf<UsageError>([&] { ParseErrno(name); }),
                HasSubstr("no errno '"))
        << name;
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
    EXPECT_NE(MessageOf<UsageError>([&] { ParseOrder(order, false); }),
              "no exception")
        << order;
  }
  EXPECT_EQ(ParseOrder("pid, id desc", true), "pid DESC, id ASC");
  EXPECT_EQ(ParseColumns("all"), ViewColumns());
  EXPECT_THAT(ParseColumns("pid, comm"), testing::ElementsAre("pid", "comm"));
}

}  // namespace
}  // namespace forkdb
