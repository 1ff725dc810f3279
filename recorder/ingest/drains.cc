#include "recorder/ingest/drains.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "recorder/ingest/run.h"

namespace forkdb {
void Drain::CountRecord(int64_t id) {
  first_id = records == 0 ? id : std::min(first_id, id);
  last_id = std::max(last_id, id);
  ++records;
}

void Drain::AddReject(Reject reject) {
  if (rejects.size() < Batch::kMaxRejects) rejects.push_back(std::move(reject));
}

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
  std::optional<int64_t> first_id, last_id;
  if (drain.records > 0) {
    first_id = drain.first_id;
    last_id = drain.last_id;
  }
  Run({stream, now_ns, drain.records, drain.duplicates, drain.rejected,
       first_id, last_id},
      &insert_);
  const int64_t drain_id = database_->getLastInsertRowid();
  for (const Reject& reject : drain.rejects) {
    insert_reject_.bind(1, drain_id);
    insert_reject_.bind(2, stream);
    insert_reject_.bindNoCopy(3, reject.reason);
    insert_reject_.bindNoCopy(4, reject.line.data(),
                              static_cast<int>(reject.line.size()));
    insert_reject_.exec();
    insert_reject_.reset();
  }
}

}  // namespace forkdb
