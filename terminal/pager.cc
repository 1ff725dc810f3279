#include "terminal/pager.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error.h"

namespace forkdb {
namespace {

bool IsInstalled(const std::string& program) {
  const char* path = std::getenv("PATH");
  std::string_view rest = path == nullptr ? "/usr/bin:/bin" : path;
  while (!rest.empty()) {
    const size_t end = std::min(rest.find(':'), rest.size());
    const std::string file = std::string(rest.substr(0, end)) + "/" + program;
    if (access(file.c_str(), X_OK) == 0) return true;
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return false;
}

// Returns this process's environment with defaults for less, which the user's
// own settings override. FRSX: quit if the answer fits on one screen, show
// colors, cut long lines, leave the text on the screen. Root's less must not
// start shells or open files, because sudo may allow nothing but forkdb.
std::vector<std::string> Environment() {
  std::vector<std::string> variables;
  for (char** variable = environ; *variable != nullptr; ++variable) {
    variables.emplace_back(*variable);
  }
  const auto set = [&](const char* name, const char* value) {
    if (std::getenv(name) != nullptr) return;
    variables.push_back(fmt::format("{}={}", name, value));
  };
  set("LESS", "FRSX");
  set("LESSCHARSET", "utf-8");
  if (geteuid() == 0) set("LESSSECURE", "1");
  return variables;
}

std::vector<char*> Pointers(std::vector<std::string>* texts) {
  std::vector<char*> pointers;
  for (std::string& text : *texts) pointers.push_back(text.data());
  pointers.push_back(nullptr);
  return pointers;
}

// Starts the command with input as its stdin. Returns an errno value or 0.
int Spawn(const std::string& command, int input, pid_t* pid) {
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, input, STDIN_FILENO);
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  sigset_t signals;
  sigemptyset(&signals);
  posix_spawnattr_setsigmask(&attributes, &signals);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGPIPE);
  posix_spawnattr_setsigdefault(&attributes, &signals);
  posix_spawnattr_setflags(&attributes,
                           POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
  std::vector<std::string> arguments = {"sh", "-c", command};
  std::vector<std::string> variables = Environment();
  const int error =
      posix_spawn(pid, "/bin/sh", &actions, &attributes,
                  Pointers(&arguments).data(), Pointers(&variables).data());
  posix_spawnattr_destroy(&attributes);
  posix_spawn_file_actions_destroy(&actions);
  return error;
}

}  // namespace

std::optional<std::string> ChoosePager() {
  for (const char* name : {"FORKDB_PAGER", "PAGER"}) {
    const char* command = std::getenv(name);
    if (command == nullptr) continue;
    const std::string_view text = command;
    if (text.empty() || text == "cat") return std::nullopt;
    return command;
  }
  if (!IsInstalled("less")) return std::nullopt;
  return "less";
}

Pager::Pager(std::string command) : command_(std::move(command)) {}

Pager::~Pager() {
  try {
    Close();
  } catch (const Error&) {
    // Another exception is being thrown, and its message is enough.
  }
}

std::FILE* Pager::stream() {
  if (stream_ == nullptr) Start();
  return stream_;
}

void Pager::Start() {
  std::array<int, 2> ends{};
  if (pipe2(ends.data(), O_CLOEXEC) != 0) {
    throw Error("cannot start a pager: " + ErrnoText(errno));
  }
  pid_t pid = 0;
  const int error = Spawn(command_, ends[0], &pid);
  pid_ = pid;
  close(ends[0]);
  stream_ = error == 0 ? fdopen(ends[1], "w") : nullptr;
  if (stream_ == nullptr) {
    close(ends[1]);
    throw Error("cannot start a pager: " +
                ErrnoText(error == 0 ? errno : error));
  }
  struct sigaction ignore {};
  ignore.sa_handler = SIG_IGN;
  sigaction(SIGINT, &ignore, &sigint_);
  sigaction(SIGPIPE, &ignore, &sigpipe_);
}

bool Pager::HasEnded() const {
  siginfo_t info{};
  return pid_ > 0 &&
         waitid(P_PID, static_cast<id_t>(pid_.load()), &info,
                WEXITED | WNOHANG | WNOWAIT) == 0 &&
         info.si_pid != 0;
}

void Pager::Close() {
  if (stream_ == nullptr) return;
  std::fclose(std::exchange(stream_, nullptr));
  int status = 0;
  while (waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
  }
  sigaction(SIGINT, &sigint_, nullptr);
  sigaction(SIGPIPE, &sigpipe_, nullptr);
  constexpr int kCannotRun = 126, kNotFound = 127;  // the shell's exit codes
  if (!WIFEXITED(status)) return;
  if (WEXITSTATUS(status) == kCannotRun || WEXITSTATUS(status) == kNotFound) {
    throw Error(fmt::format(
        "pager: cannot run {}: set PAGER to another program, or add --no-pager",
        command_));
  }
}

}  // namespace forkdb
