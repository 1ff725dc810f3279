// forkdb's entry: reads the command line, runs one subcommand, and turns
// whatever ends it early into one line and an exit code.

#include <fmt/core.h>

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <cstdio>
#include <exception>
#include <memory>
#include <string>

#include "app.h"
#include "store/error.h"
#include "store/escape.h"

namespace {

constexpr int kExitFailure = 1;
constexpr int kExitUsage = 2;
constexpr int kExitInterrupted = 130;

// One line, whatever the reason holds: file names and SQL are not ours.
int Fail(const std::string& reason, int exit_code) {
  fmt::print(stderr, "forkdb: {}\n", forkdb::EscapeForDisplay(reason));
  return exit_code;
}

}  // namespace

int main(int argc, char** argv) {
  std::unique_ptr<CLI::App> app;
  try {
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
