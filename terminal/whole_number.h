// A check for the numbers on a command line.

#ifndef FORKDB_TERMINAL_WHOLE_NUMBER_H_
#define FORKDB_TERMINAL_WHOLE_NUMBER_H_

#include <CLI/App.hpp>
#include <cstdint>

namespace forkdb {

// Takes whole numbers that an int64_t holds, from the lowest on.
CLI::Validator WholeNumber(int64_t lowest);

}  // namespace forkdb

#endif  // FORKDB_TERMINAL_WHOLE_NUMBER_H_
