#include "recorder/ingest/drains.h"

#include <algorithm>

namespace forkdb {
namespace {

void BindIf(bool condition, int index, int64_t value,
            SQLite::Statement* statement) {
  if (condition) {
    statement->bind(index, value);
  } else {
    statement->bind(index);
  }
}

void Run(SQLite::Statement* statement) {
  statement->exec();
  statement->reset();
}

}  // namespace

Drains::Drains(SQLite::Database* database)
    : database_(database),
      insert_(*database,
              "INSERT INTO drains (stream, time_ns, records, duplicates, "
              "rejected, first_id, last_id) "
              "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)"),
      find_reject_(*database,
                   "SELECT 1 FROM rejects WHERE stream = ?1 AND line = ?2"),
      insert_reject_(*database,
                     "INSERT INTO rejects (drain, stream, reason, line) "
                     "VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO NOTHING") {}

bool Drains::HasNewReject(int64_t stream, const Drain& drain) {
  return std::any_of(
      drain.rejects.begin(), drain.rejects.end(), [&](const Reject& reject) {
        find_reject_.bind(1, stream);
        find_reject_.bindNoCopy(2, reject.line.data(),
                                static_cast<int>(reject.line.size()));
        const bool found = find_reject_.executeStep();
        find_reject_.reset();
        return !found;
      });
}

void Drains::Insert(int64_t stream, int64_t now_ns, const Drain& drain) {
  if (drain.records == 0 && !HasNewReject(stream, drain)) return;
  insert_.bind(1, stream);
  insert_.bind(2, now_ns);
  insert_.bind(3, drain.records);
  insert_.bind(4, drain.duplicates);
  insert_.bind(5, drain.rejected);
  BindIf(drain.records > 0, 6, drain.first_id, &insert_);
  BindIf(drain.records > 0, 7, drain.last_id, &insert_);
  Run(&insert_);
  const int64_t drain_id = database_->getLastInsertRowid();
  for (const Reject& reject : drain.rejects) {
    insert_reject_.bind(1, drain_id);
    insert_reject_.bind(2, stream);
    insert_reject_.bindNoCopy(3, reject.reason);
    insert_reject_.bindNoCopy(4, reject.line.data(),
                              static_cast<int>(reject.line.size()));
    Run(&insert_reject_);
  }
}

void Drains::Reset() {
  for (SQLite::Statement* statement :
       {&insert_, &find_reject_, &insert_reject_}) {
    statement->tryReset();
  }
}

}  // namespace forkdb
