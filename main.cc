// forkdb's entry: reads the command line, runs one subcommand, and turns
// whatever ends it early into one line and an exit code.

#include <fcntl.h>
#include <sys/auxv.h>
#include <unistd.h>

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <exception>
#include <memory>
#include <string>

#include "app.h"
#include "recorder/log.h"
#include "store/error.h"

namespace {

constexpr int kExitFailure = 1;
constexpr int kExitUsage = 2;
constexpr int kExitInterrupted = 130;

// One line, whatever the reason holds: file names and SQL are not ours.
int Fail(const std::string& reason, int exit_code) {
  forkdb::Log().Say(forkdb::Level::kError, "end", reason);
  return exit_code;
}

// What is opened later must not take the number of a standard stream that is
// closed, or messages would go into it. Reading and writing them still fails.
void HoldStandardStreams() {
  for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; ++fd) {
    if (fcntl(fd, F_GETFD) < 0) {
      open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY);
    }
  }
}

// Whoever starts forkdb chooses the files that it reads and writes.
void RefuseBorrowedPrivileges() {
  if (getauxval(AT_SECURE) == 0) return;
  throw forkdb::Error(
      "forkdb has been given more rights than its user has (set-user-ID, "
      "set-group-ID or file capabilities): take them away; use sudo or the "
      "systemd unit");
}

}  // namespace

int main(int argc, char** argv) {
  HoldStandardStreams();
  std::unique_ptr<CLI::App> app;
  try {
    RefuseBorrowedPrivileges();
    app = forkdb::NewApp();
    app->parse(argc, argv);
    return 0;
  } catch (const CLI::Success& e) {  // --help, --version
    return app->exit(e);
  } catch (const CLI::ParseError& e) {
    return Fail(std::string(e.what()) + ": see forkdb --help", kExitUsage);
  } catch (const forkdb::UsageError& e) {
    return Fail(e.what(), kExitUsage);
  } catch (const forkdb::Interrupted&) {
    return kExitInterrupted;
  } catch (const std::exception& e) {
    return Fail(e.what(), kExitFailure);
  }
}
