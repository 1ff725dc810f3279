#include "store/supervise.h"

#include <fmt/core.h>
#include <poll.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <chrono>
#include <csignal>
#include <exception>
#include <mutex>
#include <new>
#include <string>
#include <thread>

#include "base/duration.h"
#include "base/error.h"
#include "base/signals.h"
#include "store/distrust.h"
#include "terminal/progress.h"

namespace forkdb {
namespace {

using Clock = std::chrono::steady_clock;

bool IsIgnored(int number) {
  struct sigaction action {};
  return sigaction(number, nullptr, &action) == 0 &&
         action.sa_handler == SIG_IGN;
}

// Watches the clock and the signals in its own thread. Blocks the signals while
// it lives, so that none interrupts a write.
class Supervisor {
 public:
  Supervisor(const Supervision& supervision, Output* output)
      : supervision_(supervision), output_(output) {
    if (supervision.timeout_ns) {
      deadline_ =
          Clock::now() + std::chrono::nanoseconds(*supervision.timeout_ns);
    }
    std::vector<int> watched;
    sigemptyset(&watched_);
    for (const int number : supervision.signals) {
      if (IsIgnored(number)) continue;
      watched.push_back(number);
      sigaddset(&watched_, number);
    }
    if (!watched.empty()) signals_.emplace(watched);
    if (supervision.shows_progress && line_.is_wanted()) {
      stop_.ShowProgress(&progress_);
    }
    output->before_write = [this] { BeginAnswer(); };
    output->before_pager_wait = [this] {
      // The Pager makes this process ignore SIGINT until the user quits.
      pthread_sigmask(SIG_UNBLOCK, &watched_, nullptr);
    };
    output->after_pager = [this] { EndPaging(); };
    thread_ = std::thread([this] { Run(); });
  }

  ~Supervisor() {
    end_.Request();
    thread_.join();
    line_.Erase();
    output_->before_write = nullptr;
    output_->before_pager_wait = nullptr;
    output_->after_pager = nullptr;
  }

  Supervisor(const Supervisor&) = delete;
  Supervisor& operator=(const Supervisor&) = delete;

  const Stop& stop() const { return stop_; }
  bool interrupted() const { return interrupted_; }
  bool timed_out() const { return timed_out_; }
  bool paged() const { return paged_; }
  std::string TimeoutText() const {
    return fmt::format(
        "no complete answer within {:g} s: narrow the query (--since, --user, "
        "--comm, -n …) or raise --timeout",
        static_cast<double>(*supervision_.timeout_ns) / kNsPerSecond);
  }

 private:
  // Pauses the timeout if the answer goes to a pager.
  void BeginAnswer() {
    answering_ = true;
    if (output_->pager && !paging_) {
      const std::lock_guard<std::mutex> lock(mutex_);
      paging_ = paged_ = true;
      if (deadline_) left_ = *deadline_ - Clock::now();
    }
    if (shares_screen_) line_.Erase();
  }

  void EndPaging() {
    pthread_sigmask(SIG_BLOCK, &watched_, nullptr);
    const std::lock_guard<std::mutex> lock(mutex_);
    if (deadline_ && paging_) deadline_ = Clock::now() + left_;
    paging_ = false;
  }

  void Run() {
    constexpr int kTickMs = 100;
    std::array<pollfd, 2> fds = {
        {{end_.fd(), POLLIN, 0}, {signals_ ? signals_->fd() : -1, POLLIN, 0}}};
    while (true) {
      poll(fds.data(), fds.size(), kTickMs);
      if (fds[0].revents != 0) return;
      while (signals_ && signals_->Take()) TakeSignal();
      CheckTime();
      if (supervision_.shows_progress && !stop_.requested()) ShowProgress();
    }
  }

  bool Paging() {
    return paging_ && output_->pager && !output_->pager->HasEnded();
  }

  void TakeSignal() {
    if (interrupted_ && !Paging()) Exit(kInterruptedCode, "");
    interrupted_ = true;
    RequestStop();
  }

  void CheckTime() {
    const std::lock_guard<std::mutex> lock(mutex_);
    const Clock::time_point now = Clock::now();
    if (paging_) return;
    if (deadline_ && now >= *deadline_ && !interrupted_) {
      timed_out_ = true;
      RequestStop();
    }
    if (!stop_since_ || now < *stop_since_ + kGracePeriod) return;
    if (timed_out_) Exit(1, TimeoutText());
    // Once rows are printed, run() may wait for the reader of a pipe. Then only
    // a second signal ends the process.
    if (!answering_) Exit(kInterruptedCode, "");
  }

  void RequestStop() {
    line_.Erase();
    if (!stop_since_) stop_since_ = Clock::now();
    if (!stop_.requested()) stop_.Request();
  }

  // For a run() that does not react to the stop.
  [[noreturn]] void Exit(int code, const std::string& reason) {
    line_.Erase();
    if (supervision_.discard) supervision_.discard();
    if (!reason.empty()) {
      const std::string text = "forkdb: " + reason + "\n";
      [[maybe_unused]] const ssize_t written =
          write(STDERR_FILENO, text.data(), text.size());
    }
    _exit(code);
  }

  void ShowProgress() {
    const auto seconds =
        std::chrono::duration_cast<std::chrono::seconds>(Clock::now() - begin_);
    if (seconds.count() <= shown_s_) return;
    shown_s_ = seconds.count();
    line_.Show(ProgressText("reading", shown_s_, progress_.fraction()));
  }

  static constexpr int kInterruptedCode = 130;
  // From the stop to Exit().
  static constexpr std::chrono::seconds kGracePeriod{3};

  const Supervision& supervision_;
  Output* output_;
  const bool shares_screen_ = isatty(STDOUT_FILENO) == 1;
  const Clock::time_point begin_ = Clock::now();
  sigset_t watched_{};
  std::mutex mutex_;  // protects the next two
  std::optional<Clock::time_point> deadline_;
  Clock::duration left_{};
  std::atomic<bool> answering_ = false;
  std::atomic<bool> paging_ = false;
  std::atomic<bool> paged_ = false;
  std::atomic<bool> interrupted_ = false;
  std::atomic<bool> timed_out_ = false;
  std::optional<Clock::time_point> stop_since_;
  int64_t shown_s_ = 0;
  ProgressLine line_;
  ProgressMeter progress_;
  std::optional<Signals> signals_;
  Stop stop_;
  Stop end_;
  std::thread thread_;
};

}  // namespace

void Supervise(const Supervision& supervision, Output* output,
               const std::function<void(const Stop&)>& run) {
  std::optional<MemoryLimit> memory;
  if (supervision.limits_memory) memory.emplace();
  Supervisor supervisor(supervision, output);
  try {
    run(supervisor.stop());
  } catch (const std::exception& e) {
    // After a stop, the exception is only its consequence.
    if (supervisor.interrupted()) throw Interrupted();
    if (supervisor.timed_out()) throw Error(supervisor.TimeoutText());
    if (dynamic_cast<const std::bad_alloc*>(&e) != nullptr) {
      throw MemoryTrouble();
    }
    throw;
  }
  // With a pager, the interrupt key was meant for the pager.
  if (supervisor.interrupted() && !supervisor.paged()) throw Interrupted();
}

}  // namespace forkdb
