#include "query/count/count.h"

#include <SQLiteCpp/Statement.h>
#include <fmt/core.h>

#include <string>
#include <utility>

#include "base/duration.h"
#include "base/saturate.h"
#include "query/search/row_cursor.h"
#include "store/dimensions.h"
#include "store/record.h"
#include "store/record_row.h"
#include "store/statement.h"
#include "terminal/value.h"

namespace forkdb {
namespace {

// Counts into one Counts.
class Counter {
 public:
  Counter(SQLite::Database* database, const Search& search,
          const Window& window, const Bins& bins)
      : database_(database), search_(search), window_(window), bins_(bins) {
    counts_.bins.resize(bins.count);
  }

  Counts Run(int64_t most_rows);

 private:
  std::vector<int64_t> FindBlocks();
  void CountRows(Runs runs);
  void CountBlocks(const std::vector<int64_t>& blocks);
  // Spares the look-up of each block where all between the first and the last
  // are whole.
  void NarrowWholes(int64_t wholes);
  void SpreadOverBins(int64_t block);
  Counts::ById* CountsOf(RecordRow::Column column);
  // Adds the whole blocks' counts of one dimension.
  void AddWholes(const Dimension& dimension, Counts::ById* counts);
  void AddFailedFlagSets();
  void Add(const Row& values, const std::string& sql, Counts::ById* counts);
  void ReadBoots();

  SQLite::Database* database_;
  const Search& search_;
  const Window& window_;
  const Bins& bins_;
  std::unordered_map<int64_t, int64_t> boots_;  // by stream
  int64_t first_whole_ = 0, last_whole_ = -1;
  const char* is_whole_ = "b.block IN temp.whole_blocks";
  Counts counts_;
};

Counts Counter::Run(int64_t most_rows) {
  if (search_.TakesAllOf("stream")) {
    const std::vector<int64_t> blocks = FindBlocks();
    if (static_cast<int64_t>(blocks.size()) * kBlockRecords > most_rows) {
      CountBlocks(blocks);
      return std::move(counts_);
    }
  }
  counts_.has_rows = true;
  ReadBoots();
  CountRows(Runs(search_, /*descending=*/false, /*from_id=*/0));
  return std::move(counts_);
}

std::vector<int64_t> Counter::FindBlocks() {
  const BoundSql question =
      search_.BlocksSql(/*descending=*/false, /*from_block=*/0);
  SQLite::Statement statement(*database_, question.sql);
  BindAll(question.values, &statement);
  std::vector<int64_t> blocks;
  while (statement.executeStep()) {
    blocks.push_back(statement.getColumn(0).getInt64());
  }
  return blocks;
}

void Counter::ReadBoots() {
  SQLite::Statement streams(*database_, "SELECT id, boot FROM streams");
  while (streams.executeStep()) {
    boots_[streams.getColumn(0).getInt64()] = streams.getColumn(1).getInt64();
  }
}

void Counter::CountRows(Runs runs) {
  RowRequest request = {"id"};
  request.around =
      "SELECT r.id, r.time_ns, r.user, r.comm, r.flag_set, r.ret, r.tgid, "
      "r.start_ns FROM ({}) AS m CROSS JOIN records AS r ON r.id = m.id";
  RowCursor rows(search_, request, std::move(runs));
  while (SQLite::Statement* row = rows.Next()) {
    const auto column = [&](int i) { return row->getColumn(i).getInt64(); };
    const int64_t id = column(0);
    const int64_t time_ns = column(1);
    const int64_t ret = column(5);
    ++counts_.records;
    ++counts_.users[column(2)];
    ++counts_.comms[column(3)];
    ++counts_.flag_sets[column(4)];
    ++counts_.bins[bins_.Of(time_ns)];
    if (ret < 0) {
      ++counts_.errnos[ret];
      ++counts_.failed_flag_sets[column(4)];
    }
    if (!counts_.has_rows) continue;
    ++counts_.seconds[time_ns / kNsPerSecond];
    CallerCount& caller =
        counts_.callers[{boots_[id / kSeqLimit], column(6), column(7)}];
    ++caller.records;
    caller.last_id = id;
  }
}

void Counter::CountBlocks(const std::vector<int64_t>& blocks) {
  database_->exec(
      "DROP TABLE IF EXISTS temp.whole_blocks; "
      "CREATE TEMP TABLE whole_blocks (block INTEGER PRIMARY KEY)");
  int64_t wholes = 0;
  std::vector<IdRange> rest;
  SQLite::Statement find(*database_,
                         "SELECT records, first_time_ns, last_time_ns "
                         "FROM blocks WHERE block = ?");
  SQLite::Statement insert(*database_,
                           "INSERT INTO temp.whole_blocks VALUES (?)");
  for (const int64_t block : blocks) {
    find.reset();
    find.bind(1, block);
    const bool closed = find.executeStep();
    if (!closed || find.getColumn(1).getInt64() < window_.since_ns ||
        find.getColumn(2).getInt64() > window_.until_ns) {
      rest.push_back({FirstIdOf(block), LastIdOf(block)});
      continue;
    }
    const int64_t records = find.getColumn(0).getInt64();
    const size_t bin = bins_.Of(find.getColumn(1).getInt64());
    counts_.records = Plus(counts_.records, records);
    if (bin == bins_.Of(find.getColumn(2).getInt64())) {
      counts_.bins[bin] = Plus(counts_.bins[bin], records);
    } else {
      SpreadOverBins(block);
    }
    insert.bind(1, block);
    insert.exec();
    insert.reset();
    if (last_whole_ < 0) first_whole_ = block;
    last_whole_ = block;
    ++wholes;
  }
  CountRows(Runs(std::move(rest)));
  NarrowWholes(wholes);
  for (const Dimension& dimension : kDimensions) {
    if (Counts::ById* counts = CountsOf(dimension.column)) {
      AddWholes(dimension, counts);
    }
  }
  AddFailedFlagSets();
}

void Counter::NarrowWholes(int64_t wholes) {
  SQLite::Statement between(
      *database_, "SELECT count(*) FROM blocks WHERE block BETWEEN ? AND ?");
  BindAll({first_whole_, last_whole_}, &between);
  between.executeStep();
  if (between.getColumn(0).getInt64() == wholes) is_whole_ = "1";
}

void Counter::SpreadOverBins(int64_t block) {
  SQLite::Statement times(
      *database_, "SELECT time_ns FROM records WHERE id BETWEEN ? AND ?");
  BindAll({FirstIdOf(block), LastIdOf(block)}, &times);
  while (times.executeStep()) {
    ++counts_.bins[bins_.Of(times.getColumn(0).getInt64())];
  }
}

// NULL for what no section shows.
Counts::ById* Counter::CountsOf(RecordRow::Column column) {
  switch (column) {
    case RecordRow::kUser:
      return &counts_.users;
    case RecordRow::kComm:
      return &counts_.comms;
    case RecordRow::kFlagSet:
      return &counts_.flag_sets;
    case RecordRow::kRet:
      return &counts_.errnos;
    default:
      return nullptr;
  }
}

void Counter::AddWholes(const Dimension& dimension, Counts::ById* counts) {
  // From value to value, so that the key leads to its blocks of this window.
  Add({first_whole_, last_whole_},
      fmt::format("SELECT b.{0}, sum(b.records) FROM {1} AS v CROSS JOIN {2} "
                  "AS b ON b.{0} = v.{3} AND b.block BETWEEN ?1 AND ?2 "
                  "WHERE {4} GROUP BY v.{3}",
                  dimension.name(), dimension.values, dimension.blocks,
                  dimension.key, is_whole_),
      counts);
}

void Counter::AddFailedFlagSets() {
  Add({FirstIdOf(first_whole_), LastIdOf(last_whole_), kBlockRecords},
      "SELECT flag_set, count(*) FROM records INDEXED BY records_failed "
      "WHERE ret < 0 AND id BETWEEN ?1 AND ?2 "
      "AND id / ?3 IN temp.whole_blocks GROUP BY flag_set",
      &counts_.failed_flag_sets);
}

void Counter::Add(const Row& values, const std::string& sql,
                  Counts::ById* counts) {
  SQLite::Statement statement(*database_, sql);
  BindAll(values, &statement);
  while (statement.executeStep()) {
    int64_t& sum = (*counts)[statement.getColumn(0).getInt64()];
    sum = Plus(sum, statement.getColumn(1).getInt64());
  }
}

}  // namespace

Counts Count(SQLite::Database* database, const Search& search,
             const Window& window, const Bins& bins, int64_t most_rows) {
  return Counter(database, search, window, bins).Run(most_rows);
}

}  // namespace forkdb
