// User names by number.

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

// Asks the system's user database in a thread of its own, for a name service
// may take long or be down, and remembers the answers for a minute, so that a
// new or renamed user is noticed. A question that is not answered leaves the
// last answer as it is. Questions and memory are bounded: beyond kMaxQuestions
// a user is asked for later, beyond kMaxRemembered all is asked again.
//
// Every function returns at once but Prepare(), which waits up to its budget.
// To be used by one thread.
class Usernames {
 public:
  // The user's name, or the number in digits where there is no such user;
  // nothing where the user database cannot say now. May block; is called in the
  // thread.
  using Ask = std::function<std::optional<std::string>(uint32_t uid)>;

  static constexpr size_t kMaxQuestions = 1024;
  static constexpr size_t kMaxRemembered = 16'384;
  // Age at which an answer is asked for again.
  static constexpr int64_t kLifetimeNs = 60'000'000'000;
  // Pause before a question that was not answered is asked again.
  static constexpr int64_t kRetryNs = 5'000'000'000;
  static constexpr std::chrono::milliseconds kBudget{200};

  // The default asks getpwuid_r(3).
  explicit Usernames(Ask ask = nullptr,
                     std::chrono::milliseconds budget = kBudget);
  // Does not wait for a question that is being asked.
  ~Usernames();
  Usernames(const Usernames&) = delete;
  Usernames& operator=(const Usernames&) = delete;

  // The thread gives up all capabilities before its next question.
  void DropPrivileges();

  // Takes the answers that have come, and asks for these users and for those
  // that are waited for, as far as their answers are not fresh. Waits for users
  // that have no answer yet, up to the budget in all; not while a question
  // takes longer than the budget already.
  void Prepare(const std::vector<uint32_t>& uids, int64_t now_ns);

  // The last answer; nullptr where there is none. Does not change until the
  // next Prepare(), which also ends the pointer's life.
  const std::string* Find(uint32_t uid) const;

  // Goes on asking for this user until there is an answer.
  void WaitFor(uint32_t uid);
  bool waiting() const { return !waiting_.empty(); }

  // Whom WaitFor() named and who has no answer yet.
  std::vector<uint32_t> waiting_users() const {
    return {waiting_.begin(), waiting_.end()};
  }

  // Users that were waited for and have an answer by now, since Stored().
  const std::set<uint32_t>& answered() const { return answered_; }
  void Stored() { answered_.clear(); }

 private:
  struct Entry {
    std::string username;  // empty where there is no answer yet
    int64_t asked_ns = 0;
    bool is_asked = false;  // and not answered yet
    bool failed = false;    // the last question
  };
  struct Shared;

  static void Run(const std::shared_ptr<Shared>& shared);
  void TakeAnswers();
  void AskFor(uint32_t uid, int64_t now_ns);
  bool HasAnswers(const std::vector<uint32_t>& uids) const;

  std::shared_ptr<Shared> shared_;  // with the thread, which may outlive this
  std::thread thread_;              // from the first question on
  std::chrono::milliseconds budget_;
  std::unordered_map<uint32_t, Entry> entries_;
  std::set<uint32_t> waiting_;  // at most kMaxQuestions
  std::set<uint32_t> answered_;
};

}  // namespace forkdb

#endif  // FORKDB_RECORDER_INGEST_USERNAMES_H_
