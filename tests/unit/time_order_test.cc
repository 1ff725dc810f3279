// Answers from several streams, held against a plain merge of their rows.

#include <fmt/core.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>
#include <sstream>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "query/database/databases.h"
#include "query/database/reader.h"
#include "query/search/plain_sql.h"
#include "query/search/rows_by_time.h"
#include "recorder/ingest/writer.h"
#include "store/database.h"
#include "tests/unit/random_history.h"
#include "tests/unit/testing.h"

namespace forkdb {
namespace {

struct Found {
  int64_t id = 0;
  int64_t time_ns = 0;
};
using Founds = std::vector<Found>;

// What one stream of a history is like.
struct Plan {
  std::string boot;
  std::string source;
  int64_t records = 0;
  int64_t start_ns = 0;
  int64_t step_ns = 0;
};

// Streams of three boots: some at the same time, most one after the other, and
// some recorded before what is older.
std::vector<Plan> RandomPlans(std::mt19937* random) {
  std::vector<Plan> plans;
  int64_t start_ns = kStartNs;
  for (const char* boot : {"a", "b", "c"}) {
    for (unsigned i = 0; i < 1 + (*random)() % 4; ++i) {
      Plan plan = {boot, i == 0 ? kProc : kEbpf,
                   static_cast<int64_t>((*random)() % 6000), start_ns,
                   1 + static_cast<int64_t>((*random)() % 2'000'000)};
      const int64_t length_ns = plan.records * plan.step_ns;
      start_ns += (*random)() % 3 == 0 ? length_ns / 2 : length_ns;
      plans.push_back(std::move(plan));
    }
  }
  std::shuffle(plans.begin(), plans.end(), *random);
  return plans;
}

class TimeOrder : public testing::Test {
 protected:
  TimeOrder() : path_(dir_.File("fork.db")) {}

  // With jitter, a stream's times do not grow with its numbers.
  void Make(int64_t jitter_ns, std::mt19937* random) {
    for (const char* suffix : {"", "-wal", "-shm", "-lock"}) {
      std::remove((path_ + suffix).c_str());
    }
    SQLite::Database database = OpenForWriting(path_);
    int attachment = 0;
    for (const Plan& plan : RandomPlans(random)) {
      std::vector<Record> records = ForkRecords(1, plan.records);
      for (Record& record : records) {
        if ((*random)() % 40 == 0) record = FailedRecord(record.seq, 11);
        record.time_ns = plan.start_ns + record.seq * plan.step_ns;
        if (jitter_ns > 0) {
          record.time_ns += static_cast<int64_t>((*random)()) % jitter_ns;
        }
        record.comm = "c" + std::to_string((*random)() % 3);
      }
      Stream stream = ProcStream(plan.boot);
      stream.source = plan.source;
      stream.attachment = std::to_string(++attachment);
      Writer writer(&database, path_);
      Batch batch = MakeBatch(std::move(records));
      writer.Write(stream, &batch, kStartNs);
    }
  }

  Founds Ask(const std::string& sql) {
    std::istringstream text(Printed([&](std::FILE* stream) {
      Reader(path_).PrintSql(sql, {Format::kTsv, stream});
    }));
    return Read(&text);
  }

  Founds Find(const Filter& filter, Shape shape) {
    shape.columns = {"id", "time_ns"};
    std::istringstream text(Printed([&](std::FILE* stream) {
      Reader(path_).Print(filter, shape, {Format::kTsv, stream});
    }));
    return Read(&text);
  }

  static Founds Read(std::istringstream* text) {
    std::string heading;
    std::getline(*text, heading);
    Founds founds;
    for (Found found; *text >> found.id >> found.time_ns;) {
      founds.push_back(found);
    }
    return founds;
  }

  TempDir dir_;
  std::string path_;
};

std::vector<int64_t> Ids(const Founds& founds) {
  std::vector<int64_t> ids;
  for (const Found& found : founds) ids.push_back(found.id);
  return ids;
}

// The next row is that of the stream whose next row is earliest.
Founds Merged(const Founds& by_id, bool descending) {
  std::map<int64_t, Founds> streams;
  for (const Found& found : by_id) {
    streams[StreamOf(found.id)].push_back(found);
  }
  for (auto& [stream, founds] : streams) {
    if (!descending) std::reverse(founds.begin(), founds.end());
  }
  Founds merged;
  while (merged.size() < by_id.size()) {
    std::vector<std::tuple<int64_t, int64_t>> heads;
    for (const auto& [stream, founds] : streams) {
      if (!founds.empty()) heads.emplace_back(founds.back().time_ns, stream);
    }
    Founds& next = streams[std::get<1>(
        descending ? *std::max_element(heads.begin(), heads.end())
                   : *std::min_element(heads.begin(), heads.end()))];
    merged.push_back(next.back());
    next.pop_back();
  }
  return merged;
}

// Cut to so many.
Founds First(Founds founds, int64_t limit) {
  founds.resize(std::min(founds.size(), static_cast<size_t>(limit)));
  return founds;
}

Founds Newest(const Founds& by_id, int64_t limit) {
  Founds newest = First(Merged(by_id, /*descending=*/true), limit);
  std::sort(newest.begin(), newest.end(),
            [](const Found& a, const Found& b) { return a.id < b.id; });
  return Merged(newest, /*descending=*/false);
}

struct Question {
  Filter filter;
  std::string sql;
};

std::vector<Question> Questions(std::mt19937* random) {
  std::vector<Question> questions(5);
  questions[0].sql = "1";
  questions[1].filter.values["comm"] = {"c1"};
  questions[1].sql = "comm = 'c1'";
  questions[2].filter.failed = true;
  questions[2].sql = "ret < 0";
  questions[3].filter.since_ns =
      kStartNs + static_cast<int64_t>((*random)() % 10'000'000'000);
  questions[3].filter.until_ns = *questions[3].filter.since_ns + 5'000'000'000;
  questions[3].sql =
      fmt::format("time_ns BETWEEN {} AND {}", *questions[3].filter.since_ns,
                  *questions[3].filter.until_ns);
  questions[4].filter.boot = 2;
  questions[4].filter.condition = "pid % 2 = 0";
  questions[4].sql =
      "pid % 2 = 0 AND stream IN (SELECT id FROM streams WHERE boot = 2)";
  return questions;
}

TEST_F(TimeOrder, IsThatOfAMergeOfTheStreams) {
  std::mt19937 random(11);
  for (int i = 0; i < 12; ++i) {
    const int64_t jitter_ns = i % 2 == 0 ? 0 : 500'000'000;
    Make(jitter_ns, &random);
    for (const Question& question : Questions(&random)) {
      const Founds by_id = Ask("SELECT id, time_ns FROM forks WHERE " +
                               question.sql + " ORDER BY id");
      Shape shape;
      const auto ids = [&] { return Ids(Find(question.filter, shape)); };
      EXPECT_EQ(ids(), Ids(Merged(by_id, false))) << question.sql;
      if (jitter_ns == 0) {
        shape.columns = {"id", "time_ns"};
        EXPECT_EQ(ids(),
                  Ids(Ask(PlainSql(question.filter, shape, /*by_time=*/true))));
      }
      shape.reverse = true;
      EXPECT_EQ(ids(), Ids(Merged(by_id, true))) << question.sql;
      const auto limit = static_cast<int64_t>(random() % 300);
      shape.limit = limit;
      EXPECT_EQ(ids(), Ids(First(Merged(by_id, true), limit)));
      shape.reverse = false;
      EXPECT_EQ(ids(), Ids(Newest(by_id, limit))) << question.sql;
      if (jitter_ns == 0) {
        EXPECT_EQ(ids(),
                  Ids(Ask(PlainSql(question.filter, shape, /*by_time=*/true))));
      }
      shape.oldest = true;
      EXPECT_EQ(ids(), Ids(First(Merged(by_id, false), limit)));
    }
  }
}

// Keeps the ids.
class IdKeeper : public RowPrinter {
 public:
  void Print(const Row& row) override {
    ids.push_back(std::get<int64_t>(row.front()));
  }
  void Finish() override {}

  std::vector<int64_t> ids;
};

TEST_F(TimeOrder, ShowsEachRecordOnceInPartsBehindACursor) {
  std::mt19937 random(12);
  for (int i = 0; i < 6; ++i) {
    Make(i % 2 == 0 ? 0 : 500'000'000, &random);
    Filter filter;
    filter.failed = true;
    Shape shape;
    shape.columns = {"id"};
    shape.oldest = true;
    shape.limit = 1 + static_cast<int64_t>(random() % 40);
    IdKeeper kept;
    Cursor cursor;
    for (int64_t shown = 1; shown > 0;) {
      Databases databases({path_}, /*stop=*/nullptr);
      databases.SetFilter({}, filter);
      databases.KeepNewRecords(cursor);
      shown = databases.Print(shape, &kept);
      cursor = databases.CursorAfterPrinted(cursor);
    }
    EXPECT_EQ(kept.ids,
              Ids(Merged(Ask("SELECT id, time_ns FROM forks WHERE ret < 0 "
                             "ORDER BY id"),
                         false)));
  }
}

TEST_F(TimeOrder, FindsTheLatestBootBehindAnOldCopy) {
  {
    SQLite::Database database = OpenForWriting(path_);
    for (const auto& [boot, start_s] :
         std::vector<std::pair<const char*, int64_t>>{
             {"newer", 200}, {"newest", 300}, {"old", 100}}) {
      std::vector<Record> records = ForkRecords(1, 3);
      for (Record& record : records) {
        record.time_ns += start_s * 1'000'000'000;
        record.comm = boot;
      }
      Writer writer(&database, path_);
      Batch batch = MakeBatch(records);
      Stream stream = ProcStream(boot);
      stream.source = kFile;
      writer.Write(stream, &batch, kStartNs);
    }
  }
  Reader reader(path_);
  EXPECT_EQ(reader.FindBoot("0"), 2);
  EXPECT_EQ(reader.FindBoot("-1"), 1);
  EXPECT_EQ(reader.FindBoot("-2"), 3);
  std::vector<std::string> listed;
  for (const BootSummary& boot : reader.ReadBoots()) {
    listed.push_back(boot.boot_id);
  }
  EXPECT_EQ(listed, (std::vector<std::string>{"old", "newer", "newest"}));
  // Each boot has made process 10003.
  WantedProcess wanted;
  wanted.text = "10003";
  EXPECT_EQ(reader.FindProcess(wanted).id, RecordId(2, 3));
  Shape shape;
  shape.limit = 1;
  EXPECT_EQ(Ids(Find(Filter(), shape)), std::vector{RecordId(2, 3)});
}

}  // namespace
}  // namespace forkdb
