#include "terminal/progress.h"

#include <fmt/core.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>

namespace forkdb {
namespace {

constexpr char kEraseLine[] = "\r\x1b[K";

bool CanErase() {
  const char* type = std::getenv("TERM");
  return isatty(STDERR_FILENO) == 1 && type != nullptr &&
         std::string_view(type) != "dumb" && *type != '\0';
}

}  // namespace

void ProgressMeter::Set(int64_t done, int64_t all) {
  if (all <= 0) return;
  fraction_ = std::clamp(static_cast<double>(done) / static_cast<double>(all),
                         0.0, 1.0);
}

std::optional<double> ProgressMeter::fraction() const {
  const double fraction = fraction_;
  if (fraction < 0) return std::nullopt;
  return fraction;
}

std::string ProgressText(std::string_view verb, int64_t seconds,
                         const std::optional<double>& fraction) {
  constexpr double kEnough = 0.005;
  if (!fraction || *fraction < kEnough) {
    return fmt::format("{} for {} s", verb, seconds);
  }
  const double left_s =
      static_cast<double>(seconds) * (1 - *fraction) / *fraction;
  return fmt::format("{}: {:.0f} %, {:.0f} s left", verb, *fraction * 100,
                     left_s);
}

ProgressLine::ProgressLine() : is_wanted_(CanErase()) {}

ProgressLine::~ProgressLine() { Erase(); }

bool ProgressLine::is_wanted() {
  const std::lock_guard<std::mutex> lock(mutex_);
  return is_wanted_;
}

void ProgressLine::Show(std::string_view text) {
  const std::lock_guard<std::mutex> lock(mutex_);
  if (!is_wanted_) return;
  fmt::print(stderr, "{}forkdb: {}; Ctrl-C ends it", kEraseLine, text);
  std::fflush(stderr);
  is_shown_ = true;
}

void ProgressLine::Erase() {
  const std::lock_guard<std::mutex> lock(mutex_);
  is_wanted_ = false;
  if (!is_shown_) return;
  fmt::print(stderr, kEraseLine);
  std::fflush(stderr);
  is_shown_ = false;
}

}  // namespace forkdb
