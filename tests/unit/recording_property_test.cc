// Whatever way a stream of records is cut into drains, lost in part, repeated
// and interrupted: each number ends up in a row or in a gap, once.

#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "recorder/ingest/writer.h"
#include "store/database.h"
#include "tests/unit/testing.h"

namespace forkdb {
namespace {

class Simulation {
 public:
  explicit Simulation(uint32_t seed)
      : random_(seed), path_(dir_.File("fork.db")) {
    Restart();
    Restart();
  }

  void Step() {
    newest_ += Pick(0, 40);
    switch (Pick(0, 5)) {
      case 0:
        Restart();
        break;
      case 1:  // a drain that takes a while to arrive
        pending_.push_back(Drained());
        break;
      case 2:
        std::shuffle(pending_.begin(), pending_.end(), random_);
        DeliverPending();
        break;
      default:
        Deliver(Drained());
    }
  }

  void Check() {
    DeliverPending();
    SQLite::Database database = OpenForReading(path_);
    std::string want;
    for (const int64_t seq : seen_) want += std::to_string(seq) + "\n";
    if (!want.empty()) want.pop_back();
    ASSERT_EQ(Ask(&database, "SELECT seq FROM forks ORDER BY id"), want);
    EXPECT_EQ(Ask(&database,
                  "SELECT (SELECT count(*) FROM records) + (SELECT "
                  "ifnull(sum(last_seq - first_seq + 1), 0) FROM gaps) - "
                  "(SELECT next_seq - 1 FROM streams)"),
              "0");
    EXPECT_EQ(Ask(&database,
                  "SELECT count(*) FROM gaps AS g JOIN records AS r ON r.id % "
                  "1000000000000 BETWEEN g.first_seq AND g.last_seq"),
              "0");
    EXPECT_EQ(Ask(&database,
                  "SELECT count(*) FROM gaps AS a JOIN gaps AS b ON a.id <> "
                  "b.id AND a.first_seq BETWEEN b.first_seq AND b.last_seq"),
              "0");
    EXPECT_EQ(Ask(&database, "SELECT sum(records) FROM drains"),
              std::to_string(seen_.size()));
  }

 private:
  static constexpr int64_t kCapacity = 50;

  struct Connection {
    explicit Connection(const std::string& path)
        : database(OpenForWriting(path)), writer(&database, path) {}
    SQLite::Database database;
    Writer writer;
  };

  int64_t Pick(int64_t lowest, int64_t highest) {
    return std::uniform_int_distribution<int64_t>(lowest, highest)(random_);
  }

  // Some of what the ring holds: from anywhere on, up to anywhere, with holes.
  std::vector<Record> Drained() {
    const int64_t oldest = std::max<int64_t>(1, newest_ - kCapacity + 1);
    const int64_t first = Pick(oldest, std::max(oldest, newest_));
    std::vector<Record> records;
    for (int64_t seq = first; seq <= newest_; ++seq) {
      if (Pick(0, 9) > 0) records.push_back(ForkRecord(seq));
      if (Pick(0, 60) == 0) break;
    }
    return records;
  }

  void Deliver(const std::vector<Record>& records) {
    for (const Record& record : records) seen_.insert(record.seq);
    Batch batch = MakeBatch(records);
    connections_[static_cast<size_t>(Pick(0, 1))]->writer.Write(
        ProcStream("a"), &batch, kStartNs);
  }

  void DeliverPending() {
    for (const std::vector<Record>& records : pending_) Deliver(records);
    pending_.clear();
  }

  void Restart() {
    connections_.push_back(std::make_unique<Connection>(path_));
    if (connections_.size() > 2) connections_.erase(connections_.begin());
  }

  std::mt19937 random_;
  TempDir dir_;
  std::string path_;
  std::vector<std::unique_ptr<Connection>> connections_;
  std::vector<std::vector<Record>> pending_;
  std::set<int64_t> seen_;
  int64_t newest_ = 0;
};

class Recording : public testing::TestWithParam<uint32_t> {};

TEST_P(Recording, PutsEachNumberInARowOrAGapOnce) {
  Simulation simulation(GetParam());
  for (int step = 0; step < 120; ++step) simulation.Step();
  simulation.Check();
}

INSTANTIATE_TEST_SUITE_P(OfSeed, Recording, testing::Range(1U, 21U));

}  // namespace
}  // namespace forkdb
