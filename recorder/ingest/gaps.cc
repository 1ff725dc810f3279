#include "recorder/ingest/gaps.h"

#include "recorder/ingest/run.h"

namespace forkdb {
namespace {

std::optional<int64_t> GetOptional(SQLite::Statement* statement, int index) {
  if (statement->isColumnNull(index)) return std::nullopt;
  return statement->getColumn(index).getInt64();
}

}  // namespace

Gaps::Gaps(SQLite::Database* database)
    : insert_(*database,
              "INSERT INTO gaps (stream, first_seq, last_seq, noticed_ns, "
              "after_ns, before_ns) VALUES (?1, ?2, ?3, ?4, ?5, ?6)"),
      find_(*database,
            "SELECT id, first_seq, last_seq, noticed_ns, after_ns, before_ns "
            "FROM gaps WHERE stream = ?1 AND first_seq <= ?2 "
            "ORDER BY first_seq DESC LIMIT 1"),
      delete_(*database, "DELETE FROM gaps WHERE id = ?1"),
      close_(*database, "UPDATE gaps SET before_ns = ?2 WHERE id = ?1") {}

void Gaps::Insert(int64_t stream, const Gap& gap) {
  Run({stream, gap.first_seq, gap.last_seq, gap.noticed_ns, gap.after_ns,
       gap.before_ns},
      &insert_);
}

std::optional<Gaps::Found> Gaps::Find(int64_t stream, int64_t seq) {
  std::optional<Found> found;
  find_.bind(1, stream);
  find_.bind(2, seq);
  if (find_.executeStep() && find_.getColumn(2).getInt64() >= seq) {
    found.emplace();
    found->id = find_.getColumn(0).getInt64();
    found->gap = {find_.getColumn(1).getInt64(), find_.getColumn(2).getInt64(),
                  find_.getColumn(3).getInt64(), GetOptional(&find_, 4),
                  GetOptional(&find_, 5)};
  }
  find_.reset();
  return found;
}

bool Gaps::IsOpen(int64_t stream, int64_t last_seq) {
  const std::optional<Found> found = Find(stream, last_seq);
  return found && !found->gap.before_ns;
}

void Gaps::Close(int64_t stream, int64_t last_seq, int64_t before_ns) {
  std::optional<Found> found = Find(stream, last_seq);
  while (found && !found->gap.before_ns) {
    Run({found->id, before_ns}, &close_);
    found = Find(stream, found->gap.first_seq - 1);
  }
}

std::optional<int64_t> Gaps::AfterNs(int64_t stream, int64_t seq) {
  const std::optional<Found> found = Find(stream, seq);
  return found ? found->gap.after_ns : std::nullopt;
}

std::optional<int> Gaps::Fill(int64_t stream, int64_t seq, int64_t time_ns) {
  const std::optional<Found> found = Find(stream, seq);
  if (!found) return std::nullopt;
  Gap low = found->gap;
  Gap high = found->gap;
  low.last_seq = seq - 1;
  low.before_ns = time_ns;
  high.first_seq = seq + 1;
  high.after_ns = time_ns;
  Run({found->id}, &delete_);
  int added = -1;
  for (const Gap& part : {low, high}) {
    if (part.missing() == 0) continue;
    Insert(stream, part);
    ++added;
  }
  return added;
}

}  // namespace forkdb
