// Suggestions for mistyped words. Pure functions.

#ifndef FORKDB_BASE_SUGGEST_H_
#define FORKDB_BASE_SUGGEST_H_

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace forkdb {

// How many characters must be inserted, deleted, replaced or swapped with their
// neighbour to turn one text into the other. Ignores case.
size_t EditDistance(std::string_view a, std::string_view b);

// The known word nearest to word, the first one on a tie. Returns nullopt if
// none is near enough to be a typo.
std::optional<std::string_view> Nearest(
    std::string_view word, const std::vector<std::string_view>& known);

// ": did you mean 'comm'?", or otherwise if no known word is near.
std::string DidYouMean(std::string_view word,
                       const std::vector<std::string_view>& known,
                       const char* otherwise = "");

}  // namespace forkdb

#endif  // FORKDB_BASE_SUGGEST_H_
