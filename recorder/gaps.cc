#include "recorder/gaps.h"

namespace forkdb {
namespace {

void BindOptional(int index, const std::optional<int64_t>& value,
                  SQLite::Statement* statement) {
  if (value) {
    statement->bind(index, *value);
  } else {
    statement->bind(index);
  }
}

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
      delete_(*database, "DELETE FROM gaps WHERE id = ?1") {}

void Gaps::Insert(int64_t stream, const Gap& gap) {
  insert_.bind(1, stream);
  insert_.bind(2, gap.first_seq);
  insert_.bind(3, gap.last_seq);
  insert_.bind(4, gap.noticed_ns);
  BindOptional(5, gap.after_ns, &insert_);
  BindOptional(6, gap.before_ns, &insert_);
  insert_.exec();
  insert_.reset();
}

void Gaps::Reset() {
  for (SQLite::Statement* statement : {&insert_, &find_, &delete_}) {
    statement->tryReset();
  }
}

bool Gaps::Fill(int64_t stream, int64_t seq, int64_t time_ns) {
  find_.bind(1, stream);
  find_.bind(2, seq);
  if (!find_.executeStep() || find_.getColumn(2).getInt64() < seq) {
    find_.reset();
    return false;
  }
  const int64_t id = find_.getColumn(0).getInt64();
  Gap low;
  low.first_seq = find_.getColumn(1).getInt64();
  low.last_seq = find_.getColumn(2).getInt64();
  low.noticed_ns = find_.getColumn(3).getInt64();
  low.after_ns = GetOptional(&find_, 4);
  low.before_ns = GetOptional(&find_, 5);
  find_.reset();

  Gap high = low;
  low.last_seq = seq - 1;
  low.before_ns = time_ns;
  high.first_seq = seq + 1;
  high.after_ns = time_ns;
  delete_.bind(1, id);
  delete_.exec();
  delete_.reset();
  if (low.missing() > 0) Insert(stream, low);
  if (high.missing() > 0) Insert(stream, high);
  return true;
}

}  // namespace forkdb
