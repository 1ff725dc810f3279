#include "query/report/report.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <linux/sched.h>

#include <algorithm>
#include <cstdint>
#include <map>
#include <nlohmann/json.hpp>
#include <numeric>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "query/ancestry/tree.h"
#include "query/report/report_json.h"
#include "recorder/ingest/writer.h"
#include "store/database.h"
#include "tests/unit/random_family.h"
#include "tests/unit/testing.h"

namespace forkdb {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using Json = nlohmann::json;

constexpr int64_t kNowNs = kStartNs + 60'000'000'000;

class ReportTest : public testing::Test {
 protected:
  ReportTest() : database_(OpenForWriting(kMemoryDatabase)) {}

  void Write(std::vector<Record> records, const char* boot = "a") {
    Writer writer(&database_, "x");
    Batch batch = MakeBatch(std::move(records));
    writer.Write(ProcStream(boot), &batch, kStartNs);
  }

  Report Read(const ReportOptions& options) {
    return ReadReport(options, kNowNs, &database_);
  }

  std::string Text() {
    return ReportJson(Read({}),
                      {"--user <x>", {"--user <x>"}, false, "1.2", kNowNs});
  }

  SQLite::Database database_;
};

bool IsProcess(const Record& record) {
  return !record.failed() && (record.flags & CLONE_THREAD) == 0;
}

int64_t Integer(const Value& value) { return IntegerOr(value, -1); }

int64_t Sum(const std::vector<int64_t>& numbers) {
  return std::accumulate(numbers.begin(), numbers.end(), int64_t{0});
}

TEST_F(ReportTest, ListsTheBootsOfItsTimeOnly) {
  Write(ForkRecords(1, 5000), "old");  // a closed block and an open one
  std::vector<Record> later = ForkRecords(1, 10);
  for (Record& record : later) record.time_ns += 20'000'000'000;
  Write(later, "new");
  const auto boots = [&](int64_t since_ms, int64_t until_ms) {
    ReportOptions options;
    options.filter.since_ns = kStartNs + since_ms * 1'000'000;
    options.filter.until_ns = kStartNs + until_ms * 1'000'000;
    std::string names;
    for (const Row& row : Read(options).boots) {
      names += std::get<std::string>(row[2]) + " ";
    }
    return names;
  };
  EXPECT_EQ(boots(0, 30'000), "new old ");
  EXPECT_EQ(boots(100, 200), "old ");
  EXPECT_EQ(boots(4'900, 4'901), "old ");
  EXPECT_EQ(boots(20'001, 30'000), "new ");
  EXPECT_EQ(boots(10'000, 15'000), "");
}

TEST_F(ReportTest, CountsFailuresAmongItsRecordsOnly) {
  std::vector<Record> records = ForkRecords(1, 2);
  for (int64_t seq = 3; seq <= 8; ++seq) {
    records.push_back(FailedRecord(seq, 11));
  }
  for (Record& record : records) record.flags = 0x10000000;
  Write(records);
  ReportOptions options;
  options.filter.new_namespaces = 0x10000000;
  options.filter.succeeded = true;
  const Report report = Read(options);
  EXPECT_EQ(report.stats.records, 2);
  EXPECT_TRUE(report.failures.empty());
  EXPECT_TRUE(report.newest_failures.empty());
}

TEST_F(ReportTest, CountsEachProcessesDescendants) {
  std::mt19937 random(5);
  const std::vector<Record> records = RandomFamily(&random);
  Write(records);
  ReportOptions options;
  options.family.members = 100'000;
  const Family family = Read(options).family;
  int64_t made = 0;
  for (const Record& record : records) made += IsProcess(record) ? 1 : 0;
  EXPECT_EQ(family.processes, made);
  std::map<int64_t, const Record*> by_id;
  for (const Record& r : records) by_id[RecordId(1, r.seq)] = &r;
  int64_t compared = 0;
  for (const FamilyMember& member : family.members) {
    const auto* id = std::get_if<int64_t>(&member.id);
    if (id == nullptr) continue;
    ++compared;
    int64_t below = 0;
    for (const int64_t descendant : Descendants(records, 1, *by_id.at(*id))) {
      below += IsProcess(*by_id.at(descendant)) ? 1 : 0;
    }
    EXPECT_EQ(member.below, below) << *id;
    if (compared == 300) break;
  }
  EXPECT_EQ(compared, 300);
}

TEST_F(ReportTest, NamesProcessesAsTheTreeDoes) {
  std::mt19937 random(7);
  std::vector<Record> records = RandomFamily(&random);
  for (Record& record : records) {
    record.comm = "c" + std::to_string(random() % 5);
    record.uid = 4'000'000'000U + random() % 3;
    if (random() % 3 == 0) record.pid = record.tgid + 500;  // a thread
  }
  Write(std::move(records));
  int64_t compared = 0;
  for (const FamilyMember& member : Read({}).family.members) {
    const auto* id = std::get_if<int64_t>(&member.id);
    if (id == nullptr) continue;
    TreeOptions options;
    options.root = {Process::Kind::kRecorded, *id};
    options.up = options.down = false;
    ReadTree(options, &database_, [&](const TreeNode& node) {
      EXPECT_EQ(Integer(node.pid), Integer(member.pid)) << *id;
      EXPECT_EQ(std::get<std::string>(node.comm),
                std::get<std::string>(member.comm))
          << *id;
      EXPECT_EQ(std::get<std::string>(node.username),
                std::get<std::string>(member.username))
          << *id;
      EXPECT_EQ(Integer(node.as_of_ns), Integer(member.as_of_ns)) << *id;
    });
    if (++compared == 300) break;
  }
  EXPECT_EQ(compared, 300);
}

TEST_F(ReportTest, ShowsTheLargestFamiliesWholeUpToTheirRoots) {
  std::mt19937 random(6);
  Write(RandomFamily(&random));
  ReportOptions options;
  options.family.members = 50;
  const Family family = Read(options).family;
  ASSERT_EQ(family.members.size(), size_t{50});
  for (size_t i = 1; i < family.members.size(); ++i) {
    EXPECT_GE(family.members[i - 1].below, family.members[i].below);
    const FamilyMember& member = family.members[i];
    if (member.origin != Origin::kMade) continue;
    ASSERT_TRUE(member.parent) << i;
    EXPECT_LT(*member.parent, i);
  }
}

// "PID<PARENT'S PID:PROCESSES BELOW" of each.
std::string Tree(const Family& family) {
  const auto pid = [](const FamilyMember& member) {
    return std::to_string(std::get<int64_t>(member.pid));
  };
  std::string text;
  for (const FamilyMember& member : family.members) {
    text += pid(member);
    if (member.parent) text += "<" + pid(family.members[*member.parent]);
    text += ":" + std::to_string(member.below) + " ";
  }
  return text;
}

TEST_F(ReportTest, TreeGoesOnThroughWhatWasAliveBefore) {
  std::vector<Record> records = ForkRecords(1, 3);
  const auto set_caller = [&](size_t i, int32_t pid, int64_t start_ns) {
    records[i].pid = records[i].tgid = pid;
    records[i].start_ns = start_ns;
  };
  set_caller(0, 50, 20'000'005);
  set_caller(1, 10001, 1);  // record 1 made it
  set_caller(2, 70, 30'000'000);
  Write(records);
  database_.exec(
      "INSERT INTO alive (id, boot, start_tick, pid, ppid, parent, uid, "
      "username, comm, seen_ns) VALUES "
      "(1, 1, 1, 1, 0, NULL, 0, 'root', 'init', 0), "
      "(2, 1, 2, 50, 1, 1, 0, 'root', 'sshd', 0), "
      "(3, 1, 2, 60, 1, 1, 0, 'root', 'idle', 0), "
      "(4, 1, 0, 10001, 50, 2, 0, 'root', 'bash', 0), "
      "(5, 1, 3, 70, 10001, 4, 0, 'root', 'make', 0)");
  const Family family = Read({}).family;
  EXPECT_EQ(Tree(family),
            "1:5 50<1:4 10001<50:3 70<10001:1 10002<10001:0 10003<70:0 ");
  EXPECT_EQ(family.roots, 1);
  EXPECT_EQ(family.processes, 3);
  EXPECT_EQ(family.members[0].origin, Origin::kAlive);
  EXPECT_EQ(std::get<std::string>(family.members[0].comm), "init");
  EXPECT_EQ(family.members[2].origin, Origin::kMade);
}

TEST_F(ReportTest, TreeKeepsBootsApart) {
  for (const char* boot : {"a", "b"}) {
    std::vector<Record> records = ForkRecords(1, 1);
    records[0].pid = records[0].tgid = 50;
    records[0].start_ns = 20'000'005;
    Write(records, boot);
  }
  database_.exec(
      "INSERT INTO alive (boot, start_tick, pid, ppid, uid, username, comm, "
      "seen_ns) SELECT id, 2, 50, 0, 0, 'root', 'of ' || boot_id, 0 "
      "FROM boots");
  ReportOptions options;
  EXPECT_EQ(Tree(Read(options).family), "50:1 50:1 10001<50:0 10001<50:0 ");
  options.filter.boot = 2;
  EXPECT_EQ(Tree(Read(options).family), "50:1 10001<50:0 ");
  options.filter.under = {Process::Kind::kAlive, 2};
  EXPECT_EQ(Tree(Read(options).family), "50:1 10001<50:0 ");
}

TEST_F(ReportTest, CutsAChainOfProcessesAndTellsSo) {
  std::vector<Record> records = ForkRecords(1, 300);
  for (size_t i = 1; i < records.size(); ++i) {
    records[i].pid = records[i].tgid = records[i - 1].child_pid;
    records[i].start_ns = records[i - 1].child_start_ns;
  }
  Write(records);
  const Family family = Read({}).family;
  ASSERT_EQ(family.members.size(), size_t{65});
  EXPECT_EQ(family.members.front().below, 300);
  EXPECT_EQ(family.members.back().depth, 64);
  EXPECT_EQ(family.members.back().children, 1);
}

TEST_F(ReportTest, CountsAllFailuresAndShowsTheNewest) {
  std::vector<Record> records;
  for (int64_t seq = 1; seq <= 900; ++seq) {
    records.push_back(seq % 3 == 0 ? FailedRecord(seq, seq % 2 == 0 ? 11 : 12)
                                   : ForkRecord(seq));
  }
  Write(records);
  const Report report = Read({});
  ASSERT_EQ(report.failures.size(), size_t{2});
  for (const FailureRate& rate : report.failures) {
    EXPECT_EQ(rate.bins.size(), report.bins.count);
    EXPECT_EQ(Sum(rate.bins), 150) << rate.error;
  }
  ASSERT_EQ(report.newest_failures.size(), size_t{200});
  EXPECT_EQ(std::get<int64_t>(report.newest_failures[0].back()),
            RecordId(1, 900));
}

TEST_F(ReportTest, KeepsEntriesByBinThatAddUp) {
  std::vector<Record> records;
  for (int64_t seq = 1; seq <= 3000; ++seq) {
    records.push_back(seq % 7 == 0 ? FailedRecord(seq, 11) : ForkRecord(seq));
    records.back().comm = "c" + std::to_string(seq % 60);
    records.back().time_ns += seq > 2000 ? 1'000'000'000 : 0;  // empty bins
  }
  Write(records);
  const Json json = Json::parse(Text());
  EXPECT_EQ(json["top"], 15);
  for (const Json& section : json["sections"]) {
    if (section["name"] == "totals") continue;
    if (section["name"] == "commands") {
      EXPECT_EQ(section["entries"].size(), size_t{40});
    }
    for (const Json& entry : section["entries"]) {
      int64_t sum = 0;
      int64_t bins = 0;
      for (const int64_t count : entry[3]) {
        sum += std::max<int64_t>(count, 0);
        bins += count < 0 ? -count : 1;
      }
      EXPECT_EQ(sum, entry[2]) << section["name"] << entry[0];
      EXPECT_LE(bins, json["timeline"]["records"].size());
    }
  }
}

TEST_F(ReportTest, CountsNothingAfterItsTime) {
  std::vector<Record> records = {ForkRecord(1), FailedRecord(2, 11)};
  records[1].time_ns = kNowNs + 1;
  Write(records);
  ReportOptions options;
  options.filter.since_ns = kStartNs;
  const Report report = Read(options);
  EXPECT_EQ(report.stats.records, 1);
  EXPECT_TRUE(report.failures.empty());
  EXPECT_TRUE(report.newest_failures.empty());
}

TEST_F(ReportTest, KeepsToTheFilter) {
  std::vector<Record> records = ForkRecords(1, 100);
  records.push_back(FailedRecord(101, 11));
  Write(records);
  ReportOptions options;
  options.filter.since_ns = kStartNs + 91 * 1'000'000;
  options.filter.until_ns = kStartNs + 100 * 1'000'000;
  const Report report = Read(options);
  EXPECT_EQ(report.stats.records, 10);
  EXPECT_EQ(report.family.processes, 10);
  EXPECT_TRUE(report.failures.empty());
  EXPECT_TRUE(report.newest_failures.empty());
}

TEST_F(ReportTest, OfAnEmptyDatabaseIsEmpty) {
  const Json json = Json::parse(Text());
  EXPECT_EQ(json["records"], 0);
  EXPECT_TRUE(json["family"]["members"].empty());
  EXPECT_TRUE(json["boots"].empty());
}

TEST_F(ReportTest, SaysWhatIsMissingAndWhen) {
  std::vector<Record> records = ForkRecords(1, 10);
  records.push_back(ForkRecord(18));
  Write(records);
  const Json json = Json::parse(Text());
  EXPECT_EQ(json["missing"]["records"], 7);
  EXPECT_EQ(json["missing"]["gaps"], 1);
  EXPECT_EQ(json["gaps"][0][2], 7);
}

TEST_F(ReportTest, JsonCannotLeaveItsScriptElement) {
  const std::vector<std::string> names = {"</script><b>",
                                          "<!--<script>",
                                          "\xe2\x80\xae",
                                          "\x1b[31m",
                                          "\xff",
                                          "\xe2\x80\xa8",
                                          "\\"};
  std::vector<Record> records;
  for (size_t i = 0; i < names.size(); ++i) {
    records.push_back(FailedRecord(static_cast<int64_t>(i) + 1, 11));
    records.back().comm = names[i];
  }
  Write(records);
  database_.exec("UPDATE boots SET host = '</script>' || char(7)");
  const std::string text = Text();
  EXPECT_THAT(text, Not(HasSubstr("<")));
  for (const char c : text) {
    EXPECT_TRUE(c >= ' ' && c <= '~') << text;
  }
  const Json json = Json::parse(text);
  EXPECT_EQ(json["filter"], "--user <x>");
  EXPECT_EQ(json["boots"][0][0], "</script>\\007");
  std::vector<std::string> shown;
  for (const Json& row : json["failures"]["rows"]) shown.push_back(row[2]);
  EXPECT_THAT(shown,
              ElementsAre("\\134", "\\342\\200\\250", "\\377", "\\033[31m",
                          "\\342\\200\\256", "<!--<script>", "</script><b>"));
}

}  // namespace
}  // namespace forkdb
