#include "query/supervise.h"

#include <fmt/core.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <exception>
#include <initializer_list>
#include <mutex>
#include <string_view>
#include <thread>

#include "store/duration.h"
#include "store/error.h"
#include "store/signals.h"

namespace forkdb {
namespace {

using Clock = std::chrono::steady_clock;

bool IsIgnored(int number) {
  struct sigaction action {};
  return sigaction(number, nullptr, &action) == 0 &&
         action.sa_handler == SIG_IGN;
}

bool IsTerminal(int fd) {
  const char* type = std::getenv("TERM");
  return isatty(fd) == 1 && type != nullptr &&
         std::string_view(type) != "dumb" && *type != '\0';
}

// A line on stderr that is drawn anew. Threads share it.
class ProgressLine {
 public:
  void Show(int64_t seconds) {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (!wanted_) return;
    fmt::print(stderr, "\r\x1b[Kforkdb: reading for {} s; Ctrl-C ends it",
               seconds);
    std::fflush(stderr);
    shown_ = true;
  }

  // For good.
  void Erase() {
    const std::lock_guard<std::mutex> lock(mutex_);
    wanted_ = false;
    if (!shown_) return;
    fmt::print(stderr, "\r\x1b[K");
    std::fflush(stderr);
    shown_ = false;
  }

 private:
  std::mutex mutex_;
  bool wanted_ = IsTerminal(STDERR_FILENO);
  bool shown_ = false;
};

// Watches the clock and the interrupt key in a thread of its own, and ends what
// the readers do. SIGINT is blocked while it lives: no write is cut short.
class Supervisor {
 public:
  Supervisor(const std::vector<Reader*>& readers,
             std::optional<int64_t> timeout_ns, Output* output)
      : readers_(readers),
        output_(output),
        has_deadline_(timeout_ns.has_value()) {
    if (timeout_ns) {
      deadline_ = begin_ + std::chrono::nanoseconds(*timeout_ns);
    }
    if (!IsIgnored(SIGINT))
      signals_.emplace(std::initializer_list<int>{SIGINT});
    if (end_fd_ < 0) throw Error("cannot watch: " + ErrnoText(errno));
    output->before_write = [this] { BeginAnswer(); };
    thread_ = std::thread([this] { Run(); });
  }

  ~Supervisor() {
    eventfd_write(end_fd_, 1);
    thread_.join();
    close(end_fd_);
    line_.Erase();
    output_->before_write = nullptr;
  }

  Supervisor(const Supervisor&) = delete;
  Supervisor& operator=(const Supervisor&) = delete;

  bool interrupted() const { return interrupted_; }
  bool timed_out() const { return timed_out_; }

 private:
  // The answer comes. Who leafs through it takes the time that they want.
  void BeginAnswer() {
    if (output_->pager) has_deadline_ = false;
    if (shares_screen_) line_.Erase();
  }

  void Run() {
    // An interrupt is lost on a reader that is between two statements, so it
    // is repeated.
    constexpr int kRepeatMs = 20, kTickMs = 100;
    std::array<pollfd, 2> fds = {
        {{end_fd_, POLLIN, 0}, {signals_ ? signals_->fd() : -1, POLLIN, 0}}};
    while (true) {
      poll(fds.data(), fds.size(),
           interrupted_ || timed_out_ ? kRepeatMs : kTickMs);
      if (fds[0].revents != 0) return;
      if (signals_ && signals_->Take()) interrupted_ = true;
      if (has_deadline_ && !interrupted_ && Clock::now() >= deadline_) {
        timed_out_ = true;
      }
      if (interrupted_ || timed_out_) {
        line_.Erase();
        for (Reader* reader : readers_) reader->Interrupt();
        continue;
      }
      const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(
          Clock::now() - begin_);
      if (seconds.count() > shown_s_) {
        shown_s_ = seconds.count();
        line_.Show(shown_s_);
      }
    }
  }

  const std::vector<Reader*>& readers_;
  Output* output_;
  const bool shares_screen_ = IsTerminal(STDOUT_FILENO);
  const Clock::time_point begin_ = Clock::now();
  Clock::time_point deadline_;
  std::atomic<bool> has_deadline_;
  std::atomic<bool> interrupted_ = false;
  std::atomic<bool> timed_out_ = false;
  int64_t shown_s_ = 0;
  ProgressLine line_;
  std::optional<Signals> signals_;
  int end_fd_ = eventfd(0, EFD_CLOEXEC);
  std::thread thread_;
};

}  // namespace

void Supervise(const std::vector<Reader*>& readers,
               std::optional<int64_t> timeout_ns, Output* output,
               const std::function<void()>& ask) {
  Supervisor supervisor(readers, timeout_ns, output);
  try {
    ask();
  } catch (const std::exception&) {
    // Whatever came of it.
    if (supervisor.interrupted()) throw Interrupted();
    if (!supervisor.timed_out()) throw;
    throw Error(fmt::format(
        "no whole answer within {:g} s: ask for less (--since, --user, --comm, "
        "-n …) or raise --timeout",
        static_cast<double>(*timeout_ns) / kNsPerSecond));
  }
}

}  // namespace forkdb
