#include "query/database/cursor.h"

#include <SQLiteCpp/Statement.h>
#include <fmt/core.h>

#include <algorithm>
#include <charconv>
#include <functional>
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

// Mark both ends of a cursor's text, so that a part of it is refused.
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

// Appends an empty range for future numbers if ranges has none.
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

// FNV-1a, because cursors must be valid on other machines and versions.
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

// Of many gaps, the newest are kept.
Ranges Unseen(const Ranges& before, const Ranges& missing) {
  Ranges left = WithEnd(Intersect(before, missing));
  if (left.size() > kMostGaps) {
    left.erase(left.begin(), left.end() - (kMostGaps + 1));
  }
  return left;
}

class Finder {
 public:
  Finder(const Cursor& cursor, SQLite::Database* database)
      : before_(cursor), database_(database) {
    result_.cursor = cursor;
  }

  void AddStream(const Stream& stream, const std::string& key);
  // Must be called after the last AddStream().
  void AddDowntimes();
  NewRecords& result() { return result_; }

 private:
  const Cursor& before_;
  SQLite::Database* database_;
  NewRecords result_;
  std::set<int64_t> new_streams_;
};

void Finder::AddStream(const Stream& stream, const std::string& key) {
  const auto found = before_.find(key);
  const bool known = found != before_.end();
  if (!known) new_streams_.insert(stream.id);
  const Ranges unseen = known ? found->second : Ranges{{1, kLastSeq}};
  const Ranges future = {unseen.back()};
  Ranges present;  // numbers of rows
  Ranges missing;
  int64_t row = stream.pruned_seq + 1;
  SQLite::Statement gaps(*database_,
                         "SELECT first_seq, last_seq, after_ns FROM gaps "
                         "WHERE stream = ? ORDER BY first_seq");
  gaps.bind(1, stream.id);
  while (gaps.executeStep()) {
    const IdRange gap = {
        std::max<int64_t>(gaps.getColumn(0).getInt64(), row),
        std::min(gaps.getColumn(1).getInt64(), stream.next_seq - 1)};
    if (gap.first > gap.last) continue;  // forged
    if (row < gap.first) present.push_back({row, gap.first - 1});
    row = gap.last + 1;
    missing.push_back(gap);
    // Do not report a gap before the first record of a new stream.
    if (known || !gaps.getColumn(2).isNull()) {
      result_.missing += Size(Intersect(future, {gap}));
    }
  }
  if (row < stream.next_seq) present.push_back({row, stream.next_seq - 1});
  missing.push_back({stream.next_seq, kLastSeq});
  if (known) {
    result_.pruned += Size(Intersect(future, {{1, stream.pruned_seq}}));
  }
  for (const IdRange& range : Intersect(unseen, present)) {
    result_.ranges.push_back(
        {RecordId(stream.id, range.first), RecordId(stream.id, range.last)});
  }
  result_.cursor[key] = Unseen(unseen, missing);
}

void Finder::AddDowntimes() {
  if (before_.empty() || new_streams_.empty()) return;
  constexpr size_t kMostTold = 3;
  SQLite::Statement find(*database_,
                         "SELECT began_ns, ended_ns, what, stream FROM "
                         "downtimes ORDER BY ended_ns - began_ns DESC");
  Downtimes& downtimes = result_.downtimes;
  while (find.executeStep()) {
    if (new_streams_.count(find.getColumn(3).getInt64()) == 0) continue;
    ++downtimes.count;
    if (downtimes.longest.size() == kMostTold) continue;
    downtimes.longest.push_back(
        {find.getColumn(0).getInt64(), find.getColumn(1).getInt64(),
         EscapeForDisplay(find.getColumn(2).getString())});
  }
}

// Calls take with each stream and its key.
void ForEachStream(
    SQLite::Database* database,
    const std::function<void(const Stream&, const std::string&)>& take) {
  SQLite::Statement streams(
      *database,
      "SELECT s.id, s.next_seq, s.pruned_seq, "
      "b.boot_id || '|' || s.source || '|' || s.attachment "
      "FROM streams AS s JOIN boots AS b ON b.id = s.boot ORDER BY s.id");
  while (streams.executeStep()) {
    const int64_t id = streams.getColumn(0).getInt64();
    // Numbers in a forged database can be any size.
    if (id < 1 || id > kMostStreams) continue;
    const int64_t next_seq =
        std::clamp<int64_t>(streams.getColumn(1).getInt64(), 1, kSeqLimit);
    const int64_t pruned_seq =
        std::clamp<int64_t>(streams.getColumn(2).getInt64(), 0, next_seq - 1);
    take({id, next_seq, pruned_seq}, Key(streams.getColumn(3).getString()));
  }
}

// Removes a number from the start of the text.
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

// Parses "17-19,25-25,1043". Returns no ranges if the text is wrong.
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
      "cursor '{}{}': not a complete cursor of --show-cursor or --cursor-file",
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
  ForEachStream(database, [&](const Stream& stream, const std::string& key) {
    finder.AddStream(stream, key);
  });
  finder.AddDowntimes();
  return finder.result();
}

Cursor CursorAfter(const Cursor& cursor, const Shown& shown,
                   SQLite::Database* database) {
  Cursor after = cursor;
  ForEachStream(database, [&](const Stream& stream, const std::string& key) {
    const auto found = shown.find(stream.id);
    if (found == shown.end()) return;
    Ranges unshown;
    SQLite::Statement gaps(*database,
                           "SELECT first_seq, last_seq FROM gaps WHERE stream "
                           "= ? AND first_seq <= ? ORDER BY first_seq");
    gaps.bind(1, stream.id);
    gaps.bind(2, found->second);
    int64_t next = stream.pruned_seq + 1;
    while (gaps.executeStep()) {
      const IdRange gap = {
          std::max<int64_t>(gaps.getColumn(0).getInt64(), next),
          std::min(gaps.getColumn(1).getInt64(), found->second)};
      if (gap.first > gap.last) continue;  // forged
      unshown.push_back(gap);
      next = gap.last + 1;
    }
    unshown.push_back({found->second + 1, kLastSeq});
    const auto before = cursor.find(key);
    after[key] =
        Unseen(before == cursor.end() ? Ranges{{1, kLastSeq}} : before->second,
               unshown);
  });
  return after;
}

}  // namespace forkdb
