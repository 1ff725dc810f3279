#include "query/filter/filter.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "base/error.h"
#include "query/filter/filter_options.h"
#include "query/filter/parse_value.h"
#include "query/filter/shape.h"
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
  for (const char* name :
       {"", "EVERYTHING", "0", "4096", "-4096", "11x", "99999999999"}) {
    EXPECT_THAT(MessageOf<UsageError>([&] { ParseErrno(name); }),
                HasSubstr("no errno '"))
        << name;
  }
}

TEST(Filter, TakesTheNumberOfAnErrno) {
  EXPECT_EQ(ParseErrno("11"), "EAGAIN");
  EXPECT_EQ(ParseErrno("-11"), "EAGAIN");
  EXPECT_EQ(ParseErrno("513"), "ERESTARTNOINTR");
  EXPECT_EQ(ParseErrno("4095"), "E4095");
}

TEST(Filter, ReadsWhatPeopleWrite) {
  FilterOptions options;
  options.texts["errno"] = {"eagain", "ENOMEM", "12x"};
  EXPECT_THAT(MessageOf<UsageError>([&] { ReadFilter(options, 0); }),
              HasSubstr("no errno '12x'"));
  options.texts["errno"].pop_back();
  options.texts["kind"] = {"fork"};
  options.numbers["uid"] = {0};
  options.numbers["child_pid"] = {};
  options.flags = {"newuser", "CLONE_NEWNET", "0x100"};
  options.not_flags = {"VFORK"};
  options.new_namespace = "true";
  options.threads = true;
  const Filter filter = ReadFilter(options, 0);
  EXPECT_EQ(ToSql(AllOf(ConditionsOf(filter))),
            "(errno IN ('EAGAIN', 'ENOMEM') AND kind = 'fork' AND uid = 0 AND "
            "~flags_raw & 1342177536 = 0 AND flags_raw & 16384 = 0 AND "
            "flags_raw & 65536 <> 0 AND flags_raw & 2114060416 <> 0)");
}

TEST(Filter, TakesThreadsAndNamespacesThatWereCreated) {
  const auto sql = [](void (*change)(FilterOptions*)) {
    FilterOptions options;
    change(&options);
    return ToSql(AllOf(ConditionsOf(ReadFilter(options, 0))));
  };
  EXPECT_EQ(sql([](FilterOptions* o) { o->threads = true; }),
            "(flags_raw & 65536 <> 0 AND ret >= 1)");
  EXPECT_EQ(sql([](FilterOptions* o) { o->no_threads = true; }),
            "(flags_raw & 65536 = 0 AND ret >= 1)");
  EXPECT_EQ(sql([](FilterOptions* o) { o->new_namespace = "user"; }),
            "(flags_raw & 268435456 <> 0 AND ret >= 1)");
  EXPECT_EQ(sql([](FilterOptions* o) { o->threads = o->failed = true; }),
            "(flags_raw & 65536 <> 0 AND errno IS NOT NULL)");
  EXPECT_EQ(sql([](FilterOptions* o) { o->success = true; }), "ret >= 1");
}

TEST(Filter, TakesANumberOfAUserAsAUid) {
  FilterOptions options;
  options.texts["username"] = {"root", "1001", "0"};
  EXPECT_EQ(ToSql(AllOf(ConditionsOf(ReadFilter(options, 0)))),
            "(username = 'root' OR uid IN (1001, 0))");
  options.texts["username"] = {"4294967295"};
  EXPECT_EQ(ToSql(AllOf(ConditionsOf(ReadFilter(options, 0)))),
            "uid = 4294967295");
  for (const char* user : {"4294967296", "99999999999999999999"}) {
    EXPECT_THAT(MessageOf<UsageError>([&] { ParseUser(user); }),
                HasSubstr("a number is a uid"))
        << user;
  }
}

TEST(Filter, CutsACommandNameAsTheKernelDoes) {
  EXPECT_EQ(ParseComm("systemd-journal"), "systemd-journal");
  EXPECT_EQ(ParseComm("systemd-journald"), "systemd-journal");
  EXPECT_EQ(ParseComm("systemd-journald*"), "systemd-journal");
  EXPECT_EQ(ParseComm("systemd-journal*"), "systemd-journal*");
  EXPECT_EQ(ParseComm("?ystemd-journald"), "?ystemd-journal");
  EXPECT_EQ(ParseComm("*systemd-journal*"), "*systemd-journal*");
  EXPECT_THAT(MessageOf<UsageError>([&] { ParseComm("*systemd-journald"); }),
              HasSubstr("no command matches"));
}

TEST(Filter, RefusesATimeThatEndsBeforeItBegins) {
  FilterOptions options;
  options.utc = true;
  options.since = "2026-11-23 10:00";
  options.until = "2026-11-23 09:00";
  EXPECT_THAT(MessageOf<UsageError>([&] { ReadFilter(options, 0); }),
              HasSubstr("--since 2026-11-23T10:00:00.000000000Z is after "
                        "--until 2026-11-23T09:00:00.000000000Z"));
  options.until = options.since;
  EXPECT_EQ(ReadFilter(options, 0).until_ns, ReadFilter(options, 0).since_ns);
}

TEST(Filter, PrintsHostileValuesAsOneLiteral) {
  const auto comm = [](const std::string& name) {
    Filter filter;
    filter.values["comm"] = {name};
    return ToSql(AllOf(ConditionsOf(filter)));
  };
  EXPECT_EQ(comm("x' OR 1 --"), "comm = 'x'' OR 1 --'");
  EXPECT_EQ(comm("a\nb\x1b"), "comm = CAST(x'610a621b' AS TEXT)");
  EXPECT_EQ(comm("\xff"), "comm = x'ff'");
  EXPECT_EQ(comm("it's?"), "CAST(comm AS TEXT) GLOB 'it''s?'");
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
