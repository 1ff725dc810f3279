// Shows the progress of a long command on the terminal.

#ifndef FORKDB_TERMINAL_PROGRESS_H_
#define FORKDB_TERMINAL_PROGRESS_H_

#include <atomic>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

namespace forkdb {

// The working thread sets it, and another thread shows it. Thread-safe.
class ProgressMeter {
 public:
  // done and all have the same unit. Does nothing if all is not above 0.
  void Set(int64_t done, int64_t all);

  // From 0 to 1; nullopt before the first Set().
  std::optional<double> fraction() const;

 private:
  std::atomic<double> fraction_ = -1;
};

// "reading: 43 %, 12 s left", or "reading for 9 s" if the fraction is unknown
// or too small for an estimate. seconds is the time since the start.
std::string ProgressText(std::string_view verb, int64_t seconds,
                         const std::optional<double>& fraction);

// A line on stderr that is redrawn in place. Shows nothing if stderr is not a
// terminal. The destructor erases the line. Thread-safe.
class ProgressLine {
 public:
  ProgressLine();
  ~ProgressLine();
  ProgressLine(const ProgressLine&) = delete;
  ProgressLine& operator=(const ProgressLine&) = delete;

  bool is_wanted();
  void Show(std::string_view text);
  // Erases the line. Later calls of Show() do nothing.
  void Erase();

 private:
  std::mutex mutex_;
  bool is_wanted_;
  bool is_shown_ = false;
};

}  // namespace forkdb

#endif  // FORKDB_TERMINAL_PROGRESS_H_
