// Finds user names by user id.

#ifndef FORKDB_RECORDER_INGEST_USERNAMES_H_
#define FORKDB_RECORDER_INGEST_USERNAMES_H_

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <thread>
#include <unordered_map>
#include <vector>

namespace forkdb {

// Asks the system's user database in a thread of its own, because a name
// service may be slow or down. Asks again for an answer that is a minute old,
// so that a new or renamed user is noticed. A question that fails leaves the
// last answer as it is. Questions and memory are bounded: with kMaxQuestions
// questions open, a user is asked for later; with more than kMaxRemembered
// users, all answers are forgotten.
//
// Only Prepare() waits, up to its budget. Not thread-safe.
class Usernames {
 public:
  // Returns the user's name, the user id in digits if there is no such user, or
  // nullopt if the user database cannot answer now. May block. Called in the
  // thread.
  using Ask = std::function<std::optional<std::string>(uint32_t uid)>;

  static constexpr size_t kMaxQuestions = 1024;
  static constexpr size_t kMaxRemembered = 16'384;
  // The age at which an answer is asked for again.
  static constexpr int64_t kLifetimeNs = 60'000'000'000;
  // The pause before a question that failed is asked again.
  static constexpr int64_t kRetryNs = 5'000'000'000;
  static constexpr std::chrono::milliseconds kBudget{200};

  // The default asks getpwuid_r(3).
  explicit Usernames(Ask ask = nullptr,
                     std::chrono::milliseconds budget = kBudget);
  // Does not wait for a question that is in progress.
  ~Usernames();
  Usernames(const Usernames&) = delete;
  Usernames& operator=(const Usernames&) = delete;

  // The thread gives up all capabilities before its next question.
  void DropPrivileges();

  // Takes the answers that have come. Asks for these users and for those passed
  // to WaitFor(), unless their answers are recent. Then waits until each of
  // these users has an answer, at most for the budget. Does not wait if a
  // question has taken longer than the budget already. now_ns is
  // CLOCK_REALTIME.
  void Prepare(const std::vector<uint32_t>& uids, int64_t now_ns);

  // Returns the last answer, or nullptr if there is none. The answer does not
  // change, and the pointer stays valid, until the next Prepare().
  const std::string* Find(uint32_t uid) const;

  // Makes Prepare() ask for this user until there is an answer.
  void WaitFor(uint32_t uid);
  bool waiting() const { return !waiting_.empty(); }

  // Users passed to WaitFor() that have no answer yet.
  std::vector<uint32_t> waiting_users() const {
    return {waiting_.begin(), waiting_.end()};
  }

  // Users passed to WaitFor() that have got an answer since Stored().
  const std::set<uint32_t>& answered() const { return answered_; }
  void Stored() { answered_.clear(); }

 private:
  struct Entry {
    std::string username;  // empty if there is no answer yet
    int64_t asked_ns = 0;
    bool is_asked = false;  // a question is open
    bool failed = false;    // the last question failed
  };
  struct Shared;

  static void Run(const std::shared_ptr<Shared>& shared);
  void TakeAnswers();
  void AskFor(uint32_t uid, int64_t now_ns);
  bool HasAnswers(const std::vector<uint32_t>& uids) const;

  std::shared_ptr<Shared> shared_;  // the thread owns it, too
  std::thread thread_;              // started by the first question
  std::chrono::milliseconds budget_;
  std::unordered_map<uint32_t, Entry> entries_;
  std::set<uint32_t> waiting_;  // at most kMaxQuestions
  std::set<uint32_t> answered_;
};

}  // namespace forkdb

#endif  // FORKDB_RECORDER_INGEST_USERNAMES_H_
