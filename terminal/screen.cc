#include "terminal/screen.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <charconv>
#include <cstdlib>
#include <string_view>

namespace forkdb {
namespace {

std::string_view Variable(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

size_t TerminalWidth() {
  const std::string_view text = Variable("COLUMNS");
  size_t columns = 0;
  const auto result =
      std::from_chars(text.data(), text.data() + text.size(), columns);
  if (result.ec == std::errc() && columns > 0) return columns;
  winsize size{};
  if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) {
    return size.ws_col;
  }
  constexpr size_t kUsual = 80;
  return kUsual;
}

bool HasColor(const OutputOptions& options, bool capable) {
  if (options.color != When::kAuto) return options.color == When::kAlways;
  return capable && Variable("NO_COLOR").empty();
}

}  // namespace

Output Screen(const OutputOptions& options) {
  const bool terminal = isatty(STDOUT_FILENO) == 1;
  const std::string_view type = Variable("TERM");
  const bool capable = terminal && !type.empty() && type != "dumb";
  Output output;
  output.format = options.format;
  output.color = HasColor(options, capable);
  output.quiet = options.quiet;
  if (terminal && !options.utc) output.zone = Zone::kLocal;
  if (terminal && !options.wide) output.width = TerminalWidth();
  if (capable && options.pages) {
    if (const auto command = ChoosePager()) {
      output.pager = std::make_shared<Pager>(*command);
    }
  }
  return output;
}

}  // namespace forkdb
