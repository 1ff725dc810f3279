#include "query/count/bin_counts.h"

#include <fmt/core.h>
#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "query/count/stats.h"
#include "store/database.h"
#include "tests/unit/random_history.h"
#include "tests/unit/testing.h"

namespace forkdb {
namespace {

constexpr int64_t kNowNs = kStartNs + 60'000'000'000;

// SQL over the view forks: the records of an entry.
std::string ConditionOf(const std::string& section, const StatsEntry& entry) {
  const auto text = [&] {
    const auto* name = std::get_if<std::string>(&entry.name);
    return name == nullptr ? "" : *name;
  };
  if (section == "users") return "username = '" + text() + "'";
  if (section == "commands") return "comm = '" + text() + "'";
  if (section == "flags") return "ifnull(flags, '') = '" + text() + "'";
  if (section == "errnos") return "errno = '" + text() + "'";
  if (section == "namespaces") {
    return "ret > 0 AND instr(flags, '" + text() + "')";
  }
  if (section == "seconds") {
    return "substr(time, 1, 19) = '" + text().substr(0, 19) + "'";
  }
  const auto& [boot, tgid, start_ns] = *entry.caller;
  return fmt::format(
      "stream IN (SELECT id FROM streams WHERE boot = {}) AND tgid = {} AND "
      "start_ns = {}",
      boot, tgid, start_ns);
}

class BinCountsTest : public testing::Test {
 protected:
  BinCountsTest() : path_(dir_.File("fork.db")) { MakeRandomHistory(path_); }

  // Compares the counts of a filter's records with those of SQL. Returns the
  // sections that had entries.
  int Compare(const Filter& filter, const std::string& sql) {
    SQLite::Database database = OpenForReading(path_);
    StatsOptions options;
    options.filter = filter;
    options.top = 4;
    const Stats stats = ReadStats(options, kNowNs, &database);
    const Bins bins = ChooseBins(stats.window, 50);
    const Search search(&database, InWindow(filter, stats.window));
    const std::vector<std::vector<BinCounts>> counts =
        CountByBin(search, bins, stats.sections);
    EXPECT_EQ(counts.size(), stats.sections.size());
    int sections = 0;
    for (size_t i = 0; i < counts.size(); ++i) {
      const StatsSection& section = stats.sections[i];
      if (section.name == "totals" || section.name == "rate") {
        EXPECT_TRUE(counts[i].empty());
        continue;
      }
      EXPECT_EQ(counts[i].size(), section.entries.size()) << section.name;
      sections += counts[i].empty() ? 0 : 1;
      for (size_t k = 0; k < counts[i].size(); ++k) {
        const std::string condition =
            sql + " AND " + ConditionOf(section.name, section.entries[k]);
        EXPECT_EQ(Text(counts[i][k]), Expected(bins, condition, &database))
            << section.name << ": " << condition;
      }
    }
    return sections;
  }

  // "BIN|RECORDS|FAILED" of each bin with records.
  static std::string Text(const BinCounts& counts) {
    std::string text;
    for (size_t bin = 0; bin < counts.records.size(); ++bin) {
      if (counts.records[bin] == 0) continue;
      if (!text.empty()) text += '\n';
      text +=
          fmt::format("{}|{}|{}", bin, counts.records[bin], counts.failed[bin]);
    }
    return text;
  }

  static std::string Expected(const Bins& bins, const std::string& condition,
                              SQLite::Database* database) {
    return Ask(database,
               fmt::format("SELECT (time_ns - {}) / {} AS bin, count(*), "
                           "sum(ret < 0) FROM forks WHERE {} GROUP BY 1 "
                           "ORDER BY 1",
                           bins.first_ns, bins.width_ns, condition));
  }

  TempDir dir_;
  std::string path_;
};

TEST_F(BinCountsTest, AreThoseOfEachEntryOfAllHistory) {
  EXPECT_EQ(Compare({}, "1"), 7);
}

TEST_F(BinCountsTest, AreThoseOfTheFiltersRecords) {
  Filter filter;
  filter.since_ns = kStartNs + 3'000'000'000;
  filter.until_ns = kStartNs + 6'000'000'000;
  filter.condition = "pid % 2 = 0";
  EXPECT_EQ(Compare(filter, fmt::format("pid % 2 = 0 AND time_ns BETWEEN {} "
                                        "AND {}",
                                        *filter.since_ns, *filter.until_ns)),
            7);
  filter.boot = 2;
  filter.failed = true;
  EXPECT_EQ(Compare(filter, fmt::format("pid % 2 = 0 AND time_ns BETWEEN {} "
                                        "AND {} AND stream = 2 AND ret < 0",
                                        *filter.since_ns, *filter.until_ns)),
            6);
}

}  // namespace
}  // namespace forkdb
