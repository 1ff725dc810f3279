#include "recorder/ingest/usernames.h"

#include <pthread.h>
#include <pwd.h>

#include <cerrno>
#include <condition_variable>
#include <csignal>
#include <deque>
#include <mutex>
#include <system_error>
#include <thread>
#include <utility>

#include "base/error.h"
#include "base/escape.h"
#include "recorder/source/privileges.h"

namespace forkdb {
namespace {

using Clock = std::chrono::steady_clock;

std::optional<std::string> AskSystem(uint32_t uid) {
  std::vector<char> buffer(1024);
  passwd entry{};
  passwd* found = nullptr;
  int error_number = 0;
  while ((error_number = getpwuid_r(uid, &entry, buffer.data(), buffer.size(),
                                    &found)) == ERANGE) {
    buffer.resize(buffer.size() * 2);
  }
  // glibc returns 0 if every service said that there is no such user. Otherwise
  // it returns the error of a service, for example ENOENT for a missing socket.
  if (found == nullptr && error_number != 0) return std::nullopt;
  // The column is TEXT, and some drivers fail on text that is not UTF-8.
  if (found == nullptr || !IsUtf8(found->pw_name)) return std::to_string(uid);
  return found->pw_name;
}

}  // namespace

// State shared by both threads. The lock is held only briefly, never while the
// system is asked.
struct Usernames::Shared {
  explicit Shared(Ask question) : ask(std::move(question)) {}

  const Ask ask;
  std::mutex mutex;
  std::condition_variable asked, answered;
  std::deque<uint32_t> questions;
  std::vector<std::pair<uint32_t, std::optional<std::string>>> answers;
  std::optional<Clock::time_point> busy_since;  // with the question in progress
  bool drop_privileges = false;
  bool stop = false;
};

Usernames::Usernames(Ask ask, std::chrono::milliseconds budget)
    : shared_(std::make_shared<Shared>(ask ? std::move(ask) : AskSystem)),
      budget_(budget) {}

Usernames::~Usernames() {
  bool is_busy = false;
  {
    const std::lock_guard lock(shared_->mutex);
    shared_->stop = true;
    shared_->asked.notify_one();
    is_busy = shared_->busy_since.has_value();
  }
  if (!thread_.joinable()) return;
  // A question may never end. The thread uses only *shared_, which it co-owns.
  is_busy ? thread_.detach() : thread_.join();
}

void Usernames::DropPrivileges() {
  const std::lock_guard lock(shared_->mutex);
  shared_->drop_privileges = true;
}

void Usernames::Run(const std::shared_ptr<Shared>& shared) {
  // Signals are handled by another thread.
  sigset_t all;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, nullptr);
  std::unique_lock lock(shared->mutex);
  for (;;) {
    shared->asked.wait(
        lock, [&] { return shared->stop || !shared->questions.empty(); });
    if (shared->stop) return;
    const uint32_t uid = shared->questions.front();
    shared->questions.pop_front();
    const bool drop = std::exchange(shared->drop_privileges, false);
    shared->busy_since = Clock::now();
    lock.unlock();
    if (drop) forkdb::DropPrivileges();
    std::optional<std::string> username = shared->ask(uid);
    lock.lock();
    shared->busy_since.reset();
    shared->answers.emplace_back(uid, std::move(username));
    shared->answered.notify_one();
  }
}

void Usernames::TakeAnswers() {
  std::vector<std::pair<uint32_t, std::optional<std::string>>> answers;
  {
    const std::lock_guard lock(shared_->mutex);
    answers.swap(shared_->answers);
  }
  for (auto& [uid, username] : answers) {
    Entry& entry = entries_[uid];
    entry.is_asked = false;
    entry.failed = !username;
    if (!username) continue;
    entry.username = std::move(*username);
    if (waiting_.erase(uid) > 0) answered_.insert(uid);
  }
}

void Usernames::AskFor(uint32_t uid, int64_t now_ns) {
  Entry& entry = entries_[uid];
  if (entry.is_asked) return;
  const int64_t age_ns = now_ns - entry.asked_ns;
  const int64_t lifetime_ns = entry.failed ? kRetryNs : kLifetimeNs;
  const bool was_asked = entry.failed || !entry.username.empty();
  if (was_asked && age_ns >= 0 && age_ns < lifetime_ns) return;
  const std::lock_guard lock(shared_->mutex);
  if (shared_->questions.size() >= kMaxQuestions) return;
  try {
    if (!thread_.joinable()) thread_ = std::thread(Run, shared_);
  } catch (const std::system_error&) {
    return;  // no thread can be started: the next batch tries again
  }
  shared_->questions.push_back(uid);
  shared_->asked.notify_one();
  entry.is_asked = true;
  entry.asked_ns = now_ns;
}

bool Usernames::HasAnswers(const std::vector<uint32_t>& uids) const {
  for (const uint32_t uid : uids) {
    const auto entry = entries_.find(uid);
    if (entry != entries_.end() && entry->second.is_asked &&
        entry->second.username.empty()) {
      return false;
    }
  }
  return true;
}

void Usernames::Prepare(const std::vector<uint32_t>& uids, int64_t now_ns) {
  TakeAnswers();
  // Answers that are not stored yet are still needed.
  if (entries_.size() > kMaxRemembered && answered_.empty()) entries_.clear();
  for (const uint32_t uid : uids) AskFor(uid, now_ns);
  for (const uint32_t uid : waiting_) AskFor(uid, now_ns);
  const Clock::time_point deadline = Clock::now() + budget_;
  while (!HasAnswers(uids)) {
    {
      std::unique_lock lock(shared_->mutex);
      const auto stuck = [&] {
        return shared_->busy_since &&
               Clock::now() - *shared_->busy_since >= budget_;
      };
      if (shared_->answers.empty() &&
          (stuck() || !shared_->answered.wait_until(lock, deadline, [&] {
            return !shared_->answers.empty();
          }))) {
        return;
      }
    }
    TakeAnswers();
  }
}

const std::string* Usernames::Find(uint32_t uid) const {
  const auto entry = entries_.find(uid);
  const bool known = entry != entries_.end() && !entry->second.username.empty();
  return known ? &entry->second.username : nullptr;
}

void Usernames::WaitFor(uint32_t uid) {
  if (Find(uid) != nullptr) {
    answered_.insert(uid);
  } else if (waiting_.size() < kMaxQuestions) {
    waiting_.insert(uid);
  }
}

}  // namespace forkdb
