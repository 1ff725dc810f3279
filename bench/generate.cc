// Prints a simulated history in the format of /proc/fork_info (lkm/FORMAT.md).

#include <fmt/compile.h>
#include <fmt/format.h>

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <CLI/Validators.hpp>
#include <cstdint>
#include <cstdio>
#include <random>
#include <vector>

#include "base/escape.h"
#include "bench/simulation.h"

namespace forkdb {
namespace {

constexpr size_t kBlockBytes = 1 << 20;
constexpr size_t kLongestLine = 512;
constexpr int64_t kRecordsPerGap = 100'000;
constexpr int64_t kLongestGap = 5000;

struct Options {
  int64_t records = 1'000'000;
  bool gaps = false;
  SimulationOptions simulation;
};

// Writes a line and returns its end. Several times as fast as FormatRecord() of
// recorder/source/parser.h.
char* WriteLine(const Record& r, char* line) {
  return fmt::format_to(
      line,
      FMT_COMPILE(
          "{} {} 0x{:x} {} {} {} {} {} {} {} {} {} {} {} {} {} {} {}\n"),
      r.seq, r.time_ns, r.flags, r.exit_signal, r.uid, r.pid, r.tgid, r.ppid,
      r.start_ns, r.pid_ns, r.user_ns, r.ret, r.child_pid, r.child_start_ns,
      r.child_pid_ns, r.child_ns_pid, r.child_user_ns, EscapeComm(r.comm));
}

int Generate(const Options& options) {
  fmt::print(
      "fork_info - version: 1 capacity: 16384\n"
      "# seq time_ns flags exit_signal uid pid tgid ppid start_ns pid_ns "
      "user_ns ret child_pid child_start_ns child_pid_ns child_ns_pid "
      "child_user_ns comm\n");
  Simulation simulation(options.simulation);
  std::mt19937_64 random(options.simulation.seed + 1);
  std::vector<char> block(kBlockBytes);
  char* const last_start = block.data() + kBlockBytes - kLongestLine;
  char* end = block.data();
  Record record;
  for (int64_t i = 1; i <= options.records && !std::ferror(stdout); ++i) {
    simulation.Next(&record);
    if (options.gaps && i % kRecordsPerGap == 0) {
      int64_t lost = 1 + static_cast<int64_t>(random() % kLongestGap);
      while (lost-- > 0) simulation.Next(&record);
    }
    end = WriteLine(record, end);
    if (end > last_start || i == options.records) {
      std::fwrite(block.data(), 1, static_cast<size_t>(end - block.data()),
                  stdout);
      end = block.data();
    }
  }
  if (std::fflush(stdout) == 0 && !std::ferror(stdout)) return 0;
  std::perror("generate: standard output");
  return 1;
}

}  // namespace
}  // namespace forkdb

int main(int argc, char** argv) {
  forkdb::Options options;
  CLI::App app("Prints a made-up history in the format of /proc/fork_info");
  app.add_option("--records", options.records, "How many records")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  app.add_option("--seed", options.simulation.seed,
                 "Another seed is another history")
      ->capture_default_str();
  app.add_option("--pid-max", options.simulation.pid_max,
                 "Where pids start again, as /proc/sys/kernel/pid_max")
      ->check(CLI::Range(2048, 4'194'304))
      ->capture_default_str();
  app.add_flag("--gaps", options.gaps,
               "Leave some out, as a recorder that was too slow would");
  CLI11_PARSE(app, argc, argv);
  return forkdb::Generate(options);
}
