// Measures parsing alone: reads a file of the /proc/fork_info format as the
// recorder does. Prints the number of records.

#include <fmt/core.h>

#include <cstdint>
#include <cstdio>
#include <exception>

#include "recorder/source/file_source.h"

int main(int argc, char** argv) {
  if (argc != 2) {
    fmt::print(stderr, "usage: parse FILE\n");
    return 2;
  }
  try {
    forkdb::FileSource source(argv[1], "", 0);
    forkdb::Batch batch;
    int64_t records = 0;
    int64_t rejected = 0;
    forkdb::ReadResult result = forkdb::ReadResult::kMore;
    while (result == forkdb::ReadResult::kMore) {
      result = source.Read(&batch);
      records += static_cast<int64_t>(batch.records.size());
      rejected += batch.rejected;
      batch.Clear();
    }
    fmt::print("{} records, {} rejected\n", records, rejected);
    return rejected == 0 ? 0 : 1;
  } catch (const std::exception& e) {
    fmt::print(stderr, "parse: {}\n", e.what());
    return 1;
  }
}
