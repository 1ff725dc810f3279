#include "recorder/ingest/usernames.h"

#include <gtest/gtest.h>

#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "recorder/ingest/writer.h"
#include "store/database.h"
#include "tests/unit/testing.h"

namespace forkdb {
namespace {

constexpr std::chrono::seconds kLong(30);
constexpr std::chrono::milliseconds kShort(20);

// A name service that answers as it is told, or not until it is told. A thread
// that still asks keeps it alive.
class NameService : public std::enable_shared_from_this<NameService> {
 public:
  std::optional<std::string> Ask(uint32_t uid) {
    std::unique_lock lock(mutex_);
    ++questions_;
    changed_.notify_all();
    changed_.wait(lock, [&] { return !is_slow_; });
    const auto name = names_.find(uid);
    if (is_down_) return std::nullopt;
    return name == names_.end() ? std::to_string(uid) : name->second;
  }

  Usernames::Ask asker() {
    return [self = shared_from_this()](uint32_t uid) { return self->Ask(uid); };
  }

  void Set(bool is_slow, bool is_down) {
    const std::lock_guard lock(mutex_);
    is_slow_ = is_slow;
    is_down_ = is_down;
    changed_.notify_all();
  }

  void Name(uint32_t uid, const std::string& name) {
    const std::lock_guard lock(mutex_);
    names_[uid] = name;
  }

  void WaitForQuestions(int count) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return questions_ >= count; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::map<uint32_t, std::string> names_ = {{5000, "moody"}};
  int questions_ = 0;
  bool is_slow_ = false;
  bool is_down_ = false;
};

std::string NameOf(uint32_t uid, const Usernames& usernames) {
  const std::string* name = usernames.Find(uid);
  return name == nullptr ? "unknown" : *name;
}

TEST(UsernamesTest, KnowsNamesAndWhoHasNone) {
  const auto service = std::make_shared<NameService>();
  Usernames usernames(service->asker(), kLong);
  usernames.Prepare({5000, 6000}, kStartNs);
  EXPECT_EQ(NameOf(5000, usernames), "moody");
  EXPECT_EQ(NameOf(6000, usernames), "6000");
  EXPECT_EQ(NameOf(7000, usernames), "unknown");
}

TEST(UsernamesTest, NoticesANewNameAfterAMinute) {
  const auto service = std::make_shared<NameService>();
  Usernames usernames(service->asker(), kLong);
  usernames.Prepare({5000}, kStartNs);
  service->Name(5000, "other");
  usernames.Prepare({5000}, kStartNs + Usernames::kLifetimeNs - 1);
  EXPECT_EQ(NameOf(5000, usernames), "moody");
  usernames.Prepare({5000}, kStartNs + Usernames::kLifetimeNs);
  // What is known is not waited for.
  service->WaitForQuestions(2);
  while (NameOf(5000, usernames) == "moody") usernames.Prepare({}, kStartNs);
  EXPECT_EQ(NameOf(5000, usernames), "other");
}

TEST(UsernamesTest, KeepsTheLastNameWhileTheServiceIsDown) {
  const auto service = std::make_shared<NameService>();
  Usernames usernames(service->asker(), kLong);
  usernames.Prepare({5000}, kStartNs);
  service->Set(false, /*is_down=*/true);
  for (int i = 1; i <= 3; ++i) {
    usernames.Prepare({5000}, kStartNs + i * Usernames::kLifetimeNs);
    service->WaitForQuestions(1 + i);
    // In the thread's order: when this is answered, so is the first.
    usernames.Prepare({6000U + static_cast<uint32_t>(i)}, kStartNs);
    service->WaitForQuestions(1 + i);
    EXPECT_EQ(NameOf(5000, usernames), "moody");
  }
}

TEST(UsernamesTest, WaitsForNoQuestionThatTakesLong) {
  const auto service = std::make_shared<NameService>();
  service->Set(/*is_slow=*/true, false);
  {
    Usernames usernames(service->asker(), kShort);
    for (uint32_t uid = 1; uid <= 3 * Usernames::kMaxQuestions; ++uid) {
      usernames.Prepare({uid}, kStartNs);
      usernames.WaitFor(uid);
      EXPECT_EQ(NameOf(uid, usernames), "unknown");
    }
    EXPECT_EQ(usernames.waiting_users().size(), Usernames::kMaxQuestions);
  }  // here it does not wait either
  service->Set(false, false);
}

class FillInTest : public testing::Test {
 protected:
  FillInTest() : database_(OpenForWriting(kMemoryDatabase)) {
    service_->Set(/*is_slow=*/true, false);
  }
  ~FillInTest() override { service_->Set(false, false); }

  void Write(Writer* writer, int64_t first_seq, int64_t last_seq,
             int64_t now_ns = kStartNs) {
    Batch batch = MakeBatch(ForkRecords(first_seq, last_seq));
    for (Record& record : batch.records) record.uid = 5000;
    writer->Write(ProcStream("a"), &batch, now_ns);
  }

  std::string Rows() {
    return Ask(&database_,
               "SELECT username, count(*) FROM forks GROUP BY username");
  }

  void WaitForAnswers(Writer* writer, Usernames* usernames) {
    while (usernames->waiting()) Write(writer, 1, 0, kStartNs);
  }

  std::shared_ptr<NameService> service_ = std::make_shared<NameService>();
  SQLite::Database database_;
};

TEST_F(FillInTest, StoresAtOnceAndNamesLater) {
  Usernames usernames(service_->asker(), kShort);
  Writer writer(&database_, "x", &usernames);
  Write(&writer, 1, 3);
  Write(&writer, 4, 5);
  EXPECT_EQ(Rows(), "5000|5");
  EXPECT_EQ(Ask(&database_, "SELECT * FROM users"), "1|5000|5000|0");
  service_->Set(false, false);
  WaitForAnswers(&writer, &usernames);
  EXPECT_EQ(Rows(), "moody|5");
  EXPECT_EQ(Ask(&database_, "SELECT * FROM users"), "1|5000|moody|1");
  Write(&writer, 6, 6);
  EXPECT_EQ(Rows(), "moody|6");
}

TEST_F(FillInTest, NamesWhatARecorderBeforeCouldNot) {
  {
    Usernames usernames(service_->asker(), kShort);
    Writer writer(&database_, "x", &usernames);
    Write(&writer, 1, 3);
  }
  service_->Set(false, false);
  Usernames usernames(service_->asker(), kLong);
  Writer writer(&database_, "x", &usernames);
  Batch batch = MakeBatch({ForkRecord(4)});  // of another user
  writer.Write(ProcStream("a"), &batch, kStartNs);
  WaitForAnswers(&writer, &usernames);
  EXPECT_EQ(Rows(), "0|1\nmoody|3");
}

TEST_F(FillInTest, KeepsTheLastNameThatTheDatabaseKnows) {
  service_->Set(false, false);
  {
    Usernames usernames(service_->asker(), kLong);
    Writer writer(&database_, "x", &usernames);
    Write(&writer, 1, 3);
  }
  service_->Set(false, /*is_down=*/true);
  Usernames usernames(service_->asker(), kLong);
  Writer writer(&database_, "x", &usernames);
  Write(&writer, 4, 6);
  EXPECT_EQ(Rows(), "moody|6");
}

TEST_F(FillInTest, LeavesTheNumberWhereThereIsNoSuchUser) {
  Usernames usernames(service_->asker(), kShort);
  Writer writer(&database_, "x", &usernames);
  Batch batch = MakeBatch(ForkRecords(1, 3));
  for (Record& record : batch.records) record.uid = 6000;
  writer.Write(ProcStream("a"), &batch, kStartNs);
  service_->Set(false, false);
  WaitForAnswers(&writer, &usernames);
  EXPECT_EQ(Ask(&database_, "SELECT * FROM users"), "1|6000|6000|1");
}

}  // namespace
}  // namespace forkdb
