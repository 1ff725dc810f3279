#include "query/database/cursor.h"

#include <SQLiteCpp/Statement.h>
#include <fmt/core.h>

#include <algorithm>
#include <charconv>
#include <limits>
#include <optional>
#include <set>
#include <system_error>

#include "base/error.h"
#include "base/escape.h"
#include "store/record.h"

namespace forkdb {
namespace {

using Ranges = std::vector<IdRange>;

// Both ends of a cursor's text: a part of one is not taken for a whole one.
constexpr std::string_view kStart = "1";
constexpr std::string_view kEnd = ".";
constexpr size_t kKeyLength = 16;
constexpr size_t kMostGaps = 64;
constexpr int64_t kLastSeq = kSeqLimit - 1;
constexpr int64_t kMostStreams = 9'000'000;  // as in schema.sql

Ranges Intersect(const Ranges& left, const Ranges& right) {
  Ranges both;
  auto l = left.begin();
  auto r = right.begin();
  while (l != left.end() && r != right.end()) {
    const IdRange common = {std::max(l->first, r->first),
                            std::min(l->last, r->last)};
    if (common.first <= common.last) both.push_back(common);
    (l->last < r->last ? l : r)++;
  }
  return both;
}

// The ranges with one behind that has no end: it is empty where no number is to
// come.
Ranges WithEnd(Ranges ranges) {
  if (ranges.empty() || ranges.back().last < kLastSeq) {
    ranges.push_back({kSeqLimit, kLastSeq});
  }
  return ranges;
}

int64_t Size(const Ranges& ranges) {
  int64_t size = 0;
  for (const IdRange& range : ranges) size += range.last - range.first + 1;
  return size;
}

// FNV-1a: the same on every machine and in every version.
std::string Key(const std::string& stream) {
  uint64_t hash = 0xcbf29ce484222325;
  for (const char byte : stream) {
    hash = (hash ^ static_cast<unsigned char>(byte)) * 0x100000001b3;
  }
  return fmt::format("{:016x}", hash);
}

struct Stream {
  int64_t id = 0;
  int64_t next_seq = 0;
  int64_t pruned_seq = 0;
};

// Looks at one stream after another.
class Finder {
 public:
  Finder(const Cursor& cursor, SQLite::Database* database)
      : before_(cursor), database_(database) {
    news_.cursor = cursor;
  }

  void Look(const Stream& stream, const std::string& key);
  // After all streams.
  void LookForDowntimes();
  NewRecords& news() { return news_; }

 private:
  const Cursor& before_;
  SQLite::Database* database_;
  NewRecords news_;
  std::set<int64_t> new_streams_;
};

void Finder::Look(const Stream& stream, const std::string& key) {
  const auto found = before_.find(key);
  const bool known = found != before_.end();
  if (!known) new_streams_.insert(stream.id);
  const Ranges unseen = known ? found->second : Ranges{{1, kLastSeq}};
  const Ranges to_come = {unseen.back()};
  Ranges held;  // rows, all of them
  Ranges lacking;
  int64_t row = stream.pruned_seq + 1;
  SQLite::Statement gaps(*database_,
                         "SELECT first_seq, last_seq, after_ns FROM gaps "
                         "WHERE stream = ? ORDER BY first_seq");
  gaps.bind(1, stream.id);
  while (gaps.executeStep()) {
    const IdRange gap = {
        std::max<int64_t>(gaps.getColumn(0).getInt64(), row),
        std::min(gaps.getColumn(1).getInt64(), stream.next_seq - 1)};
    if (gap.first > gap.last) continue;  // a forged one
    if (row < gap.first) held.push_back({row, gap.first - 1});
    row = gap.last + 1;
    lacking.push_back(gap);
    // What was before a stream's first record is news to nobody.
    if (known || !gaps.getColumn(2).isNull()) {
      news_.missing += Size(Intersect(to_come, {gap}));
    }
  }
  if (row < stream.next_seq) held.push_back({row, stream.next_seq - 1});
  lacking.push_back({stream.next_seq, kLastSeq});
  if (known) {
    news_.pruned += Size(Intersect(to_come, {{1, stream.pruned_seq}}));
  }
  for (const IdRange& range : Intersect(unseen, held)) {
    news_.ranges.push_back(
        {RecordId(stream.id, range.first), RecordId(stream.id, range.last)});
  }
  Ranges& left = news_.cursor[key];
  left = WithEnd(Intersect(unseen, lacking));
  if (left.size() > kMostGaps) {
    left.erase(left.begin(), left.end() - (kMostGaps + 1));
  }
}

void Finder::LookForDowntimes() {
  if (before_.empty() || new_streams_.empty()) return;
  constexpr size_t kMostTold = 3;
  SQLite::Statement find(*database_,
                         "SELECT began_ns, ended_ns, what, stream FROM "
                         "downtimes ORDER BY ended_ns - began_ns DESC");
  Downtimes& downtimes = news_.downtimes;
  while (find.executeStep()) {
    if (new_streams_.count(find.getColumn(3).getInt64()) == 0) continue;
    ++downtimes.count;
    if (downtimes.longest.size() == kMostTold) continue;
    downtimes.longest.push_back(
        {find.getColumn(0).getInt64(), find.getColumn(1).getInt64(),
         EscapeForDisplay(find.getColumn(2).getString())});
  }
}

// Cuts a number off the start of the text.
std::optional<int64_t> Number(std::string_view* text) {
  int64_t number = 0;
  const auto result =
      std::from_chars(text->data(), text->data() + text->size(), number);
  if (result.ec != std::errc() || number < 1 || number > kSeqLimit) {
    return std::nullopt;
  }
  text->remove_prefix(static_cast<size_t>(result.ptr - text->data()));
  return number;
}

bool Skip(std::string_view word, std::string_view* text) {
  if (text->substr(0, word.size()) != word) return false;
  text->remove_prefix(word.size());
  return true;
}

// "17-19,25-25,1043": empty if it is not that.
Ranges ReadRanges(std::string_view* text) {
  Ranges ranges;
  for (;;) {
    const std::optional<int64_t> first = Number(text);
    if (!first || (!ranges.empty() && *first <= ranges.back().last)) return {};
    if (!Skip("-", text)) {
      ranges.push_back({*first, kLastSeq});
      return ranges;
    }
    const std::optional<int64_t> last = Number(text);
    if (!last || *last < *first || *last > kLastSeq || !Skip(",", text)) {
      return {};
    }
    ranges.push_back({*first, *last});
  }
}

std::optional<Cursor> Read(std::string_view text) {
  Cursor cursor;
  if (!Skip(kStart, &text)) return std::nullopt;
  while (Skip("/", &text)) {
    const std::string key(text.substr(0, kKeyLength));
    if (key.size() != kKeyLength ||
        key.find_first_not_of("0123456789abcdef") != std::string::npos) {
      return std::nullopt;
    }
    text.remove_prefix(kKeyLength);
    if (!Skip("=", &text)) return std::nullopt;
    const Ranges ranges = ReadRanges(&text);
    if (ranges.empty() || !cursor.emplace(key, ranges).second) {
      return std::nullopt;
    }
  }
  if (text != kEnd) return std::nullopt;
  return cursor;
}

}  // namespace

std::string FormatCursor(const Cursor& cursor) {
  std::string text(kStart);
  for (const auto& [key, ranges] : cursor) {
    text += fmt::format("/{}=", key);
    for (size_t i = 0; i + 1 < ranges.size(); ++i) {
      text += fmt::format("{}-{},", ranges[i].first, ranges[i].last);
    }
    text += fmt::format("{}", ranges.back().first);
  }
  text += kEnd;
  return text;
}

Cursor ParseCursor(std::string_view text) {
  if (std::optional<Cursor> cursor = Read(text)) return *cursor;
  constexpr size_t kMostShown = 60;
  throw UsageError(fmt::format(
      "cursor '{}{}': it is not one, or not all of one, that --show-cursor or "
      "--cursor-file wrote",
      text.substr(0, kMostShown), text.size() > kMostShown ? "…" : ""));
}

Cursor MergeCursors(const Cursor& left, const Cursor& right) {
  Cursor both = left;
  for (const auto& [key, ranges] : right) {
    const auto [at, is_new] = both.emplace(key, ranges);
    if (!is_new) at->second = WithEnd(Intersect(at->second, ranges));
  }
  return both;
}

NewRecords FindNewRecords(const Cursor& cursor, SQLite::Database* database) {
  Finder finder(cursor, database);
  SQLite::Statement streams(
      *database,
      "SELECT s.id, s.next_seq, s.pruned_seq, "
      "b.boot_id || '|' || s.source || '|' || s.attachment "
      "FROM streams AS s JOIN boots AS b ON b.id = s.boot ORDER BY s.id");
  while (streams.executeStep()) {
    const int64_t id = streams.getColumn(0).getInt64();
    // A forged database can hold any numbers.
    if (id < 1 || id > kMostStreams) continue;
    const int64_t next_seq =
        std::clamp<int64_t>(streams.getColumn(1).getInt64(), 1, kSeqLimit);
    const int64_t pruned_seq =
        std::clamp<int64_t>(streams.getColumn(2).getInt64(), 0, next_seq - 1);
    finder.Look({id, next_seq, pruned_seq},
                Key(streams.getColumn(3).getString()));
  }
  finder.LookForDowntimes();
  return finder.news();
}

}  // namespace forkdb
