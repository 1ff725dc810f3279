#include "store/output.h"

#include <fmt/core.h>

#include <cerrno>

#include "store/error.h"
#include "store/suggest.h"

namespace forkdb {
namespace {

[[noreturn]] void Fail() {
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
  if (std::fwrite(text.data(), 1, text.size(), output.stream) != text.size()) {
    Fail();
  }
}

void Flush(const Output& output) {
  if (std::fflush(output.stream) != 0) Fail();
}

}  // namespace forkdb
