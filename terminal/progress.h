// How far a long command is: a line on the terminal.

#ifndef FORKDB_TERMINAL_PROGRESS_H_
#define FORKDB_TERMINAL_PROGRESS_H_

#include <atomic>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

namespace forkdb {

// Set by the thread that works, read by the one that shows it. Thread-safe.
class ProgressMeter {
 public:
  // done of all, in any unit. Ignored where all is not above 0.
  void Set(int64_t done, int64_t all);

  // From 0 to 1; nothing if it is not known.
  std::optional<double> fraction() const;

 private:
  std::atomic<double> fraction_ = -1;
};

// "reading: 43 %, 12 s left" after so many seconds; "reading for 9 s" if the
// fraction is not known or too small to tell how long the rest takes.
std::string ProgressText(std::string_view verb, int64_t seconds,
                         const std::optional<double>& fraction);

// A line on stderr that is drawn over. Shows nothing where stderr is no
// terminal. Thread-safe. Erases itself at the end.
class ProgressLine {
 public:
  ProgressLine();
  ~ProgressLine();
  ProgressLine(const ProgressLine&) = delete;
  ProgressLine& operator=(const ProgressLine&) = delete;

  bool is_wanted();
  void Show(std::string_view text);
  // Erases the line, and shows no other.
  void Erase();

 private:
  std::mutex mutex_;
  bool is_wanted_;
  bool is_shown_ = false;
};

}  // namespace forkdb

#endif  // FORKDB_TERMINAL_PROGRESS_H_
