#include "query/filter/filter_options.h"

#include <fmt/core.h>

#include "base/error.h"
#include "base/time.h"
#include "query/filter/parse_value.h"

namespace forkdb {
namespace {

Value ParseText(const std::string& column, const std::string& text) {
  if (column == "kind") return ParseKind(text);
  if (column == "errno") return ParseErrno(text);
  if (column == "username") return ParseUser(text);
  if (column == "comm") return ParseComm(text);
  return text;
}

std::map<std::string, std::vector<Value>, std::less<>> ParseTexts(
    const std::map<std::string, std::vector<std::string>>& options) {
  std::map<std::string, std::vector<Value>, std::less<>> values;
  for (const auto& [column, texts] : options) {
    for (const std::string& text : texts) {
      values[column].push_back(ParseText(column, text));
    }
  }
  return values;
}

uint64_t ParseFlags(const std::vector<std::string>& names) {
  uint64_t bits = 0;
  for (const std::string& name : names) bits |= ParseFlag(name);
  return bits;
}

}  // namespace

Filter ReadFilter(const FilterOptions& options, int64_t now_ns) {
  Filter filter;
  filter.condition = options.condition;
  const Zone zone = options.utc ? Zone::kUtc : Zone::kLocal;
  if (options.since) filter.since_ns = ParseTime(*options.since, now_ns, zone);
  if (options.until) filter.until_ns = ParseTime(*options.until, now_ns, zone);
  if (filter.since_ns && filter.until_ns &&
      *filter.since_ns > *filter.until_ns) {
    throw UsageError(fmt::format(
        "--since {} is after --until {}: give the earlier time to --since",
        FormatTime(*filter.since_ns, zone),
        FormatTime(*filter.until_ns, zone)));
  }
  if (options.at) filter.under_at_ns = ParseTime(*options.at, now_ns, zone);
  filter.values = ParseTexts(options.texts);
  filter.not_values = ParseTexts(options.not_texts);
  for (const auto& [column, numbers] : options.numbers) {
    if (numbers.empty()) continue;
    filter.values[column].assign(numbers.begin(), numbers.end());
  }
  filter.pids.assign(options.pids.begin(), options.pids.end());
  filter.namespaces.assign(options.namespaces.begin(),
                           options.namespaces.end());
  filter.flags = ParseFlags(options.flags);
  filter.not_flags = ParseFlags(options.not_flags);
  if (!options.new_namespace.empty()) {
    // CLI11 takes a flag without a value for "true".
    const bool any = options.new_namespace == "true";
    filter.new_namespaces =
        ParseNamespaceType(any ? "any" : options.new_namespace);
  }
  if (options.threads || options.no_threads) filter.threads = options.threads;
  filter.failed = options.failed;
  filter.changed_namespaces = options.changed_namespaces;
  const bool of_failures = options.failed || filter.values.count("errno") > 0;
  const bool of_created = filter.threads || filter.new_namespaces != 0;
  filter.succeeded = options.success || (of_created && !of_failures);
  return filter;
}

}  // namespace forkdb
