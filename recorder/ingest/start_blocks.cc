#include "recorder/ingest/start_blocks.h"

#include <algorithm>
#include <cstddef>
#include <tuple>

#include "recorder/ingest/run.h"
#include "store/record.h"

namespace forkdb {
namespace {

// An entry of the column starts has 20 bits of the start time, then 12 bits of
// the record's place in its block. A span is 2^34 ns (17 s); a tick, the unit
// of the 20 bits, is 2^14 ns (16 µs).
constexpr int kTickBits = 14;
constexpr int kSpanBits = 34;
constexpr int kPlaceBits = 12;
constexpr int64_t kPlaces = int64_t{1} << kPlaceBits;
static_assert(kPlaces == kBlockRecords);
constexpr size_t kEntryBytes = 4;

int64_t SpanOf(int64_t start_ns) { return start_ns >> kSpanBits; }

int64_t TickOf(int64_t start_ns) {
  constexpr int64_t kTicks = int64_t{1} << (kSpanBits - kTickBits);
  return (start_ns >> kTickBits) % kTicks;
}

void AppendEntry(const Creation& creation, std::string* entries) {
  const auto entry = static_cast<uint32_t>(
      TickOf(creation.child_start_ns) << kPlaceBits | creation.id % kPlaces);
  for (const int shift : {24, 16, 8, 0}) {
    entries->push_back(static_cast<char>(entry >> shift & 0xff));
  }
}

int64_t EntryAt(size_t index, const unsigned char* entries) {
  const unsigned char* entry = entries + index * kEntryBytes;
  return int64_t{entry[0]} << 24 | int64_t{entry[1]} << 16 |
         int64_t{entry[2]} << 8 | int64_t{entry[3]};
}

// Returns the index of the first entry that is not below value.
size_t LowerBound(int64_t value, size_t count, const unsigned char* entries) {
  size_t low = 0;
  while (low < count) {
    const size_t middle = low + (count - low) / 2;
    if (EntryAt(middle, entries) < value) {
      low = middle + 1;
    } else {
      count = middle;
    }
  }
  return low;
}

}  // namespace

StartBlocks::StartBlocks(SQLite::Database* database)
    : insert_(*database,
              "INSERT INTO start_blocks (boot, span, block, first_tick, "
              "last_tick, starts) SELECT boot, ?2, ?3, ?4, ?5, ?6 "
              "FROM streams WHERE id = ?1"),
      // Finds the rows by key, because there is no index on block alone.
      forget_(*database,
              "DELETE FROM start_blocks WHERE block = ?1 "
              "AND boot = (SELECT boot FROM streams WHERE id = ?2) "
              "AND span IN (SELECT child_start_ns >> 34 FROM records "
              "WHERE id BETWEEN ?3 AND ?4 AND child_start_ns IS NOT NULL)"),
      find_(*database,
            "SELECT block, starts FROM start_blocks WHERE boot = ?1 "
            "AND span = ?2 AND ?3 BETWEEN first_tick AND last_tick "
            "ORDER BY block"),
      verify_(*database,
              "SELECT 1 FROM records WHERE id = ?1 AND child_pid = ?2 "
              "AND child_start_ns = ?3") {}

void StartBlocks::Insert(int64_t block, std::vector<Creation>* creations) {
  const auto key = [](const Creation& c) {
    return std::make_tuple(SpanOf(c.child_start_ns), TickOf(c.child_start_ns),
                           c.id);
  };
  const auto before = [&](const Creation& a, const Creation& b) {
    return key(a) < key(b);
  };
  // Usually they are already in this order.
  if (!std::is_sorted(creations->begin(), creations->end(), before)) {
    std::sort(creations->begin(), creations->end(), before);
  }
  insert_.bind(1, StreamOf(FirstIdOf(block)));
  insert_.bind(3, block);
  std::string starts;
  for (auto first = creations->begin(); first != creations->end();) {
    starts.clear();
    const int64_t span = SpanOf(first->child_start_ns);
    auto end = first;
    for (; end != creations->end() && SpanOf(end->child_start_ns) == span;
         ++end) {
      AppendEntry(*end, &starts);
    }
    insert_.bind(2, span);
    insert_.bind(4, TickOf(first->child_start_ns));
    insert_.bind(5, TickOf((end - 1)->child_start_ns));
    insert_.bindNoCopy(6, starts.data(), static_cast<int>(starts.size()));
    insert_.exec();
    insert_.reset();
    first = end;
  }
}

void StartBlocks::Forget(int64_t block) {
  Run({block, StreamOf(FirstIdOf(block)), FirstIdOf(block), LastIdOf(block)},
      &forget_);
}

std::optional<int64_t> StartBlocks::Find(int64_t boot, int64_t child_pid,
                                         int64_t child_start_ns) {
  const int64_t tick = TickOf(child_start_ns);
  find_.bind(1, boot);
  find_.bind(2, SpanOf(child_start_ns));
  find_.bind(3, tick);
  std::optional<int64_t> found;
  while (!found && find_.executeStep()) {
    const int64_t block = find_.getColumn(0).getInt64();
    const SQLite::Column starts = find_.getColumn(1);
    const auto* entries = static_cast<const unsigned char*>(starts.getBlob());
    const size_t count = static_cast<size_t>(starts.getBytes()) / kEntryBytes;
    // Several processes may have started within one tick: checks each.
    for (size_t i = LowerBound(tick << kPlaceBits, count, entries);
         !found && i < count && EntryAt(i, entries) >> kPlaceBits == tick;
         ++i) {
      const int64_t id = FirstIdOf(block) + EntryAt(i, entries) % kPlaces;
      if (IsCreation(id, child_pid, child_start_ns)) found = id;
    }
  }
  find_.reset();
  return found;
}

bool StartBlocks::IsCreation(int64_t id, int64_t child_pid,
                             int64_t child_start_ns) {
  return FindInteger({id, child_pid, child_start_ns}, &verify_).has_value();
}

}  // namespace forkdb
