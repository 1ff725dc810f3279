// Where a command prints its answer, and how.

#ifndef FORKDB_STORE_OUTPUT_H_
#define FORKDB_STORE_OUTPUT_H_

#include <cstdio>
#include <map>
#include <string>
#include <string_view>

namespace forkdb {

enum class Format { kTable, kJson, kCsv, kTsv };

// What --format takes.
std::map<std::string, Format> FormatNames();

// The format of that name. Throws UsageError.
Format ParseFormat(const std::string& name);

// The stream must outlive it. Not thread-safe.
struct Output {
  Format format = Format::kTable;
  std::FILE* stream = stdout;
};

// Writes the text as it is. Throw Error if that cannot be done.
void Write(const Output& output, std::string_view text);
void Flush(const Output& output);

}  // namespace forkdb

#endif  // FORKDB_STORE_OUTPUT_H_
