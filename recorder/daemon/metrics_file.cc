#include "recorder/daemon/metrics_file.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string_view>
#include <system_error>
#include <utility>

#include "base/error.h"

namespace forkdb {
namespace {

constexpr auto kPause = std::chrono::seconds(10);
constexpr std::string_view kSuffix = ".prom";
constexpr mode_t kMode = 0644;

bool WriteWhole(int fd, std::string_view text) {
  while (!text.empty()) {
    const ssize_t count = write(fd, text.data(), text.size());
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return false;
    text.remove_prefix(static_cast<size_t>(count));
  }
  // The umask would keep the collector from reading the file.
  return fchmod(fd, kMode) == 0;
}

}  // namespace

void MeasureFiles(const std::string& database, Progress* progress) {
  const auto size = [](const std::string& path) {
    std::error_code error;
    const std::uintmax_t bytes = std::filesystem::file_size(path, error);
    return error ? 0 : static_cast<int64_t>(bytes);
  };
  progress->database_bytes = size(database);
  progress->log_bytes = size(database + "-wal");
}

MetricsFile::MetricsFile(std::string path) : path_(std::move(path)) {
  const bool suffixed = path_.size() > kSuffix.size() &&
                        path_.compare(path_.size() - kSuffix.size(),
                                      kSuffix.size(), kSuffix) == 0;
  if (!path_.empty() && !suffixed) {
    throw UsageError(fmt::format(
        "--metrics {}: node_exporter reads only files that end in .prom",
        path_));
  }
}

void MetricsFile::Changed(Clock::time_point now) {
  if (!path_.empty() && !due_) due_ = std::max(now, not_before_);
}

std::string MetricsFile::Write(const Progress& progress,
                               Clock::time_point now) {
  if (path_.empty()) return "";
  due_.reset();
  not_before_ = now + kPause;
  // The name does not end in ".prom", so the collector does not read it.
  std::string beside = path_ + ".XXXXXX";
  const int fd = mkostemp(beside.data(), O_CLOEXEC);
  const bool written = fd >= 0 && WriteWhole(fd, FormatMetrics(progress));
  int error_number = errno;
  if (fd >= 0) close(fd);
  if (written && rename(beside.c_str(), path_.c_str()) == 0) return "";
  if (written) error_number = errno;
  if (fd >= 0) unlink(beside.c_str());
  return fmt::format("cannot write metrics: {}: {}", path_,
                     ErrnoText(error_number));
}

}  // namespace forkdb
