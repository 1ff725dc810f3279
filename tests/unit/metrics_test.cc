#include "recorder/daemon/metrics.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <string>

#include "base/error.h"
#include "recorder/daemon/metrics_file.h"
#include "tests/unit/testing.h"

namespace forkdb {
namespace {

Progress Example() {
  Progress progress;
  progress.source = "proc";
  progress.hook = "kernel_clone";
  progress.boot_id = "file:/a\"b\\c\nd";
  progress.tally.records = 12;
  progress.last_seq = 99;
  progress.start_ns = 1'500'000'000;
  return progress;
}

TEST(MetricsTest, HaveLabelsThatCannotForgeAMetric) {
  const std::string text = FormatMetrics(Example());
  EXPECT_NE(text.find("boot_id=\"file:/a\\\"b\\\\134c\\\\012d\"} 1\n"),
            std::string::npos)
      << text;
  EXPECT_NE(text.find("\nforkdb_records_total 12\n"), std::string::npos);
  EXPECT_NE(text.find("\nforkdb_start_time_seconds 1.500\n"),
            std::string::npos);
}

TEST(MetricsTest, TellWhatWaitsAndWhetherThereIsTrouble) {
  Progress progress = Example();
  EXPECT_NE(FormatMetrics(progress).find("\nforkdb_trouble 0\n"),
            std::string::npos);
  progress.waiting = 7;
  progress.since_commit_ns = 12'000'000'000;
  progress.in_trouble = true;
  const std::string text = FormatMetrics(progress);
  for (const char* line :
       {"# TYPE forkdb_waiting_records gauge\n", "\nforkdb_waiting_records 7\n",
        "\nforkdb_seconds_since_commit 12.000\n", "\nforkdb_trouble 1\n"}) {
    EXPECT_NE(text.find(line), std::string::npos) << line << text;
  }
}

TEST(MetricsFileTest, IsReplacedWholeAndReadableByAll) {
  const TempDir directory;
  const std::string path = directory.File("forkdb.prom");
  WriteFile(path, "old");
  WriteFile(path + ".new", "another's");
  MetricsFile file(path);
  const mode_t mask = umask(0077);
  EXPECT_EQ(file.Write(Example(), MetricsFile::Clock::now()), "");
  umask(mask);
  EXPECT_EQ(ReadFile(path), FormatMetrics(Example()));
  struct stat status {};
  ASSERT_EQ(stat(path.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0644U);
  EXPECT_EQ(ReadFile(path + ".new"), "another's");
  std::filesystem::remove(path);
  std::filesystem::remove(path + ".new");
  EXPECT_TRUE(std::filesystem::is_empty(directory.path()));
}

TEST(MetricsFileTest, IsDueOnlyWhenSomethingIsNewAndNotTooOften) {
  const TempDir directory;
  MetricsFile file(directory.File("forkdb.prom"));
  const auto now = MetricsFile::Clock::now();
  EXPECT_FALSE(file.due());
  file.Changed(now);
  EXPECT_EQ(file.due(), now);
  EXPECT_EQ(file.Write(Example(), now), "");
  EXPECT_FALSE(file.due());
  file.Changed(now + std::chrono::seconds(1));
  EXPECT_EQ(file.due(), now + std::chrono::seconds(10));
}

TEST(MetricsFileTest, SaysWhatWentWrongAndLeavesNothing) {
  MetricsFile file("/nowhere/forkdb.prom");
  EXPECT_EQ(file.Write(Example(), MetricsFile::Clock::now()),
            "cannot write metrics: /nowhere/forkdb.prom: No such file or "
            "directory");
  EXPECT_EQ(MetricsFile("").Write(Example(), MetricsFile::Clock::now()), "");
  EXPECT_EQ(
      MessageOf<UsageError>([] { MetricsFile("/tmp/x.txt"); }),
      "--metrics /tmp/x.txt: node_exporter reads only files that end in .prom");
}

}  // namespace
}  // namespace forkdb
