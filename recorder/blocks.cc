#include "recorder/blocks.h"

#include <algorithm>
#include <optional>
#include <vector>

#include "store/record.h"

namespace forkdb {
namespace {

// The columns of read_.
enum Column {
  kTimeNs,
  kUser,
  kComm,
  kFlagSet,
  kPid,
  kTgid,
  kRet,
  kChildPid,
  kChildStartNs
};

struct Range {
  int64_t first = 0;
  int64_t last = 0;

  explicit Range(int64_t value) : first(value), last(value) {}
  void Add(int64_t value) {
    first = std::min(first, value);
    last = std::max(last, value);
  }
};

void Extend(int64_t value, std::optional<Range>* range) {
  if (*range) {
    (*range)->Add(value);
  } else {
    range->emplace(value);
  }
}

void BindRange(int index, const std::optional<Range>& range,
               SQLite::Statement* statement) {
  if (range) {
    statement->bind(index, range->first);
    statement->bind(index + 1, range->last);
  } else {
    statement->bind(index);
    statement->bind(index + 1);
  }
}

}  // namespace

Blocks::Blocks(SQLite::Database* database)
    : database_(database),
      has_(*database, "SELECT 1 FROM blocks WHERE block = ?1"),
      read_(*database,
            "SELECT time_ns, user, comm, flag_set, pid, tgid, ret, child_pid, "
            "child_start_ns FROM records WHERE id BETWEEN ?1 AND ?2"),
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
      insert_errno_(*database,
                    "INSERT OR REPLACE INTO errno_blocks (ret, block, records) "
                    "VALUES (?1, ?2, ?3)"),
      insert_pid_(*database,
                  "INSERT OR IGNORE INTO pid_blocks (pid, block) "
                  "VALUES (?1, ?2)") {}

bool Blocks::Has(int64_t block) {
  has_.bind(1, block);
  const bool has = has_.executeStep();
  has_.reset();
  return has;
}

void Blocks::Summarise(int64_t block) {
  for (Counts* counts : {&comms_, &users_, &flag_sets_, &rets_}) {
    counts->clear();
  }
  pids_.clear();
  int64_t records = 0;
  std::optional<Range> times;
  std::optional<Range> child_pids;
  std::optional<Range> child_starts;
  read_.bind(1, FirstIdOf(block));
  read_.bind(2, LastIdOf(block));
  while (read_.executeStep()) {
    const auto get = [this](Column column) {
      return read_.getColumn(column).getInt64();
    };
    ++records;
    Extend(get(kTimeNs), &times);
    ++users_[get(kUser)];
    ++comms_[get(kComm)];
    ++flag_sets_[get(kFlagSet)];
    pids_.insert(get(kPid));
    pids_.insert(get(kTgid));
    if (const int64_t ret = get(kRet); ret < 0) {
      ++rets_[ret];
    } else {
      Extend(get(kChildPid), &child_pids);
      Extend(get(kChildStartNs), &child_starts);
    }
  }
  read_.reset();
  if (records == 0) return;

  insert_.bind(1, block);
  insert_.bind(2, records);
  BindRange(3, times, &insert_);
  BindRange(5, child_pids, &insert_);
  BindRange(7, child_starts, &insert_);
  insert_.exec();
  insert_.reset();
  InsertCounts(comms_, block, &insert_comm_);
  InsertCounts(users_, block, &insert_user_);
  InsertCounts(flag_sets_, block, &insert_flag_set_);
  InsertCounts(rets_, block, &insert_errno_);
  // In the table's order, for its pages' sake.
  std::vector<int64_t> pids(pids_.begin(), pids_.end());
  std::sort(pids.begin(), pids.end());
  insert_pid_.bind(2, block);
  for (const int64_t pid : pids) {
    insert_pid_.bind(1, pid);
    insert_pid_.exec();
    insert_pid_.reset();
  }
}

void Blocks::InsertCounts(const Counts& counts, int64_t block,
                          SQLite::Statement* insert) {
  insert->bind(2, block);
  for (const auto& [value, records] : counts) {
    insert->bind(1, value);
    insert->bind(3, records);
    insert->exec();
    insert->reset();
  }
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
        "DELETE FROM errno_blocks WHERE block = ?1 AND ret IN "
        "(SELECT ret FROM records WHERE id BETWEEN ?2 AND ?3)",
        "DELETE FROM pid_blocks WHERE block = ?1 AND pid IN "
        "(SELECT pid FROM records WHERE id BETWEEN ?2 AND ?3 UNION "
        "SELECT tgid FROM records WHERE id BETWEEN ?2 AND ?3)",
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
  for (SQLite::Statement* statement :
       {&has_, &read_, &insert_, &insert_comm_, &insert_user_,
        &insert_flag_set_, &insert_errno_, &insert_pid_}) {
    statement->tryReset();
  }
}

}  // namespace forkdb
