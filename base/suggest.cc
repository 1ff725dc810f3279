#include "base/suggest.h"

#include <fmt/core.h>

#include <algorithm>
#include <cctype>

namespace forkdb {
namespace {

// Bounds the work: known words are shorter, but typed words can be any length.
constexpr size_t kLongest = 64;

bool Same(char a, char b) {
  return std::tolower(static_cast<unsigned char>(a)) ==
         std::tolower(static_cast<unsigned char>(b));
}

}  // namespace

size_t EditDistance(std::string_view a, std::string_view b) {
  std::vector<size_t> before;  // row i - 2 of the table, then i - 1, then i
  std::vector<size_t> last(b.size() + 1);
  std::vector<size_t> row(b.size() + 1);
  for (size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (size_t i = 1; i <= a.size(); ++i) {
    before = last;
    last = row;
    row[0] = i;
    for (size_t j = 1; j <= b.size(); ++j) {
      const size_t replaced = last[j - 1] + (Same(a[i - 1], b[j - 1]) ? 0 : 1);
      row[j] = std::min({last[j] + 1, row[j - 1] + 1, replaced});
      if (i > 1 && j > 1 && Same(a[i - 1], b[j - 2]) &&
          Same(a[i - 2], b[j - 1])) {
        row[j] = std::min(row[j], before[j - 2] + 1);
      }
    }
  }
  return row[b.size()];
}

std::optional<std::string_view> Nearest(
    std::string_view word, const std::vector<std::string_view>& known) {
  if (word.size() > kLongest) return std::nullopt;
  std::optional<std::string_view> nearest;
  size_t least = kLongest;
  for (const std::string_view candidate : known) {
    // With more than a third of the letters wrong, it is another word.
    const size_t most = std::max(word.size(), candidate.size()) / 3;
    const size_t distance = EditDistance(word, candidate);
    if (distance > std::max<size_t>(most, 1) || distance >= least) continue;
    if (distance >= std::max(word.size(), candidate.size())) continue;
    least = distance;
    nearest = candidate;
  }
  return nearest;
}

std::string DidYouMean(std::string_view word,
                       const std::vector<std::string_view>& known,
                       const char* otherwise) {
  const std::optional<std::string_view> nearest = Nearest(word, known);
  return nearest ? fmt::format(": did you mean '{}'?", *nearest) : otherwise;
}

}  // namespace forkdb
