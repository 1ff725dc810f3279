// forkdb's entry: reads the command line, runs one subcommand, and turns
// whatever ends it early into one line and an exit code.

#include <fcntl.h>
#include <fmt/core.h>
#include <sys/auxv.h>
#include <unistd.h>

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <algorithm>
#include <cstdio>
#include <exception>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "app.h"
#include "base/error.h"
#include "base/log.h"
#include "base/suggest.h"
#include "terminal/aliases.h"
#include "terminal/display.h"

namespace {

constexpr int kExitFailure = 1;
constexpr int kExitUsage = 2;
constexpr int kExitInterrupted = 130;

// One line, whatever the reason holds: file names and SQL are not ours.
int Fail(const std::string& reason, int exit_code) {
  forkdb::Log().Say(forkdb::Level::kError, reason);
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
      "forkdb does not run set-user-ID, set-group-ID or with file "
      "capabilities: remove them, and use sudo or the systemd unit");
}

// Exit code of a failure. With --exit-code, 1 is that nothing was found.
int FailureCode(const CLI::App& app) {
  for (const CLI::App* command : app.get_subcommands()) {
    const CLI::Option* option = command->get_option_no_throw("--exit-code");
    if (option != nullptr && !option->empty()) return kExitUsage;
  }
  return kExitFailure;
}

// What to say of an option that was given twice; "" if that is not the mistake.
std::string GivenTwice(const std::string& mistake) {
  constexpr std::string_view kTwice = ": At Most 1 required but received ";
  const size_t at = mistake.find(kTwice);
  if (at == std::string::npos) return "";
  const std::string option = mistake.substr(0, at);
  return fmt::format(
      "{} can be given only once{}", option,
      option == "--db" ? ": forkdb query reads several databases" : "");
}

// The subcommand that has an option: the one in use or, if none is, query or
// another. NULL if none has it.
const CLI::App* OwnerOf(const CLI::App& app, const std::string& option) {
  std::vector<const CLI::App*> commands;
  for (const CLI::App* used : app.get_subcommands()) commands.push_back(used);
  if (commands.empty()) {
    commands.push_back(app.get_subcommand("query"));
    for (const CLI::App* any : app.get_subcommands(nullptr)) {
      commands.push_back(any);
    }
  }
  const auto owner =
      std::find_if(commands.begin(), commands.end(), [&](const CLI::App* each) {
        return each->get_option_no_throw(option) != nullptr;
      });
  return owner == commands.end() ? nullptr : *owner;
}

// What to say of the word that the command line trips over.
std::string Mistake(const CLI::App& app, const CLI::ParseError& e) {
  const CLI::App* command = &app;
  for (const CLI::App* used : app.get_subcommands()) command = used;
  const bool is_subcommand = command != &app;
  const std::string help = fmt::format(
      "see forkdb {}--help", is_subcommand ? command->get_name() + " " : "");
  const std::vector<std::string> unknown = app.remaining(/*recurse=*/true);
  if (unknown.empty() || (is_subcommand && unknown.front()[0] != '-')) {
    const std::string twice = GivenTwice(e.what());
    return fmt::format("{}: {}", twice.empty() ? e.what() : twice, help);
  }
  // "--sinse=-1h"
  const std::string word = unknown.front().substr(0, unknown.front().find('='));
  const bool is_option = word.rfind('-', 0) == 0;
  if (const CLI::App* owner = is_option ? OwnerOf(app, word) : nullptr) {
    return fmt::format("give {} after the subcommand, as in forkdb {} {}", word,
                       owner->get_name(), word);
  }
  std::vector<std::string> known;
  if (is_option) {
    for (const CLI::Option* option : command->get_options()) {
      for (const std::string& name : option->get_lnames()) {
        known.push_back("--" + name);
      }
    }
  } else {
    for (const CLI::App* other : app.get_subcommands(nullptr)) {
      known.push_back(other->get_name());
    }
  }
  return fmt::format(
      "no {} '{}'{} {}", is_option ? "option" : "subcommand", word,
      forkdb::DidYouMean(word, {known.begin(), known.end()}, ":"), help);
}

}  // namespace

int main(int argc, char** argv) {
  HoldStandardStreams();
  std::unique_ptr<CLI::App> app;
  try {
    RefuseBorrowedPrivileges();
    app = forkdb::NewApp();
    std::vector<std::string> words =
        forkdb::ExpandAliases(*app, {argv + std::min(argc, 1), argv + argc});
    std::reverse(words.begin(), words.end());  // as parse() takes them
    app->parse(std::move(words));
    return 0;
  } catch (const CLI::Success& e) {  // --help, --version
    return app->exit(e);
  } catch (const CLI::ParseError& e) {
    return Fail(Mistake(*app, e), kExitUsage);
  } catch (const forkdb::TextError& e) {
    const int exit_code = Fail(e.what(), kExitUsage);
    fmt::print(stderr, "{}\n", forkdb::MarkPlace(e.text(), e.offset()));
    return exit_code;
  } catch (const forkdb::UsageError& e) {
    return Fail(e.what(), kExitUsage);
  } catch (const forkdb::Interrupted&) {
    return kExitInterrupted;
  } catch (const forkdb::NothingFound&) {
    return kExitFailure;
  } catch (const std::exception& e) {
    return Fail(e.what(), app ? FailureCode(*app) : kExitFailure);
  }
}
