#include "query/database/cursor.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <numeric>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "base/error.h"
#include "recorder/ingest/writer.h"
#include "store/database.h"
#include "store/record.h"
#include "tests/unit/testing.h"

namespace forkdb {
namespace {

using testing::HasSubstr;

// A database in memory, and who records into it.
class Recording {
 public:
  Recording() : database_(OpenForWriting(kMemoryDatabase)) {}

  // As a stream of that boot.
  void Write(const std::string& boot, const std::vector<int64_t>& seqs) {
    Writer writer(&database_, "x");
    Batch batch;
    for (const int64_t seq : seqs) batch.records.push_back(ForkRecord(seq));
    writer.Write(ProcStream(boot), &batch, 7);
  }

  // "1:2 2:1" for streams and numbers after the cursor, which goes on.
  std::string Read(Cursor* cursor) {
    news = FindNewRecords(*cursor, &database_);
    std::string shown;
    for (const IdRange& range : news.ranges) {
      shown += Ask(&database_,
                   "SELECT group_concat(stream || ':' || seq, ' ') || ' ' "
                   "FROM forks WHERE id BETWEEN " +
                       std::to_string(range.first) + " AND " +
                       std::to_string(range.last));
    }
    // As it is written and read between two questions.
    *cursor = ParseCursor(FormatCursor(news.cursor));
    return shown;
  }

  SQLite::Database* database() { return &database_; }
  NewRecords news;

 private:
  SQLite::Database database_;
};

TEST(CursorTest, ShowsEachRecordOnce) {
  Recording recording;
  Cursor cursor;
  EXPECT_EQ(recording.Read(&cursor), "");
  recording.Write("a", {1, 2});
  EXPECT_EQ(recording.Read(&cursor), "1:1 1:2 ");
  EXPECT_EQ(recording.Read(&cursor), "");
  recording.Write("a", {3});
  recording.Write("b", {1});
  EXPECT_EQ(recording.Read(&cursor), "1:3 2:1 ");
}

TEST(CursorTest, ShowsWhatArrivesLate) {
  Recording recording;
  Cursor cursor;
  recording.Write("a", {1, 10});
  EXPECT_EQ(recording.Read(&cursor), "1:1 1:10 ");
  recording.Write("a", {5, 11});
  EXPECT_EQ(recording.Read(&cursor), "1:5 1:11 ");
  recording.Write("a", {4, 6});
  EXPECT_EQ(recording.Read(&cursor), "1:4 1:6 ");
  EXPECT_EQ(recording.Read(&cursor), "");
}

TEST(CursorTest, HoldsForAnotherDatabaseOfTheSameStream) {
  Recording old;
  Cursor cursor;
  old.Write("b", {1});
  old.Write("a", {1, 2, 3});
  EXPECT_EQ(old.Read(&cursor), "1:1 2:1 2:2 2:3 ");
  // Moved aside: the ring is read again, and streams have other ids.
  Recording fresh;
  fresh.Write("a", {2, 3, 4});
  EXPECT_EQ(fresh.Read(&cursor), "1:4 ");
  EXPECT_EQ(old.Read(&cursor), "");
}

TEST(CursorTest, TellsWhatIsMissing) {
  Recording recording;
  Cursor cursor;
  recording.Write("a", {5, 8});
  recording.Read(&cursor);
  EXPECT_EQ(recording.news.missing, 2);
  recording.Write("a", {11});
  recording.Read(&cursor);
  EXPECT_EQ(recording.news.missing, 2);
  recording.Read(&cursor);
  EXPECT_EQ(recording.news.missing, 0);
}

TEST(CursorTest, TellsWhatWasPrunedBeforeItWasShown) {
  Recording recording;
  Cursor cursor;
  recording.Write("a", {1, 2, 5});
  recording.Read(&cursor);
  recording.Write("a", {6, 7, 8});
  recording.database()->exec(
      "DELETE FROM records WHERE id % 1000000000000 <= 7;"
      "DELETE FROM gaps; UPDATE streams SET pruned_seq = 7");
  EXPECT_EQ(recording.Read(&cursor), "1:8 ");
  EXPECT_EQ(recording.news.pruned, 2);
  EXPECT_EQ(FormatCursor(cursor).find(','), std::string::npos);
}

TEST(CursorTest, KeepsTheNewestGapsOfMany) {
  Recording recording;
  Cursor cursor;
  std::vector<int64_t> odd(1000);
  std::generate(odd.begin(), odd.end(),
                [seq = -1]() mutable { return seq += 2; });
  recording.Write("a", odd);
  recording.Read(&cursor);
  EXPECT_LT(FormatCursor(cursor).size(), 1000);
  recording.Write("a", {2, 1998});
  EXPECT_EQ(recording.Read(&cursor), "1:1998 ");
}

TEST(CursorTest, ShowsEachRecordOnceInWhateverOrderTheyCome) {
  std::mt19937 random(5);
  for (int round = 0; round < 20; ++round) {
    Recording recording;
    Cursor cursor;
    std::multiset<std::string> shown;
    std::set<std::string> written;
    std::vector<int64_t> seqs(60);
    std::iota(seqs.begin(), seqs.end(), 1);
    // Some are swapped with near ones, some never come.
    for (size_t i = 0; i + 4 < seqs.size(); ++i) {
      std::swap(seqs[i], seqs[i + random() % 4]);
    }
    for (size_t i = 0; i < seqs.size();) {
      std::vector<int64_t> batch;
      for (size_t end = i + random() % 6; i < end && i < seqs.size(); ++i) {
        if (random() % 10 != 0) batch.push_back(seqs[i]);
      }
      std::sort(batch.begin(), batch.end());
      if (!batch.empty()) recording.Write("a", batch);
      for (const int64_t seq : batch) {
        written.insert("1:" + std::to_string(seq));
      }
      std::istringstream words(recording.Read(&cursor));
      for (std::string word; words >> word;) shown.insert(word);
    }
    ASSERT_EQ(shown, std::multiset<std::string>(written.begin(), written.end()))
        << round;
  }
}

TEST(CursorTest, MergesToWhatNeitherDatabaseHas) {
  Recording left, right;
  left.Write("a", {1, 2});
  right.Write("a", {1, 2, 3});
  right.Write("b", {1});
  const Cursor none;
  const Cursor both =
      MergeCursors(FindNewRecords(none, left.database()).cursor,
                   FindNewRecords(none, right.database()).cursor);
  Cursor cursor = both;
  EXPECT_EQ(left.Read(&cursor), "");
  cursor = both;
  EXPECT_EQ(right.Read(&cursor), "");
}

TEST(CursorTest, IsRefusedIfItIsNotWhole) {
  Recording recording;
  Cursor cursor;
  EXPECT_EQ(FormatCursor(cursor), "1.");
  EXPECT_TRUE(ParseCursor("1.").empty());
  recording.Write("a", {1, 4, 10});
  recording.Read(&cursor);
  const std::string text = FormatCursor(cursor);
  EXPECT_EQ(FormatCursor(ParseCursor(text)), text);
  std::vector<std::string> bad = {"2.",
                                  "x",
                                  "1/0123456789abcdeF=1.",
                                  "1/0123456789abcdef=.",
                                  "1/0123456789abcdef=0.",
                                  "1/0123456789abcdef=5-4,7.",
                                  "1/0123456789abcdef=5-7,6.",
                                  "1/0123456789abcdef=5-7.",
                                  "1/0123456789abcdef=1000000000001.",
                                  text + "."};
  for (size_t size = 0; size < text.size(); ++size) {
    bad.push_back(text.substr(0, size));
  }
  for (const std::string& part : bad) {
    EXPECT_THAT(MessageOf<UsageError>([&] { ParseCursor(part); }),
                HasSubstr("not a complete cursor of --show-cursor"))
        << part;
  }
}

TEST(CursorOfTheLastNumber, CanBeReadBackAndGoesOn) {
  Recording recording;
  recording.Write("a", {1});
  Record last = ForkRecord(2);
  last.seq = kSeqLimit - 1;
  Writer writer(recording.database(), "x");
  Batch batch = MakeBatch({last});
  writer.Write(ProcStream("a"), &batch, 7);
  Cursor cursor;
  EXPECT_EQ(recording.Read(&cursor), "1:1 1:999999999999 ");
  EXPECT_EQ(recording.Read(&cursor), "");
  recording.database()->exec(
      "DELETE FROM gaps; UPDATE streams SET pruned_seq = next_seq - 1");
  EXPECT_EQ(recording.Read(&cursor), "") << "nothing is missing, nothing comes";
  EXPECT_EQ(recording.Read(&cursor), "");
  EXPECT_EQ(recording.news.missing, 0);
  cursor = MergeCursors(cursor, recording.news.cursor);
  EXPECT_EQ(FormatCursor(ParseCursor(FormatCursor(cursor))),
            FormatCursor(cursor));
  recording.Write("b", {1});
  EXPECT_EQ(recording.Read(&cursor), "2:1 ");
}

TEST(CursorOfAForgedDatabase, CanBeReadBack) {
  for (const char* column : {"id", "next_seq", "pruned_seq"}) {
    for (const char* value : {"-9223372036854775808", "9223372036854775807",
                              "-1", "0", "1000000000001"}) {
      Recording recording;
      recording.Write("a", {1, 5, 9});
      recording.database()->exec(
          std::string("PRAGMA ignore_check_constraints = ON; "
                      "UPDATE streams SET ") +
          column + " = " + value);
      Cursor cursor;
      recording.Read(&cursor);
      recording.Read(&cursor);
    }
  }
  for (const char* gap : {"-9223372036854775808, 9223372036854775807", "5, 3",
                          "2, 9223372036854775807", "-5, 2"}) {
    Recording recording;
    recording.Write("a", {1, 9});
    recording.database()->exec(
        std::string("PRAGMA ignore_check_constraints = ON; DELETE FROM gaps; "
                    "INSERT INTO gaps (stream, first_seq, last_seq, "
                    "noticed_ns) VALUES (1, ") +
        gap + ", 7)");
    Cursor cursor;
    recording.Read(&cursor);
    recording.Read(&cursor);
  }
}

}  // namespace
}  // namespace forkdb
