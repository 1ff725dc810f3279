#include "query/count/count.h"

#include <SQLiteCpp/Statement.h>
#include <fmt/core.h>

#include <cstddef>
#include <string>
#include <utility>

#include "base/duration.h"
#include "base/saturate.h"
#include "query/count/counted_rows.h"
#include "query/count/whole_blocks.h"
#include "store/record.h"
#include "store/statement.h"

namespace forkdb {
namespace {

// Fills one Counts.
class Counter {
 public:
  Counter(const Search& search, const Bins& bins)
      : database_(search.database()), search_(search), bins_(bins) {
    counts_.bins.resize(bins.count);
  }

  Counts Run(int64_t most_rows);

 private:
  void CountRows(Runs runs);
  void CountBlocks(WholeBlocks wholes);
  void CountBins(const WholeBlocks& wholes);
  // For a block that lies in several bins: reads the times of its records.
  void SpreadOverBins(int64_t block);
  // Adds rows of SQL: an id and its count.
  void Add(const std::string& sql, Counts::ById* counts);

  SQLite::Database* database_;
  const Search& search_;
  const Bins& bins_;
  Counts counts_;
};

Counts Counter::Run(int64_t most_rows) {
  if (search_.TakesAllOf("stream")) {
    WholeBlocks wholes = StoreWholeBlocks(search_);
    const auto rest = static_cast<int64_t>(wholes.rest.size());
    if ((wholes.count + rest) * kBlockRecords > most_rows) {
      CountBlocks(std::move(wholes));
      return std::move(counts_);
    }
  }
  counts_.has_rows = true;
  CountRows(Runs(search_, /*descending=*/false, /*from_id=*/0));
  return std::move(counts_);
}

void Counter::CountRows(Runs runs) {
  CountedRows rows(search_, std::move(runs));
  for (CountedRow row; rows.Next(&row);) {
    const bool failed = row.failed();
    ++counts_.records;
    ++counts_.bins[bins_.Of(row.time_ns)];
    for (size_t i = 0; i < kDimensions.size(); ++i) {
      if (kDimensions[i].of_failures && !failed) continue;
      ++counts_.by_dimension[i][row.dimensions[i]];
    }
    if (failed) ++counts_.failed_flag_sets[row.Of(RecordRow::kFlagSet)];
    if (!counts_.has_rows) continue;
    ++counts_.seconds[row.time_ns / kNsPerSecond];
    CallerCount& caller = counts_.callers[rows.CallerOf(row)];
    ++caller.records;
    caller.last_id = row.id;
  }
}

void Counter::CountBlocks(WholeBlocks wholes) {
  CountRows(Runs(std::move(wholes.rest)));
  CountBins(wholes);
  for (size_t i = 0; i < kDimensions.size(); ++i) {
    Add(fmt::format("SELECT v.{}, sum(b.records) FROM {} WHERE {} GROUP BY 1",
                    kDimensions[i].key, BlocksByValue(kDimensions[i]),
                    wholes.condition),
        &counts_.by_dimension[i]);
  }
  Add(fmt::format("SELECT flag_set, count(*) FROM records "
                  "INDEXED BY records_failed WHERE ret < 0 "
                  "AND id BETWEEN {} AND {} "
                  "AND id / {} IN temp.whole_blocks GROUP BY flag_set",
                  FirstIdOf(wholes.first), LastIdOf(wholes.last),
                  kBlockRecords),
      &counts_.failed_flag_sets);
}

void Counter::CountBins(const WholeBlocks& wholes) {
  SQLite::Statement blocks(
      *database_,
      fmt::format("SELECT block, records, first_time_ns, last_time_ns "
                  "FROM blocks AS b WHERE {}",
                  wholes.condition));
  while (blocks.executeStep()) {
    const auto column = [&](int i) { return blocks.getColumn(i).getInt64(); };
    const int64_t records = column(1);
    const size_t bin = bins_.Of(column(2));
    counts_.records = Plus(counts_.records, records);
    if (bin == bins_.Of(column(3))) {
      counts_.bins[bin] = Plus(counts_.bins[bin], records);
    } else {
      SpreadOverBins(column(0));
    }
  }
}

void Counter::SpreadOverBins(int64_t block) {
  SQLite::Statement times(
      *database_, "SELECT time_ns FROM records WHERE id BETWEEN ? AND ?");
  BindAll({FirstIdOf(block), LastIdOf(block)}, &times);
  while (times.executeStep()) {
    ++counts_.bins[bins_.Of(times.getColumn(0).getInt64())];
  }
}

void Counter::Add(const std::string& sql, Counts::ById* counts) {
  SQLite::Statement statement(*database_, sql);
  while (statement.executeStep()) {
    int64_t& sum = (*counts)[statement.getColumn(0).getInt64()];
    sum = Plus(sum, statement.getColumn(1).getInt64());
  }
}

}  // namespace

Counts Count(const Search& search, const Bins& bins, int64_t most_rows) {
  return Counter(search, bins).Run(most_rows);
}

}  // namespace forkdb
