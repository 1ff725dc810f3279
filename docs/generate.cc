// Writes what is made of the command line itself: completions, and manual pages
// as Markdown.
//   forkdb_docs DIRECTORY

#include <fmt/core.h>

#include <exception>
#include <fstream>
#include <memory>
#include <string>
#include <vector>

#include "app.h"
#include "base/error.h"
#include "docs/command.h"
#include "docs/completion.h"
#include "docs/pages.h"

namespace {

void Write(const std::string& path, const std::string& text) {
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  file << text;
  if (!file.flush()) throw forkdb::Error("cannot write: " + path);
}

}  // namespace

int main(int argc, char** argv) try {
  if (argc != 2) throw forkdb::UsageError("forkdb_docs DIRECTORY");
  const std::string directory = std::string(argv[1]) + "/";
  const std::unique_ptr<CLI::App> app = forkdb::NewApp();
  const std::vector<forkdb::CommandText> commands =
      forkdb::ReadCommands(app.get());
  for (const forkdb::CommandText& command : commands) {
    Write(directory + forkdb::PageName(command) + ".1.md",
          forkdb::Page(command, commands));
  }
  Write(directory + "forkdb.bash", forkdb::BashCompletion(commands));
  Write(directory + "_forkdb", forkdb::ZshCompletion(commands));
  Write(directory + "forkdb.fish", forkdb::FishCompletion(commands));
  return 0;
} catch (const std::exception& e) {
  fmt::print(stderr, "forkdb_docs: {}\n", e.what());
  return 1;
}
