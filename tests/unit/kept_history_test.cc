// Random questions to histories that come in several streams, out of order, and
// of which a part is pruned, held against the records that are kept.

#include <fmt/core.h>
#include <gtest/gtest.h>
#include <linux/sched.h>

#include <algorithm>
#include <functional>
#include <map>
#include <random>
#include <set>
#include <sstream>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "query/database/databases.h"
#include "query/database/reader.h"
#include "query/search/plain_sql.h"
#include "tests/unit/random_recording.h"
#include "tests/unit/soundness.h"
#include "tests/unit/testing.h"

namespace forkdb {
namespace {

using Ids = std::vector<int64_t>;

Shape IdShape() {
  Shape shape;
  shape.columns = {"id"};
  return shape;
}

// A filter, and whether it takes a record.
struct Question {
  Filter filter;
  std::vector<std::function<bool(int64_t id, const Recorded&)>> all_of;

  bool Takes(int64_t id, const Recorded& recorded) const {
    return std::all_of(all_of.begin(), all_of.end(),
                       [&](const auto& takes) { return takes(id, recorded); });
  }
};

using Random = std::mt19937;

bool OneIn(unsigned n, Random* random) { return (*random)() % n == 0; }

// Asks for what each record has.
Question QuestionOfRecords(Random* random) {
  Question question;
  Filter& filter = question.filter;
  const auto also = [&](auto takes) { question.all_of.push_back(takes); };
  if (OneIn(3, random)) {
    const uint32_t uid = 4'000'000'000U + (*random)() % 5;
    if (OneIn(2, random)) {
      filter.values["username"] = {std::to_string(uid)};
    } else {
      filter.values["uid"] = {int64_t{uid}};
    }
    also([uid](int64_t, const Recorded& r) { return r.record.uid == uid; });
  }
  if (OneIn(3, random)) {
    const std::string comm = "c" + std::to_string((*random)() % 5);
    filter.values["comm"] = {comm};
    also([comm](int64_t, const Recorded& r) { return r.record.comm == comm; });
  }
  if (OneIn(4, random)) {
    filter.failed = true;
    also([](int64_t, const Recorded& r) { return r.record.failed(); });
  }
  if (OneIn(4, random)) {
    const auto pid = static_cast<int64_t>(1 + (*random)() % 200);
    filter.pids = {pid};
    also([pid](int64_t, const Recorded& r) {
      return r.record.pid == pid || r.record.tgid == pid;
    });
  }
  // The boots take 10 seconds each, an hour apart.
  const auto time_ns = [&] {
    return kStartNs + 3'600'000'000'000 * (1 + (*random)() % 2) +
           static_cast<int64_t>((*random)() % 10'240) * 1'000'000;
  };
  if (OneIn(3, random)) {
    const int64_t since_ns = time_ns();
    filter.since_ns = since_ns;
    also([since_ns](int64_t, const Recorded& r) {
      return r.record.time_ns >= since_ns;
    });
  }
  if (OneIn(3, random)) {
    const int64_t until_ns = time_ns();
    filter.until_ns = until_ns;
    also([until_ns](int64_t, const Recorded& r) {
      return r.record.time_ns <= until_ns;
    });
  }
  return question;
}

// Ranges of ids between some of these records.
std::vector<IdRange> RandomRanges(
    const std::map<int64_t, const Recorded*>& kept, Random* random) {
  std::set<int64_t> ends;
  for (int i = 0; i < 6; ++i) {
    ends.insert(std::next(kept.begin(), static_cast<std::ptrdiff_t>(
                                            (*random)() % kept.size()))
                    ->first);
  }
  std::vector<IdRange> ranges;
  for (auto end = ends.begin(); end != ends.end(); ++end) {
    const int64_t first = *end;
    if (++end == ends.end()) break;
    ranges.push_back({first, *end});
  }
  return ranges;
}

// Asks for what one database knows, too: boots, processes and ids.
Question QuestionOf(RandomRecording* recording, Random* random) {
  Question question = QuestionOfRecords(random);
  const auto also = [&](auto takes) { question.all_of.push_back(takes); };
  const std::map<int64_t, const Recorded*> kept = recording->Kept();
  if (OneIn(4, random)) {
    const auto boot = static_cast<int64_t>(1 + (*random)() % 2);
    const int64_t row = recording->BootRow(boot);
    if (row != 0) {
      question.filter.boot = row;
      also([boot](int64_t, const Recorded& r) { return r.boot == boot; });
    }
  }
  if (kept.empty()) return question;
  if (OneIn(3, random)) {
    const auto root = std::next(
        kept.begin(), static_cast<std::ptrdiff_t>((*random)() % kept.size()));
    const std::set<int64_t> under = recording->Under(root->first);
    question.filter.under = {Process::Kind::kRecorded, root->first};
    also([under](int64_t id, const Recorded&) { return under.count(id) > 0; });
  }
  if (OneIn(4, random)) {
    const std::vector<IdRange> ranges = RandomRanges(kept, random);
    question.filter.ranges = ranges;
    also([ranges](int64_t id, const Recorded&) {
      return std::any_of(ranges.begin(), ranges.end(), [&](const auto& range) {
        return id >= range.first && id <= range.last;
      });
    });
  }
  return question;
}

// Time and id of the kept records that a question takes, by time.
std::vector<std::pair<int64_t, int64_t>> Expected(const Question& question,
                                                  RandomRecording* recording) {
  std::vector<std::pair<int64_t, int64_t>> found;
  for (const auto& [id, recorded] : recording->Kept()) {
    if (question.Takes(id, *recorded)) {
      found.emplace_back(recorded->record.time_ns, id);
    }
  }
  std::sort(found.begin(), found.end());
  return found;
}

Ids IdsOf(const std::vector<std::pair<int64_t, int64_t>>& found) {
  Ids ids;
  for (const auto& [time_ns, id] : found) ids.push_back(id);
  return ids;
}

// What a shape leaves of ids by time.
Ids Shaped(const Shape& shape, Ids ids) {
  if (shape.reverse) std::reverse(ids.begin(), ids.end());
  if (!shape.limit) return ids;
  const auto limit = std::min(static_cast<std::ptrdiff_t>(*shape.limit),
                              static_cast<std::ptrdiff_t>(ids.size()));
  if (shape.oldest || shape.reverse) {
    ids.resize(static_cast<size_t>(limit));
    return ids;
  }
  return {ids.end() - limit, ids.end()};
}

// "USERNAME COMM" and the records of each group.
using Counts = std::map<std::string, int64_t>;

Counts CountsOf(const Groups& groups) {
  Counts counts;
  for (const auto& [values, records] : groups) {
    counts[std::get<std::string>(values[0]) + " " +
           std::get<std::string>(values[1])] = records;
  }
  return counts;
}

void Count(const Question& question, RandomRecording* recording,
           Counts* counts) {
  for (const auto& [id, recorded] : recording->Kept()) {
    if (!question.Takes(id, *recorded)) continue;
    ++(*counts)[std::to_string(recorded->record.uid) + " " +
                recorded->record.comm];
  }
}

// Keeps the last cells, which are ids.
class IdKeeper : public RowPrinter {
 public:
  void Print(const Row& row) override {
    ids.push_back(std::get<int64_t>(row.back()));
  }
  void Finish() override {}

  Ids ids;
};

Ids Find(const Question& question, const Shape& shape,
         RandomRecording* recording) {
  IdKeeper kept;
  Databases databases({recording->path()}, /*stop=*/nullptr);
  databases.SetFilter({}, question.filter);
  databases.Print(shape, &kept);
  return kept.ids;
}

Ids FindByPlainSql(const Filter& filter, RandomRecording* recording) {
  std::istringstream text(Ask(recording->database(),
                              PlainSql(filter, IdShape(), /*by_time=*/true)));
  Ids ids;
  for (int64_t id = 0; text >> id;) ids.push_back(id);
  return ids;
}

Shape RandomShape(Random* random) {
  Shape shape = IdShape();
  shape.reverse = OneIn(3, random);
  shape.oldest = !shape.reverse && OneIn(3, random);
  if (OneIn(2, random)) shape.limit = (*random)() % 400;
  return shape;
}

void ExpectAnswers(RandomRecording* recording, Random* random) {
  const Question question = QuestionOf(recording, random);
  SCOPED_TRACE(PlainSql(question.filter, IdShape()));
  const Ids expected = IdsOf(Expected(question, recording));
  const Shape shape = RandomShape(random);
  EXPECT_EQ(Find(question, shape, recording), Shaped(shape, expected));
  if (!question.filter.ranges) {
    EXPECT_EQ(FindByPlainSql(question.filter, recording), expected);
  }
  Groups groups;
  Reader(recording->path())
      .AddGroups(question.filter, {"username", "comm"}, &groups);
  Counts counts;
  Count(question, recording, &counts);
  EXPECT_EQ(CountsOf(groups), counts);
}

// What is kept is as it was written.
void ExpectKeptAsWritten(RandomRecording* recording) {
  std::string expected;
  for (const auto& [id, recorded] : recording->Kept()) {
    const Record& record = recorded->record;
    if (!expected.empty()) expected += '\n';
    expected +=
        fmt::format("{}|{}|{}|{}|{}|{}|{}", id, record.time_ns, record.comm,
                    record.uid, record.pid, record.ret, record.child_start_ns);
  }
  EXPECT_EQ(Ask(recording->database(),
                "SELECT id, time_ns, comm, uid, pid, ret, "
                "ifnull(child_start_ns, 0) FROM forks ORDER BY id"),
            expected);
}

// Each call points to the record that created its caller, if that is kept.
void ExpectCallersFound(RandomRecording* recording) {
  std::map<std::tuple<int64_t, int32_t, int64_t>, int64_t> makers;
  const std::map<int64_t, const Recorded*> kept = recording->Kept();
  for (const auto& [id, recorded] : kept) {
    const Record& record = recorded->record;
    if (record.failed() || (record.flags & CLONE_THREAD) != 0) continue;
    makers[{recorded->boot, record.child_pid, record.child_start_ns}] = id;
  }
  std::string expected;
  for (const auto& [id, recorded] : kept) {
    const auto maker = makers.find(
        {recorded->boot, recorded->record.tgid, recorded->record.start_ns});
    if (maker == makers.end()) continue;
    if (!expected.empty()) expected += '\n';
    expected += fmt::format("{}|{}", id, maker->second);
  }
  EXPECT_EQ(Ask(recording->database(),
                "SELECT r.id, r.caller_id FROM records AS r JOIN records AS m "
                "ON m.id = r.caller_id ORDER BY r.id"),
            expected);
}

class KeptHistory : public testing::TestWithParam<uint32_t> {
 protected:
  TempDir dir_;
  Random random_{GetParam()};
};

TEST_P(KeptHistory, AnswersWhatItsRecordsSay) {
  RandomRecording recording(dir_.File("fork.db"), GetParam(), 0);
  for (int step = 0; recording.Step(); ++step) {
    if (step % 3 == 0) ExpectAnswers(&recording, &random_);
    if (step % 5 == 0) ExpectSound(recording.database());
    if (HasFailure()) return;
  }
  ExpectSound(recording.database());
  ExpectKeptAsWritten(&recording);
  ExpectCallersFound(&recording);
  for (int i = 0; i < 40 && !HasFailure(); ++i) {
    ExpectAnswers(&recording, &random_);
  }
}

TEST_P(KeptHistory, IsShownOnceBehindACursor) {
  RandomRecording recording(dir_.File("fork.db"), GetParam(), 0);
  const Question question = QuestionOfRecords(&random_);
  SCOPED_TRACE(PlainSql(question.filter, IdShape()));
  Cursor cursor;
  std::multiset<int64_t> shown;
  const auto ask = [&](std::optional<int64_t> limit) {
    Shape shape = IdShape();
    shape.oldest = true;
    shape.limit = limit;
    IdKeeper kept;
    Databases databases({recording.path()}, /*stop=*/nullptr);
    databases.SetFilter({}, question.filter);
    const NewRecords news = databases.KeepNewRecords(cursor);
    databases.Print(shape, &kept);
    cursor = limit ? databases.CursorAfterPrinted(cursor) : news.cursor;
    cursor = ParseCursor(FormatCursor(cursor));
    shown.insert(kept.ids.begin(), kept.ids.end());
  };
  while (recording.Step()) {
    if (OneIn(2, &random_)) continue;
    ask(OneIn(2, &random_) ? std::optional<int64_t>(random_() % 200)
                           : std::nullopt);
  }
  ask({});
  const std::set<int64_t> once(shown.begin(), shown.end());
  EXPECT_EQ(shown.size(), once.size());
  for (const int64_t id : IdsOf(Expected(question, &recording))) {
    EXPECT_EQ(once.count(id), size_t{1}) << id;
  }
}

TEST_P(KeptHistory, OfSeveralDatabasesIsThatOfEach) {
  RandomRecording left(dir_.File("left.db"), GetParam(), 0);
  RandomRecording right(dir_.File("right.db"), GetParam() + 1000, 500'000);
  while (left.Step()) continue;
  while (right.Step()) continue;
  for (int i = 0; i < 10 && !HasFailure(); ++i) {
    const Question question = QuestionOfRecords(&random_);
    SCOPED_TRACE(PlainSql(question.filter, IdShape()));
    auto expected = Expected(question, &left);
    const auto others = Expected(question, &right);
    expected.insert(expected.end(), others.begin(), others.end());
    std::sort(expected.begin(), expected.end());
    Databases databases({left.path(), right.path()}, /*stop=*/nullptr);
    databases.SetFilter({}, question.filter);
    const Shape shape = RandomShape(&random_);
    IdKeeper kept;
    databases.Print(shape, &kept);
    EXPECT_EQ(kept.ids, Shaped(shape, IdsOf(expected)));
    Groups groups;
    databases.AddGroups({"username", "comm"}, &groups);
    Counts counts;
    Count(question, &left, &counts);
    Count(question, &right, &counts);
    EXPECT_EQ(CountsOf(groups), counts);
  }
}

INSTANTIATE_TEST_SUITE_P(OfSeed, KeptHistory, testing::Range(1U, 3U));

}  // namespace
}  // namespace forkdb
