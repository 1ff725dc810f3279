#include "terminal/aliases.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <set>
#include <string>
#include <tuple>
#include <vector>

namespace forkdb {
namespace {

using Words = std::vector<std::string>;

// A subcommand with every option that an alias stands for.
class AliasesTest : public testing::Test {
 protected:
  AliasesTest() : app_("", "forkdb") {
    CLI::App* query = app_.add_subcommand("query");
    query->add_option("condition", text_);
    query->add_option("-n,--limit", text_);
    query->add_flag("-f,--follow", flag_);
    std::set<std::string_view> options;
    for (const Alias& alias : Aliases()) {
      if (alias.option == "--limit" || !options.insert(alias.option).second) {
        continue;
      }
      if (alias.value.empty()) {
        query->add_flag(std::string(alias.option), flag_);
      } else {
        query->add_option(std::string(alias.option), text_);
      }
    }
    CLI::App* export_command = app_.add_subcommand("export");
    export_command->add_option("-o,--output", text_);
    export_command->add_option("--format", text_);
  }

  CLI::App app_;
  std::string text_;
  bool flag_ = false;
};

TEST_F(AliasesTest, AreReplaced) {
  const std::pair<Words, Words> cases[] = {
      {{"-S", "-1h"}, {"--since", "-1h"}},
      {{"-S-1h"}, {"--since", "-1h"}},
      {{"-ts", "recent", "-te", "now"},
       {"--since", "recent", "--until", "now"}},
      {{"--start=today"}, {"--since", "today"}},
      {{"-b"}, {"--boot", "0"}},
      {{"-b", "-1"}, {"--boot", "-1"}},
      {{"-b-1"}, {"--boot", "-1"}},
      {{"-b", "--failed"}, {"--boot", "0", "--failed"}},
      {{"-b", "3f2a"}, {"--boot", "3f2a"}},
      {{"-g", "make"}, {"--comm", "*make*"}},
      {{"-o", "json"}, {"--format", "json"}},
      {{"-ojson"}, {"--format", "json"}},
      {{"--output=json"}, {"--format", "json"}},
      {{"--lines", "5"}, {"--limit", "5"}},
      {{"-p", "7", "-pp", "8"}, {"--pid", "7", "--ppid", "8"}},
      {{"-sv", "no", "-c", "sh"}, {"--failed", "--comm", "sh"}},
      {{"-sv", "yes"}, {"--success"}},
      {{"-l"}, {"--wide"}},
      {{"-e", "-11"}, {"--errno", "-11"}}};
  for (const auto& [given, expected] : cases) {
    Words words = {"query"};
    Words wanted = {"query"};
    words.insert(words.end(), given.begin(), given.end());
    wanted.insert(wanted.end(), expected.begin(), expected.end());
    EXPECT_EQ(ExpandAliases(app_, words), wanted);
  }
}

TEST_F(AliasesTest, LeaveEverythingElseAsItIs) {
  for (const Words& words :
       {Words{}, Words{"query"}, Words{"query", "pid = 1"}, Words{"-S", "1"},
        Words{"query", "--comm", "-S"}, Words{"query", "-n", "-p"},
        Words{"query", "-n5"}, Words{"query", "-f", "--", "-S", "1"},
        Words{"query", "--", "-S"}, Words{"query", "-sv", "perhaps"},
        Words{"query", "-tsx"}, Words{"query", "--startx=1"},
        Words{"query", ""}, Words{"query", "-"}, Words{"export", "-o", "json"},
        Words{"export", "--output=json"}, Words{"export", "-S", "now"},
        Words{"nothing", "-S", "now"}}) {
    EXPECT_EQ(ExpandAliases(app_, words), words);
  }
}

TEST_F(AliasesTest, WithoutTheirValueAreLeftToTheParser) {
  EXPECT_EQ(ExpandAliases(app_, {"query", "-S"}), (Words{"query", "--since"}));
}

TEST_F(AliasesTest, TakeHelpForAnOption) {
  EXPECT_EQ(ExpandAliases(app_, {"help"}), Words{"--help"});
  EXPECT_EQ(ExpandAliases(app_, {"help", "query"}), (Words{"query", "--help"}));
}

}  // namespace
}  // namespace forkdb
