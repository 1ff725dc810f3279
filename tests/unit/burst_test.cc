// Bursts, held against every window of the records themselves.

#include "query/search/burst.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <random>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "base/error.h"
#include "query/database/reader.h"
#include "tests/unit/random_history.h"
#include "tests/unit/testing.h"

namespace forkdb {
namespace {

using testing::HasSubstr;

using Times = std::vector<std::pair<int64_t, int64_t>>;  // by id

// The ids of the records in a burst, found the slow way.
std::vector<int64_t> Expect(const Times& times, const Burst& burst) {
  std::vector<bool> in_burst(times.size());
  const auto size = static_cast<size_t>(burst.records);
  for (size_t i = 0; i + size <= times.size(); ++i) {
    const auto& [first_id, first_ns] = times[i];
    const auto& [last_id, last_ns] = times[i + size - 1];
    if (first_id / kSeqLimit != last_id / kSeqLimit) continue;
    if (std::llabs(last_ns - first_ns) > burst.within_ns) continue;
    std::fill_n(in_burst.begin() + static_cast<int64_t>(i), size, true);
  }
  std::vector<int64_t> ids;
  for (size_t i = 0; i < times.size(); ++i) {
    if (in_burst[i]) ids.push_back(times[i].first);
  }
  return ids;
}

std::vector<int64_t> Find(const Times& times, const Burst& burst) {
  BurstFinder finder(burst);
  for (const auto& [id, time_ns] : times) finder.Add(id, time_ns);
  const std::vector<IdRange> ranges = finder.Take();
  std::vector<int64_t> ids;
  for (const auto& [id, time_ns] : times) {
    for (const IdRange& range : ranges) {
      if (range.first <= id && id <= range.last) ids.push_back(id);
    }
  }
  EXPECT_EQ(finder.records(), static_cast<int64_t>(ids.size()));
  return ids;
}

TEST(Burst, IsReadAsNumberAndTime) {
  EXPECT_EQ(ParseBurst("100/1").records, 100);
  EXPECT_EQ(ParseBurst("100/1").within_ns, 1'000'000'000);
  EXPECT_EQ(ParseBurst("2/0.5").within_ns, 500'000'000);
  EXPECT_EQ(ParseBurst("20/100ms").within_ns, 100'000'000);
  for (const char* bad :
       {"", "100", "/1", "100/", "1/1", "0/1", "-5/1", "100/0", "100/-1", "a/1",
        "100/1x", "100/1/1", "99999999999/1", "100 /1"}) {
    EXPECT_THAT(MessageOf<UsageError>([&] { ParseBurst(bad); }),
                HasSubstr("write a number (2 or more) and a time"))
        << bad;
  }
}

TEST(Burst, EndsWhereTheTimeEnds) {
  const int64_t first = RecordId(1, 1);
  const Times times = {
      {first, 0}, {first + 1, 5}, {first + 2, 10}, {first + 3, 21}};
  EXPECT_EQ(Find(times, {3, 10}).size(), 3);
  EXPECT_EQ(Find(times, {3, 9}).size(), 0);
  EXPECT_EQ(Find(times, {2, 5}).size(), 3);
  EXPECT_EQ(Find(times, {2, 11}).size(), 4);
  EXPECT_EQ(Find(times, {5, 1000}).size(), 0);
}

TEST(Burst, IsOfOneStreamAndNotOfAClockSetBack) {
  const Times streams = {{RecordId(1, 1), 7}, {RecordId(2, 1), 7}};
  EXPECT_TRUE(Find(streams, {2, 10}).empty());
  const Times set_back = {{RecordId(1, 1), 3'600}, {RecordId(1, 2), 7}};
  EXPECT_TRUE(Find(set_back, {2, 10}).empty());
}

TEST(Burst, IsWhatEveryWindowSays) {
  std::mt19937 random(3);
  for (int i = 0; i < 500; ++i) {
    Times times;
    int64_t time_ns = 0;
    for (int64_t stream = 1; stream <= 2; ++stream) {
      for (int64_t seq = 1; seq <= static_cast<int64_t>(random() % 60); ++seq) {
        time_ns +=
            static_cast<int64_t>(random() % (random() % 5 == 0 ? 50 : 4));
        if (random() % 20 == 0) time_ns -= 30;
        times.emplace_back(RecordId(stream, seq), time_ns);
      }
    }
    const Burst burst = {2 + static_cast<int64_t>(random() % 8),
                         1 + static_cast<int64_t>(random() % 20)};
    ASSERT_EQ(Find(times, burst), Expect(times, burst)) << i;
  }
}

class BurstOfFilter : public testing::Test {
 protected:
  BurstOfFilter() : path_(dir_.File("fork.db")) { MakeRandomHistory(path_); }

  Times TimesOf(const std::string& condition) {
    Reader reader(path_);
    std::istringstream text(Printed([&](std::FILE* stream) {
      reader.PrintSql(
          "SELECT id, time_ns FROM forks WHERE " + condition + " ORDER BY id",
          {Format::kTsv, stream});
    }));
    std::string heading;
    std::getline(text, heading);
    Times times;
    for (int64_t id = 0, time_ns = 0; text >> id >> time_ns;) {
      times.emplace_back(id, time_ns);
    }
    return times;
  }

  // As tsv.
  static std::string Column(const std::vector<int64_t>& ids) {
    return fmt::format("id\n{}{}", fmt::join(ids, "\n"),
                       ids.empty() ? "" : "\n");
  }

  TempDir dir_;
  std::string path_;
};

TEST_F(BurstOfFilter, CountsTheRecordsThatTheOtherFiltersFind) {
  std::mt19937 random(4);
  size_t most = 0;
  for (int i = 0; i < 60; ++i) {
    Asked asked = RandomQuestion(&random);
    const Times times = TimesOf(asked.sql);
    const Burst burst = {
        2 + static_cast<int64_t>(random() % 4),
        1'000'000 * (1 + static_cast<int64_t>(random() % 200))};
    const std::vector<int64_t> ids = Expect(times, burst);
    most = std::max(most, ids.size());

    Reader reader(path_);
    reader.SetBurst(burst, &asked.filter);
    Shape shape;
    shape.columns = {"id"};
    shape.order = "id";
    EXPECT_EQ(Printed([&](std::FILE* stream) {
                reader.Print(asked.filter, shape, {Format::kTsv, stream});
              }),
              Column(ids))
        << asked.sql;
    shape.order = "id DESC";
    EXPECT_EQ(Printed([&](std::FILE* stream) {
                reader.Print(asked.filter, shape, {Format::kTsv, stream});
              }),
              Column({ids.rbegin(), ids.rend()}))
        << asked.sql;
    Groups groups;
    reader.AddGroups(asked.filter, {}, &groups);
    EXPECT_EQ(groups[{}], static_cast<int64_t>(ids.size())) << asked.sql;
  }
  EXPECT_GT(most, 100);
}

TEST_F(BurstOfFilter, GroupsOnlyWhatBelongsToABurstOfTheGroup) {
  const Burst burst = {40, 100'000'000};
  Groups groups;
  Reader(path_).AddBurstGroups(Filter(), burst, {"comm", "uid"}, &groups);
  size_t found = 0;
  for (int comm = 0; comm < 8; ++comm) {
    for (int64_t uid = 4'000'000'000; uid < 4'000'000'004; ++uid) {
      const std::string name = "c" + std::to_string(comm);
      const auto records = static_cast<int64_t>(
          Expect(TimesOf(fmt::format("comm = '{}' AND uid = {}", name, uid)),
                 burst)
              .size());
      const auto group = groups.find(Row{name, uid});
      EXPECT_EQ(group == groups.end() ? 0 : group->second, records) << name;
      found += records > 0 ? 1 : 0;
    }
  }
  EXPECT_EQ(groups.size(), found);
  EXPECT_GT(found, size_t{3});
  EXPECT_LT(found, size_t{32});
}

}  // namespace
}  // namespace forkdb
