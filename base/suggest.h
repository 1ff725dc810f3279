// What a mistyped word was meant to be. Pure functions.

#ifndef FORKDB_BASE_SUGGEST_H_
#define FORKDB_BASE_SUGGEST_H_

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace forkdb {

// How many characters must be inserted, left out, replaced or swapped with
// their neighbour to turn one text into the other; upper and lower case are
// the same.
size_t EditDistance(std::string_view a, std::string_view b);

// The known word that is nearest, the first of equals; nothing if none is so
// near that it can have been meant.
std::optional<std::string_view> Nearest(
    std::string_view word, const std::vector<std::string_view>& known);

// ": did you mean 'comm'?", or otherwise if there is none near.
std::string DidYouMean(std::string_view word,
                       const std::vector<std::string_view>& known,
                       const char* otherwise = "");

}  // namespace forkdb

#endif  // FORKDB_BASE_SUGGEST_H_
