#include "recorder/blocks.h"

#include <algorithm>
#include <vector>

#include "store/record.h"

namespace forkdb {
namespace {

using Range = BlockSummary::Range;

void BindRange(int index, const Range& range, SQLite::Statement* statement) {
  if (range.first <= range.last) {
    statement->bind(index, range.first);
    statement->bind(index + 1, range.last);
  } else {
    statement->bind(index);
    statement->bind(index + 1);
  }
}

void InsertCounts(const BlockSummary::Counts& counts, int64_t block,
                  SQLite::Statement* insert) {
  insert->bind(2, block);
  for (const auto& [value, records] : counts) {
    insert->bind(1, value);
    insert->bind(3, records);
    insert->exec();
    insert->reset();
  }
}

}  // namespace

void Range::Add(int64_t value) {
  first = std::min(first, value);
  last = std::max(last, value);
}

void BlockSummary::Add(const RecordRow& row) {
  ++records;
  times_ns.Add(row[RecordRow::kTimeNs]);
  ++users[row[RecordRow::kUser]];
  ++comms[row[RecordRow::kComm]];
  ++flag_sets[row[RecordRow::kFlagSet]];
  ++namespace_sets[row[RecordRow::kNamespaceSet]];
  if (row[RecordRow::kRet] < 0) {
    ++rets[row[RecordRow::kRet]];
  } else {
    child_pids.Add(row[RecordRow::kChildPid]);
    child_starts_ns.Add(row[RecordRow::kChildStartNs]);
  }
}

void BlockSummary::Clear() {
  records = 0;
  times_ns = child_pids = child_starts_ns = Range();
  for (Counts* counts : {&comms, &users, &flag_sets, &namespace_sets, &rets}) {
    counts->clear();
  }
}

Blocks::Blocks(SQLite::Database* database)
    : database_(database),
      has_(*database, "SELECT 1 FROM blocks WHERE block = ?1"),
      read_(*database,
            "SELECT id, time_ns, user, comm, flag_set, namespace_set, pid, "
            "tgid, ppid, start_ns, ret, child_pid, child_start_ns FROM records "
            "WHERE id BETWEEN ?1 AND ?2"),
      insert_(*database,
              "INSERT OR REPLACE INTO blocks (block, records, first_time_ns, "
              "last_time_ns, first_child_pid, last_child_pid, "
              "first_child_start_ns, last_child_start_ns) "
              "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)"),
      insert_comm_(*database,
                   "INSERT OR REPLACE INTO comm_blocks (comm, block, records) "
                   "VALUES (?1, ?2, ?3)"),
      insert_user_(*database,
                   "INSERT OR REPLACE INTO user_blocks (user, block, records) "
                   "VALUES (?1, ?2, ?3)"),
      insert_flag_set_(*database,
                       "INSERT OR REPLACE INTO flag_set_blocks (flag_set, "
                       "block, records) VALUES (?1, ?2, ?3)"),
      insert_namespace_set_(
          *database,
          "INSERT OR REPLACE INTO namespace_set_blocks (namespace_set, block, "
          "records) VALUES (?1, ?2, ?3)"),
      insert_errno_(*database,
                    "INSERT OR REPLACE INTO errno_blocks (ret, block, records) "
                    "VALUES (?1, ?2, ?3)") {}

bool Blocks::Has(int64_t block) {
  has_.bind(1, block);
  const bool has = has_.executeStep();
  has_.reset();
  return has;
}

void Blocks::Open(int64_t block) {
  open_block_ = block;
  Read(block, &open_);
}

void Blocks::Add(const RecordRow& row) {
  if (BlockOf(row[RecordRow::kId]) == open_block_) open_.Add(row);
}

void Blocks::Read(int64_t block, BlockSummary* summary) {
  summary->Clear();
  read_.bind(1, FirstIdOf(block));
  read_.bind(2, LastIdOf(block));
  RecordRow row = {};
  while (read_.executeStep()) {
    for (int i = 0; i < read_.getColumnCount(); ++i) {
      row.values[static_cast<size_t>(i)] = read_.getColumn(i).getInt64();
    }
    summary->Add(row);
  }
  read_.reset();
}

void Blocks::Summarise(int64_t block) {
  if (block == open_block_) {
    Insert(block, open_);
    return;
  }
  BlockSummary summary;
  Read(block, &summary);
  Insert(block, summary);
}

void Blocks::Insert(int64_t block, const BlockSummary& summary) {
  if (summary.records == 0) return;
  insert_.bind(1, block);
  insert_.bind(2, summary.records);
  BindRange(3, summary.times_ns, &insert_);
  BindRange(5, summary.child_pids, &insert_);
  BindRange(7, summary.child_starts_ns, &insert_);
  insert_.exec();
  insert_.reset();
  InsertCounts(summary.comms, block, &insert_comm_);
  InsertCounts(summary.users, block, &insert_user_);
  InsertCounts(summary.flag_sets, block, &insert_flag_set_);
  InsertCounts(summary.namespace_sets, block, &insert_namespace_set_);
  InsertCounts(summary.rets, block, &insert_errno_);
}

void Blocks::CloseOthers(int64_t stream) {
  SQLite::Statement find(*database_,
                         "SELECT block FROM open_blocks "
                         "WHERE block NOT BETWEEN ?1 AND ?2");
  find.bind(1, BlockOf(RecordId(stream, 0)));
  find.bind(2, BlockOf(RecordId(stream, kSeqLimit - 1)));
  std::vector<int64_t> open;
  while (find.executeStep()) open.push_back(find.getColumn(0).getInt64());
  for (const int64_t block : open) Summarise(block);
}

void Blocks::Forget(int64_t block) {
  // By key: none of the tables has an index on block alone.
  for (const char* sql :
       {"DELETE FROM comm_blocks WHERE block = ?1 AND comm IN "
        "(SELECT comm FROM records WHERE id BETWEEN ?2 AND ?3)",
        "DELETE FROM user_blocks WHERE block = ?1 AND user IN "
        "(SELECT user FROM records WHERE id BETWEEN ?2 AND ?3)",
        "DELETE FROM flag_set_blocks WHERE block = ?1 AND flag_set IN "
        "(SELECT flag_set FROM records WHERE id BETWEEN ?2 AND ?3)",
        "DELETE FROM namespace_set_blocks WHERE block = ?1 AND namespace_set "
        "IN (SELECT namespace_set FROM records WHERE id BETWEEN ?2 AND ?3)",
        "DELETE FROM errno_blocks WHERE block = ?1 AND ret IN "
        "(SELECT ret FROM records WHERE id BETWEEN ?2 AND ?3)",
        "DELETE FROM blocks WHERE block = ?1"}) {
    SQLite::Statement statement(*database_, sql);
    statement.bind(1, block);
    if (statement.getBindParameterCount() == 3) {
      statement.bind(2, FirstIdOf(block));
      statement.bind(3, LastIdOf(block));
    }
    statement.exec();
  }
}

void Blocks::Reset() {
  open_block_ = 0;
  for (SQLite::Statement* statement :
       {&has_, &read_, &insert_, &insert_comm_, &insert_user_,
        &insert_flag_set_, &insert_namespace_set_, &insert_errno_}) {
    statement->tryReset();
  }
}

}  // namespace forkdb
