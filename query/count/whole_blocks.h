// Which blocks of a search can be counted without reading their records.

#ifndef FORKDB_QUERY_COUNT_WHOLE_BLOCKS_H_
#define FORKDB_QUERY_COUNT_WHOLE_BLOCKS_H_

#include <cstdint>
#include <string>
#include <vector>

#include "query/filter/filter.h"
#include "query/search/search.h"
#include "store/dimensions.h"

namespace forkdb {

struct WholeBlocks {
  int64_t count = 0;
  // The first and the last whole block; nothing lies between if there is none.
  int64_t first = 0;
  int64_t last = -1;
  // SQL: the row of a table b with a column block is of a whole block.
  std::string condition;
  std::vector<IdRange> rest;  // the runs whose records must be read
};

// Divides the blocks of a search: the closed blocks whose records all lie in
// its time, and the rest. Stores the former in the temporary table whole_blocks
// (block INTEGER PRIMARY KEY), until the next call for this connection. Costs a
// look at each block of the search. Throws SQLite::Exception.
WholeBlocks StoreWholeBlocks(const Search& search);

// SQL for FROM: the dimension's block table as b, joined with its values as v.
// Goes from value to value, so that the key of b leads to the blocks.
std::string BlocksByValue(const Dimension& dimension);

}  // namespace forkdb

#endif  // FORKDB_QUERY_COUNT_WHOLE_BLOCKS_H_
