#include "query/filter/filter_options.h"

#include "base/error.h"
#include "base/time.h"

namespace forkdb {

Filter ReadFilter(const FilterOptions& options, int64_t now_ns) {
  Filter filter = options.filter;
  const Zone zone = options.utc ? Zone::kUtc : Zone::kLocal;
  if (options.since) filter.since_ns = ParseTime(*options.since, now_ns, zone);
  if (options.until) filter.until_ns = ParseTime(*options.until, now_ns, zone);
  if (!options.new_namespace.empty()) {
    // What CLI11 takes a flag without a value for.
    const bool any = options.new_namespace == "true";
    filter.new_namespaces =
        ParseNamespaceType(any ? "any" : options.new_namespace);
  }
  if (options.threads || options.no_threads) filter.threads = options.threads;
  return filter;
}

}  // namespace forkdb
