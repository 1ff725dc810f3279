#include "query/count/stats.h"

#include <fmt/core.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "base/error.h"
#include "base/time.h"
#include "query/print/stats_printer.h"
#include "store/database.h"
#include "store/decode.h"
#include "tests/unit/random_history.h"
#include "tests/unit/testing.h"

namespace forkdb {
namespace {

constexpr int64_t kNowNs = kStartNs + 60 * kNsPerSecond;
constexpr int64_t kAllRows = std::numeric_limits<int64_t>::max();

// What plain SQL says of the same sections, as csv without its heading.
class PlainSql {
 public:
  PlainSql(SQLite::Database* database, const Stats& stats,
           const std::string& condition)
      : database_(database), stats_(stats), where_(" WHERE " + condition) {}

  std::string Sections() {
    std::string text = Totals() + Rate();
    text += Top("users", "username", "");
    text += Top("commands", "comm", "");
    text += Top("flags", "flags", "");
    text += Top("errnos", "errno", " AND errno IS NOT NULL");
    text += Namespaces();
    if (stats_.has_rows) text += Callers() + Seconds();
    return text;
  }

 private:
  std::string Rows(const std::string& sql) {
    const std::string rows = Ask(database_, sql);
    return rows.empty() ? rows : rows + "\n";
  }

  std::string Totals() {
    std::string text;
    for (const auto& [name, also] :
         std::vector<std::pair<const char*, const char*>>{
             {"all", ""},
             {"failed", " AND ret < 0"},
             {"threads", " AND ret > 0 AND flags_raw & 0x10000"},
             {"processes", " AND ret > 0 AND NOT flags_raw & 0x10000"}}) {
      text +=
          Rows(fmt::format("SELECT 'totals', '{}', NULL, count(*) FROM "
                           "forks{}{}",
                           name, where_, also));
    }
    return text;
  }

  std::string Rate() {
    const Bins bins = ChooseBins(stats_.window, 30);
    std::string text;
    for (size_t i = 0; i < bins.count; ++i) {
      const int64_t start_ns =
          bins.first_ns + static_cast<int64_t>(i) * bins.width_ns;
      text += Rows(fmt::format(
          "SELECT 'rate', '{}', NULL, count(*) FROM forks{} AND time_ns "
          "BETWEEN {} AND {}",
          FormatUtc(start_ns), where_, start_ns, start_ns + bins.width_ns - 1));
    }
    return text;
  }

  std::string Top(const char* section, const char* column, const char* also) {
    return Rows(
        fmt::format("SELECT '{0}', {1}, NULL, count(*) FROM forks{2}{3} GROUP "
                    "BY {1} ORDER BY count(*) DESC, {1} LIMIT 3",
                    section, column, where_, also));
  }

  std::string Namespaces() {
    std::string made;
    for (const std::string_view name : AllCloneFlagNames()) {
      if (name.substr(0, 9) != "CLONE_NEW") continue;
      made += fmt::format(
          "{}SELECT '{}' AS name, count(*) AS n FROM forks{} AND ret > 0 AND "
          "flags_raw & {}",
          made.empty() ? "" : " UNION ALL ", name, where_,
          *CloneFlagFromName(name));
    }
    return Rows("SELECT 'namespaces', name, NULL, n FROM (" + made +
                ") WHERE n > 0 ORDER BY n DESC, name LIMIT 3");
  }

  std::string Callers() {
    return Rows(
        "SELECT 'callers', comm, tgid, n FROM (SELECT comm, tgid, "
        "max(id), boot, start_ns, count(*) AS n FROM forks" +
        where_ +
        " GROUP BY boot, tgid, start_ns) ORDER BY n DESC, boot, tgid, "
        "start_ns LIMIT 3");
  }

  std::string Seconds() {
    return Rows(
        "SELECT 'seconds', strftime('%Y-%m-%dT%H:%M:%S', s, 'unixepoch') || "
        "'.000000000Z', NULL, n FROM (SELECT time_ns / 1000000000 AS s, "
        "count(*) AS n FROM forks" +
        where_ + " GROUP BY 1) ORDER BY n DESC, s LIMIT 3");
  }

  SQLite::Database* database_;
  const Stats& stats_;
  std::string where_;
};

// The rows as Ask() gives rows.
std::string Text(const Stats& stats) {
  std::string text = Printed([&](std::FILE* stream) {
    PrintStats(stats, Output{Format::kTsv, stream});
  });
  for (char& c : text) {
    if (c == '\t') c = '|';
  }
  return text.substr(text.find('\n') + 1);
}

class StatsTest : public testing::Test {
 protected:
  StatsTest() : path_(dir_.File("fork.db")) { MakeRandomHistory(path_); }

  TempDir dir_;
  std::string path_;
};

TEST_F(StatsTest, AreWhatPlainSqlSays) {
  SQLite::Database database = OpenForReading(path_);
  std::mt19937 random(3);
  int by_blocks = 0;
  for (int i = 0; i < 40; ++i) {
    Asked asked = RandomQuestion(&random);
    if (i % 2 == 0) {  // one that blocks can answer
      Filter plain;
      plain.since_ns = asked.filter.since_ns;
      plain.until_ns = asked.filter.until_ns;
      plain.boot = asked.filter.boot;
      asked.filter = plain;
      asked.sql = "1";
      if (plain.since_ns)
        asked.sql += fmt::format(" AND time_ns >= {}", *plain.since_ns);
      if (plain.until_ns)
        asked.sql += fmt::format(" AND time_ns <= {}", *plain.until_ns);
      if (plain.boot) asked.sql += fmt::format(" AND stream = {}", *plain.boot);
    }
    StatsOptions options;
    options.filter = asked.filter;
    options.top = 3;
    if (options.filter.since_ns.value_or(0) >
        options.filter.until_ns.value_or(kNowNs)) {
      EXPECT_THROW(ReadStats(options, kNowNs, &database), UsageError);
      continue;
    }
    for (const int64_t most_rows : {int64_t{0}, kAllRows}) {
      options.most_rows = most_rows;
      const Stats stats = ReadStats(options, kNowNs, &database);
      by_blocks += stats.has_rows ? 0 : 1;
      EXPECT_EQ(Text(stats), PlainSql(&database, stats, asked.sql).Sections())
          << asked.sql;
    }
  }
  EXPECT_GT(by_blocks, 10);
}

TEST_F(StatsTest, OfTheWindowBeforeStandBesideTheSameNames) {
  SQLite::Database database = OpenForReading(path_);
  StatsOptions options;
  options.filter.since_ns = kStartNs + 5 * kNsPerSecond;
  options.filter.until_ns = kStartNs + 8 * kNsPerSecond - 1;
  options.compare = true;
  options.top = 100;
  for (const int64_t most_rows : {int64_t{0}, kAllRows}) {
    options.most_rows = most_rows;
    const Stats stats = ReadStats(options, kNowNs, &database);
    ASSERT_TRUE(stats.before);
    EXPECT_EQ(stats.before->since_ns, kStartNs + 2 * kNsPerSecond);
    EXPECT_EQ(stats.before->until_ns, *options.filter.since_ns - 1);
    const auto ask = [&](const std::string& condition) {
      return Ask(&database,
                 fmt::format("SELECT count(*) FROM forks WHERE time_ns BETWEEN "
                             "{} AND {} AND {}",
                             stats.before->since_ns, stats.before->until_ns,
                             condition));
    };
    int64_t before = 0;
    for (const StatsSection& section : stats.sections) {
      for (const StatsEntry& entry : section.entries) {
        if (section.name == "rate") {
          before += *entry.before;
        } else if (section.name == "commands") {
          const auto& comm = std::get<std::string>(entry.name);
          EXPECT_EQ(std::to_string(*entry.before),
                    ask("comm = '" + comm + "'"));
        } else if (section.name == "seconds") {
          EXPECT_FALSE(entry.before);
        }
      }
    }
    EXPECT_EQ(std::to_string(before), ask("1"));
  }
}

TEST_F(StatsTest, CanNotCompareWithoutABeginning) {
  SQLite::Database database = OpenForReading(path_);
  StatsOptions options;
  options.compare = true;
  EXPECT_THAT(
      MessageOf<UsageError>([&] { ReadStats(options, kNowNs, &database); }),
      testing::HasSubstr("--since"));
}

TEST_F(StatsTest, CountWholeBlocksWithoutALookAtTheirRows) {
  Stats stats;
  StatsOptions options;
  options.most_rows = 0;
  {
    SQLite::Database database = OpenForReading(path_);
    stats = ReadStats(options, kNowNs, &database);
  }
  OpenForWriting(path_).exec(
      "UPDATE records SET comm = 1, user = 1, flag_set = 1 WHERE id / 4096 IN "
      "(SELECT block FROM blocks)");
  SQLite::Database database = OpenForReading(path_);
  const Stats again = ReadStats(options, kNowNs, &database);
  // Totals and namespaces depend on which calls failed.
  const auto counted = [](const Stats& of) {
    const std::string text = Text(of);
    const size_t first = text.find("rate|");
    return text.substr(first, text.find("namespaces") - first);
  };
  EXPECT_EQ(counted(stats), counted(again));
}

TEST(Stats, OfAnEmptyDatabaseAreZero) {
  SQLite::Database database = OpenForWriting(kMemoryDatabase);
  const Stats stats = ReadStats({}, kNowNs, &database);
  EXPECT_EQ(stats.records, 0);
  EXPECT_TRUE(stats.has_rows);
  EXPECT_THAT(Text(stats), testing::HasSubstr("totals|all||0\n"));
}

}  // namespace
}  // namespace forkdb
