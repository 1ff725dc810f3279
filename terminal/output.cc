#include "terminal/output.h"

#include <fmt/core.h>

#include <cerrno>

#include "base/error.h"
#include "base/suggest.h"

namespace forkdb {
namespace {

std::FILE* StreamOf(const Output& output) {
  return output.pager ? output.pager->stream() : output.stream;
}

[[noreturn]] void Fail(const Output& output) {
  if (output.pager && errno == EPIPE) throw Enough();
  throw Error("cannot write the output: " + ErrnoText(errno));
}

}  // namespace

std::map<std::string, Format> FormatNames() {
  return {{"table", Format::kTable},
          {"json", Format::kJson},
          {"csv", Format::kCsv},
          {"tsv", Format::kTsv}};
}

Format ParseFormat(const std::string& name) {
  const std::map<std::string, Format> names = FormatNames();
  const auto found = names.find(name);
  if (found != names.end()) return found->second;
  throw UsageError(fmt::format(
      "--format {}: no such format{} write table, json, csv or tsv", name,
      DidYouMean(name, {"table", "json", "csv", "tsv"}, ":")));
}

void Write(const Output& output, std::string_view text) {
  if (output.before_write) output.before_write();
  if (std::fwrite(text.data(), 1, text.size(), StreamOf(output)) !=
      text.size()) {
    Fail(output);
  }
}

void Flush(const Output& output) {
  if (std::fflush(StreamOf(output)) != 0) Fail(output);
}

bool Present(const Output& output, const std::function<void()>& print) {
  bool whole = true;
  try {
    print();
    Flush(output);
  } catch (const Enough&) {
    whole = false;
  }
  if (output.pager && output.before_pager_wait) output.before_pager_wait();
  if (output.pager) output.pager->Close();
  if (output.after_pager) output.after_pager();
  return whole;
}

std::string Styled(const Output& output, Style style, std::string_view text) {
  if (!output.color || style == Style::kPlain) return std::string(text);
  const char* code = style == Style::kBold  ? "1"
                     : style == Style::kDim ? "2"
                                            : "31";
  return fmt::format("\x1b[{}m{}\x1b[0m", code, text);
}

}  // namespace forkdb
