#include "recorder/ingest/recent_map.h"

#include <gtest/gtest.h>

#include <map>
#include <string>
#include <unordered_map>

namespace forkdb {
namespace {

using Map = RecentMap<std::unordered_map<int, std::string>>;

TEST(RecentMap, FindsWhatWasInserted) {
  Map map(10);
  EXPECT_EQ(map.Find(1), nullptr);
  EXPECT_EQ(*map.Insert(1, "one"), "one");
  ASSERT_NE(map.Find(1), nullptr);
  EXPECT_EQ(*map.Find(1), "one");
  map.Clear();
  EXPECT_EQ(map.Find(1), nullptr);
}

TEST(RecentMap, HoldsTwoGenerationsAtMost) {
  Map map(10);
  for (int i = 0; i < 1000; ++i) {
    map.Insert(i, std::to_string(i));
    EXPECT_LE(map.size(), 20);
  }
  for (int i = 990; i < 1000; ++i) {
    ASSERT_NE(map.Find(i), nullptr) << i;
    EXPECT_EQ(*map.Find(i), std::to_string(i));
  }
  EXPECT_EQ(map.Find(5), nullptr);
}

TEST(RecentMap, KeepsWhatIsUsedAgain) {
  Map map(10);
  map.Insert(7, "seven");
  for (int i = 100; i < 1000; ++i) {
    map.Insert(i, "");
    if (i % 5 == 0) {
      ASSERT_NE(map.Find(7), nullptr) << i;
    }
    EXPECT_LE(map.size(), 20);
  }
  EXPECT_EQ(*map.Find(7), "seven");
}

TEST(RecentMap, CanChangeAValue) {
  RecentMap<std::map<int, int>> map(2);
  map.Insert(1, 10);
  *map.Find(1) = 11;
  map.Insert(2, 20);
  map.Insert(3, 30);  // 1 and 2 are of the old generation now
  EXPECT_EQ(*map.Find(1), 11);
}

}  // namespace
}  // namespace forkdb
