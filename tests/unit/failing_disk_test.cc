// A disk that fails at any single moment: nothing that was recorded is lost or
// stored twice, and the recorder goes on.

#include <SQLiteCpp/Database.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <exception>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/log.h"
#include "recorder/database/database_keeper.h"
#include "store/trouble.h"
#include "tests/unit/failing_vfs.h"
#include "tests/unit/soundness.h"
#include "tests/unit/testing.h"

namespace forkdb {
namespace {

constexpr int kMostTries = 50;

// A recorder that goes on after each trouble, is started again where it ends,
// and reads its source again from the oldest on, as of /proc/fork_info.
class Recorder {
 public:
  explicit Recorder(const std::string& path)
      : log_(/*fd=*/-1, /*is_journal=*/false) {
    options_.db = path;
  }

  RetentionOptions* retention() { return &options_.retention; }
  void End() { keeper_.reset(); }

  // Until it succeeds.
  void Do(const std::function<void(Session*)>& work) {
    std::string trouble;
    for (int tries = 0; tries < kMostTries; ++tries) {
      try {
        if (!keeper_) keeper_.emplace(options_, &log_, &usernames_, nullptr);
        keeper_->Open(ProcStream("a"), kStartNs);
        work(keeper_->session());
        return;
      } catch (const DatabaseTrouble& e) {
        trouble = e.what();
        Handle(e);
      } catch (const std::exception& e) {
        trouble = e.what();
        End();
      }
    }
    ADD_FAILURE() << "still failing after " << kMostTries
                  << " tries: " << trouble;
  }

  // The source holds these records, and no older ones.
  void Drain(const std::vector<Record>& records) {
    Do([&](Session* session) {
      Batch batch = MakeBatch(records);
      while (!session->writer()
                  ->Write(ProcStream("a"), &batch, kStartNs)
                  .complete) {
      }
      session->Checkpoint();
    });
  }

 private:
  void Handle(const DatabaseTrouble& trouble) {
    try {
      keeper_->Handle(trouble, kStartNs);
    } catch (const std::exception&) {
      End();
    }
  }

  DatabaseOptions options_;
  Log log_;
  Usernames usernames_{[](uint32_t) { return std::string("root"); }};
  std::optional<DatabaseKeeper> keeper_;
};

std::vector<Record> WithFailuresAndAGap(int64_t first, int64_t last) {
  std::vector<Record> records;
  for (int64_t seq = first; seq <= last; ++seq) {
    if (seq == last - 3) continue;
    records.push_back(seq % 5 == 0 ? FailedRecord(seq, 11) : ForkRecord(seq));
  }
  return records;
}

// Numbers 1 to last, none of them thinned, in a sound database.
void ExpectWhole(const std::string& path, int64_t last) {
  SQLite::Database database(path, SQLite::OPEN_READONLY);
  EXPECT_EQ(
      Ask(&database,
          "SELECT count(*), max(next_seq) - 1, sum(thinned) FROM streams"),
      "1|" + std::to_string(last) + "|0");
  ExpectSound(&database);
}

struct FailingRun {
  std::string path;  // of a database that is not there yet
  int64_t number;    // of the operation that is to fail first
  FailingVfs* vfs;
};

// Calls run for each number, from 1 until there is no such operation any more.
// Returns how many there were.
int64_t AtEachOperation(const std::function<void(const FailingRun&)>& run) {
  for (int64_t number = 1;; ++number) {
    SCOPED_TRACE("operation " + std::to_string(number));
    const TempDir dir;
    FailingVfs vfs;
    run({dir.File("fork.db"), number, &vfs});
    if (vfs.failed() == 0 || testing::Test::HasFailure()) return number - 1;
  }
}

class FailingDiskTest : public testing::TestWithParam<int64_t> {};

TEST_P(FailingDiskTest, LosesNothingThatIsRecorded) {
  const int64_t operations = AtEachOperation([](const FailingRun& run) {
    run.vfs->FailFrom(run.number, GetParam());
    Recorder recorder(run.path);
    recorder.Drain(WithFailuresAndAGap(1, 50));
    recorder.Drain(WithFailuresAndAGap(40, 90));
    recorder.End();
    run.vfs->FailNoMore();
    ExpectWhole(run.path, 90);
  });
  // Opening, the schema, two drains and two checkpoints.
  EXPECT_GT(operations, 50);
}

TEST_P(FailingDiskTest, LosesNothingWhileItPrunes) {
  const int64_t operations = AtEachOperation([](const FailingRun& run) {
    Recorder recorder(run.path);
    recorder.retention()->SetKeep("1s");
    recorder.retention()->careful = false;
    recorder.Drain(WithFailuresAndAGap(1, 4200));
    run.vfs->FailFrom(run.number, GetParam());
    recorder.Do([](Session* session) {
      session->retention()->Tend(kStartNs + 5'150'000'000, 0);
      session->Checkpoint();
    });
    recorder.End();
    run.vfs->FailNoMore();
    ExpectWhole(run.path, 4200);
    SQLite::Database database(run.path, SQLite::OPEN_READONLY);
    EXPECT_EQ(Ask(&database, "SELECT pruned_seq FROM streams"), "4095");
  });
  EXPECT_GT(operations, 10);
}

INSTANTIATE_TEST_SUITE_P(For, FailingDiskTest, testing::Values(1, 4),
                         [](const auto& test) {
                           return std::to_string(test.param) + "Operations";
                         });

}  // namespace
}  // namespace forkdb
