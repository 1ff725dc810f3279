#include "recorder/ingest/caller_index.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <string>
#include <tuple>

#include "recorder/ingest/run.h"
#include "store/record.h"

namespace forkdb {
CallerIndex::CallerIndex(SQLite::Database* database)
    : append_(*database,
              "INSERT INTO pid_blocks (pid, block, caller_id, calls) "
              "VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO UPDATE SET calls = "
              "rtrim(calls, ']') || ',' || ltrim(excluded.calls, '[')"),
      delete_pid_(*database,
                  "DELETE FROM pid_blocks WHERE pid = ?1 AND block = ?2"),
      rewrite_(*database,
               "INSERT INTO pid_blocks (pid, block, caller_id, calls) "
               "SELECT ?4, ?1, ifnull(caller_id, 0), json_group_array(id - ?2) "
               "FROM records WHERE id BETWEEN ?2 AND ?3 "
               "AND ?4 IN (pid, tgid) GROUP BY caller_id"),
      forget_(*database,
              "DELETE FROM pid_blocks WHERE block = ?1 AND pid IN ("
              "SELECT pid FROM records WHERE id BETWEEN ?2 AND ?3 UNION "
              "SELECT tgid FROM records WHERE id BETWEEN ?2 AND ?3)"),
      restore_(*database,
               "INSERT INTO pid_blocks (pid, block, caller_id, calls) "
               "SELECT pid, ?1, caller, json_group_array(id - ?2) FROM ("
               "SELECT pid, ifnull(caller_id, 0) AS caller, id FROM records "
               "WHERE id BETWEEN ?2 AND ?3 UNION "
               "SELECT tgid, ifnull(caller_id, 0), id FROM records "
               "WHERE id BETWEEN ?2 AND ?3 ORDER BY 1, 2, 3) "
               "GROUP BY pid, caller") {}

bool CallerIndex::Call::operator<(const Call& other) const {
  const int64_t block = BlockOf(id);
  const int64_t other_block = BlockOf(other.id);
  return std::tie(pid, block, caller_id, id) <
         std::tie(other.pid, other_block, other.caller_id, other.id);
}

bool CallerIndex::Call::IsBeside(const Call& other) const {
  return pid == other.pid && caller_id == other.caller_id &&
         BlockOf(id) == BlockOf(other.id);
}

void CallerIndex::Add(const RecordRow& row) {
  const int64_t pid = row[RecordRow::kPid];
  const int64_t tgid = row[RecordRow::kTgid];
  int64_t caller_id = row[RecordRow::kCallerId];
  if (caller_id == RecordRow::kNull) caller_id = 0;
  calls_.push_back({tgid, caller_id, row[RecordRow::kId]});
  if (pid != tgid) calls_.push_back({pid, caller_id, row[RecordRow::kId]});
}

void CallerIndex::Flush() {
  // In the order of the table's key, so that each page is written once.
  std::sort(calls_.begin(), calls_.end());
  std::string list;
  for (auto call = calls_.begin(); call != calls_.end();) {
    const Call& first = *call;
    const int64_t block = BlockOf(first.id);
    list = "[";
    for (; call != calls_.end() && call->IsBeside(first); ++call) {
      fmt::format_to(std::back_inserter(list), "{},",
                     call->id - FirstIdOf(block));
    }
    list.back() = ']';
    append_.bind(1, first.pid);
    append_.bind(2, block);
    append_.bind(3, first.caller_id);
    append_.bindNoCopy(4, list);
    append_.exec();
    append_.reset();
  }
  calls_.clear();
}

void CallerIndex::Rewrite(int64_t pid, int64_t block) {
  Run({pid, block}, &delete_pid_);
  Run({block, FirstIdOf(block), LastIdOf(block), pid}, &rewrite_);
}

void CallerIndex::Forget(int64_t block) {
  Run({block, FirstIdOf(block), LastIdOf(block)}, &forget_);
}

void CallerIndex::Restore(int64_t block) {
  Run({block, FirstIdOf(block), LastIdOf(block)}, &restore_);
}

}  // namespace forkdb
