// Counting the records that a search finds, by what they have in common.

#ifndef FORKDB_QUERY_COUNT_COUNT_H_
#define FORKDB_QUERY_COUNT_COUNT_H_

#include <cstdint>
#include <map>
#include <tuple>
#include <unordered_map>
#include <vector>

#include "query/filter/window.h"
#include "query/search/search.h"

namespace forkdb {

// A process that called: its boot, its id and its start in that boot.
using Caller = std::tuple<int64_t, int64_t, int64_t>;

struct CallerCount {
  int64_t records = 0;
  int64_t last_id = 0;  // its newest record
};

// How many records there are of each kind; the keys are the ids that the
// table records has.
struct Counts {
  using ById = std::unordered_map<int64_t, int64_t>;

  int64_t records = 0;
  ById users;
  ById comms;
  ById flag_sets;
  ById failed_flag_sets;  // those of failed calls alone
  ById errnos;            // by ret
  std::vector<int64_t> bins;
  // What no block says: empty where only blocks were read.
  bool has_rows = false;
  ById seconds;
  std::map<Caller, CallerCount> callers;
};

// Counts what the search finds, all of it from the bins' window. Reads every
// record if their blocks have room for at most most_rows, or if no block can
// stand for all of its records. Else blocks (schema.sql) inside one bin are
// counted as wholes, and has_rows is false. Inside one transaction.
Counts Count(const Search& search, const Bins& bins, int64_t most_rows);

}  // namespace forkdb

#endif  // FORKDB_QUERY_COUNT_COUNT_H_
