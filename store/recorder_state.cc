#include "store/recorder_state.h"

#include <fmt/core.h>
#include <unistd.h>

#include <array>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <system_error>

#include "base/escape.h"
#include "base/integer.h"

namespace forkdb {
namespace {

constexpr std::string_view kFirstLine = "forkdb recorder status 1\n";
constexpr size_t kMostText = 1000;  // of one value

struct NumberField {
  std::string_view key;
  int64_t RecorderState::*value;
};

struct TextField {
  std::string_view key;
  std::string RecorderState::*value;
};

constexpr NumberField kNumbers[] = {
    {"pid", &RecorderState::pid},
    {"start_ticks", &RecorderState::start_ticks},
    {"database_inode", &RecorderState::database_inode},
    {"log_inode", &RecorderState::log_inode},
    {"heartbeat_ns", &RecorderState::heartbeat_ns},
    {"last_commit_ns", &RecorderState::last_commit_ns},
    {"waiting", &RecorderState::waiting},
    {"trouble_since_ns", &RecorderState::trouble_since_ns},
    {"incident_ns", &RecorderState::incident_ns},
    {"records", &RecorderState::records},
    {"duplicates", &RecorderState::duplicates},
    {"rejected", &RecorderState::rejected},
    {"gaps", &RecorderState::gaps},
    {"missing", &RecorderState::missing},
};

constexpr TextField kTexts[] = {
    {"pid_namespace", &RecorderState::pid_namespace},
    {"boot_id", &RecorderState::boot_id},
    {"phase", &RecorderState::phase},
    {"trouble", &RecorderState::trouble},
    {"incident", &RecorderState::incident},
};

constexpr std::string_view kEnd = "end";

std::string Cut(std::string_view text) {
  constexpr std::string_view kMore = "...";
  std::string cut = EscapeForDisplay(text);
  if (cut.size() > kMostText) {
    cut.resize(kMostText - kMore.size());
    // Do not cut inside a character.
    while (!IsUtf8(cut)) cut.pop_back();
    cut += kMore;
  }
  return cut;
}

std::string WithoutLinks(const std::string& database) {
  std::error_code error;
  const auto path = std::filesystem::weakly_canonical(database, error);
  return error ? database : path.string();
}

// Returns the fields of /proc/PID/stat from the third on. The second, a name in
// parentheses, can contain any bytes.
std::optional<std::istringstream> ReadStat(int64_t pid) {
  std::ifstream file(fmt::format("/proc/{}/stat", pid));
  std::string line;
  if (!std::getline(file, line)) return std::nullopt;
  const size_t name_end = line.rfind(") ");
  if (name_end == std::string::npos) return std::nullopt;
  return std::istringstream(line.substr(name_end + 2));
}

}  // namespace

std::string StatusPath(const std::string& database) {
  return WithoutLinks(database) + "-status";
}

std::string LogPath(const std::string& database) {
  return WithoutLinks(database) + "-wal";
}

bool IsRecorderState(std::string_view bytes) {
  return bytes.substr(0, kFirstLine.size()) == kFirstLine;
}

std::string FormatRecorderState(const RecorderState& state) {
  std::string text(kFirstLine);
  for (const NumberField& field : kNumbers) {
    text += fmt::format("{}={}\n", field.key, state.*field.value);
  }
  for (const TextField& field : kTexts) {
    text += fmt::format("{}={}\n", field.key, Cut(state.*field.value));
  }
  text += fmt::format("{}={}\n", kEnd, state.heartbeat_ns);
  text.resize(kRecorderStateBytes - 1, ' ');
  return text + "\n";
}

std::optional<RecorderState> ParseRecorderState(std::string_view bytes) {
  if (!IsRecorderState(bytes)) return std::nullopt;
  bytes.remove_prefix(kFirstLine.size());
  RecorderState state;
  std::optional<int64_t> end;
  while (!end) {
    const size_t line_end = bytes.find('\n');
    if (line_end == std::string_view::npos) return std::nullopt;
    const std::string_view line = bytes.substr(0, line_end);
    bytes.remove_prefix(line_end + 1);
    const size_t equals = line.find('=');
    if (equals == std::string_view::npos) return std::nullopt;
    const std::string_view key = line.substr(0, equals);
    const std::string_view value = line.substr(equals + 1);
    for (const NumberField& field : kNumbers) {
      if (field.key != key) continue;
      const std::optional<int64_t> number = ParseInteger<int64_t>(value);
      if (!number) return std::nullopt;
      state.*field.value = *number;
    }
    for (const TextField& field : kTexts) {
      if (field.key == key) state.*field.value = value;
    }
    if (key == kEnd) {
      end = ParseInteger<int64_t>(value);
      if (!end) return std::nullopt;
    }
  }
  if (*end != state.heartbeat_ns) return std::nullopt;
  return state;
}

std::optional<int64_t> StartTicks(int64_t pid) {
  std::optional<std::istringstream> fields = ReadStat(pid);
  if (!fields) return std::nullopt;
  std::string state;
  *fields >> state;
  if (state == "Z" || state == "X") return std::nullopt;
  std::string field;
  constexpr int kBetween = 18;  // the state is field 3, the start time field 22
  for (int i = 0; i < kBetween; ++i) *fields >> field;
  int64_t ticks = 0;
  if (!(*fields >> ticks)) return std::nullopt;
  return ticks;
}

std::string OwnPidNamespace() {
  std::array<char, 64> name{};
  const ssize_t size = readlink("/proc/self/ns/pid", name.data(), name.size());
  return size < 0 ? "" : std::string(name.data(), static_cast<size_t>(size));
}

std::string RunningBootId() {
  std::ifstream file("/proc/sys/kernel/random/boot_id");
  std::string boot_id;
  std::getline(file, boot_id);
  return boot_id;
}

bool IsStopped(int64_t pid) {
  std::optional<std::istringstream> fields = ReadStat(pid);
  std::string state;
  return fields && *fields >> state && (state == "T" || state == "t");
}

}  // namespace forkdb
