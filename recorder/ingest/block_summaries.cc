#include "recorder/ingest/block_summaries.h"

#include <fmt/core.h>
#include <linux/sched.h>

#include <algorithm>
#include <cstddef>
#include <string>
#include <vector>

#include "recorder/ingest/run.h"
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

void BlockSummary::Add(const RecordRow& row, bool created_process) {
  ++records;
  times_ns.Add(row[RecordRow::kTimeNs]);
  const bool failed = row[RecordRow::kRet] < 0;
  for (size_t i = 0; i < kDimensions.size(); ++i) {
    if (kDimensions[i].of_failures && !failed) continue;
    ++counts[i][row[kDimensions[i].column]];
  }
  if (!failed) {
    child_pids.Add(row[RecordRow::kChildPid]);
    child_starts_ns.Add(row[RecordRow::kChildStartNs]);
  }
  if (created_process) {
    creations.push_back({row[RecordRow::kId], row[RecordRow::kChildPid],
                         row[RecordRow::kChildStartNs]});
  }
}

void BlockSummary::Clear() {
  records = 0;
  times_ns = child_pids = child_starts_ns = Range();
  for (Counts& of_dimension : counts) of_dimension.clear();
  creations.clear();
}

BlockSummaries::BlockSummaries(SQLite::Database* database)
    : database_(database),
      has_(*database, "SELECT 1 FROM blocks WHERE block = ?1"),
      read_(*database,
            fmt::format("SELECT {}, ret > 0 AND NOT (SELECT flags & ?3 FROM "
                        "flag_sets AS f WHERE f.id = flag_set) FROM records "
                        "WHERE id BETWEEN ?1 AND ?2",
                        RecordRow::AllNames())),
      insert_(*database,
              "INSERT OR REPLACE INTO blocks (block, records, first_time_ns, "
              "last_time_ns, first_child_pid, last_child_pid, "
              "first_child_start_ns, last_child_start_ns) "
              "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)"),
      start_blocks_(database) {
  read_.bind(3, int64_t{CLONE_THREAD});
  for (const Dimension& dimension : kDimensions) {
    insert_counts_.emplace_back(
        *database, fmt::format("INSERT OR REPLACE INTO {} ({}, block, records) "
                               "VALUES (?1, ?2, ?3)",
                               dimension.blocks, dimension.name()));
  }
}

bool BlockSummaries::Has(int64_t block) {
  return FindInteger({block}, &has_).has_value();
}

void BlockSummaries::Open(int64_t block) {
  open_block_ = block;
  Read(block, &open_);
}

void BlockSummaries::Add(const RecordRow& row, bool created_process) {
  if (BlockOf(row[RecordRow::kId]) == open_block_) {
    open_.Add(row, created_process);
  }
}

void BlockSummaries::Read(int64_t block, BlockSummary* summary) {
  summary->Clear();
  read_.bind(1, FirstIdOf(block));
  read_.bind(2, LastIdOf(block));
  RecordRow row = {};
  const int created_process = read_.getColumnCount() - 1;
  while (read_.executeStep()) {
    for (int i = 0; i < created_process; ++i) {
      row.values[static_cast<size_t>(i)] = read_.getColumn(i).getInt64();
    }
    summary->Add(row, read_.getColumn(created_process).getInt() != 0);
  }
  read_.reset();
}

void BlockSummaries::Summarise(int64_t block) {
  if (block == open_block_) {
    Insert(block, &open_);
    return;
  }
  BlockSummary summary;
  Read(block, &summary);
  Insert(block, &summary);
}

void BlockSummaries::Insert(int64_t block, BlockSummary* summary) {
  if (summary->records == 0) return;
  // Late records may have joined a span of start times: its old row must go.
  if (Has(block)) start_blocks_.Forget(block);
  insert_.bind(1, block);
  insert_.bind(2, summary->records);
  BindRange(3, summary->times_ns, &insert_);
  BindRange(5, summary->child_pids, &insert_);
  BindRange(7, summary->child_starts_ns, &insert_);
  insert_.exec();
  insert_.reset();
  for (size_t i = 0; i < kDimensions.size(); ++i) {
    InsertCounts(summary->counts[i], block, &insert_counts_[i]);
  }
  start_blocks_.Insert(block, &summary->creations);
}

std::optional<int64_t> BlockSummaries::FindCreation(int64_t boot,
                                                    int64_t child_pid,
                                                    int64_t child_start_ns) {
  std::optional<int64_t> found =
      start_blocks_.Find(boot, child_pid, child_start_ns);
  for (const Creation& creation : open_.creations) {
    if (creation.child_start_ns == child_start_ns &&
        creation.child_pid == child_pid) {
      found = std::min(found.value_or(creation.id), creation.id);
    }
  }
  return found;
}

void BlockSummaries::CloseOthers(int64_t stream) {
  SQLite::Statement find(*database_,
                         "SELECT block FROM open_blocks "
                         "WHERE block NOT BETWEEN ?1 AND ?2");
  find.bind(1, BlockOf(RecordId(stream, 0)));
  find.bind(2, BlockOf(RecordId(stream, kSeqLimit - 1)));
  std::vector<int64_t> open;
  while (find.executeStep()) open.push_back(find.getColumn(0).getInt64());
  for (const int64_t block : open) Summarise(block);
}

void BlockSummaries::Forget(int64_t block) {
  start_blocks_.Forget(block);
  // Finds the rows by key, because none of the tables has an index on block
  // alone.
  for (const Dimension& dimension : kDimensions) {
    SQLite::Statement statement(
        *database_,
        fmt::format("DELETE FROM {0} WHERE block = ?1 AND {1} IN (SELECT {1} "
                    "FROM records WHERE id BETWEEN ?2 AND ?3)",
                    dimension.blocks, dimension.name()));
    Run({block, FirstIdOf(block), LastIdOf(block)}, &statement);
  }
  database_->exec(fmt::format("DELETE FROM blocks WHERE block = {}", block));
}

}  // namespace forkdb
