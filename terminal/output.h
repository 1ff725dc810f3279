// Where and how a command prints its answer.

#ifndef FORKDB_TERMINAL_OUTPUT_H_
#define FORKDB_TERMINAL_OUTPUT_H_

#include <cstddef>
#include <cstdio>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "base/time.h"
#include "terminal/pager.h"
#include "terminal/tell.h"

namespace forkdb {

enum class Format { kTable, kJson, kCsv, kTsv };

// The values of --format.
std::map<std::string, Format> FormatNames();

// Throws UsageError if there is no format of that name.
Format ParseFormat(const std::string& name);

// The stream must outlive it. Not thread-safe. The functions may be empty.
struct Output {
  Format format = Format::kTable;
  std::FILE* stream = stdout;
  size_t width = 0;        // columns of a table's line; 0: no limit
  bool color = false;      // colors in tables
  Zone zone = Zone::kUtc;  // in tables, and in notes
  bool quiet = false;      // no notes
  // If set, replaces the stream.
  std::shared_ptr<Pager> pager = nullptr;
  // Called before every write.
  std::function<void()> before_write = nullptr;
  // Called after the last write, before the wait for the pager.
  std::function<void()> before_pager_wait = nullptr;
  // Called after the user has quit the pager.
  std::function<void()> after_pager = nullptr;

  // Warnings about the answer, on stderr.
  Notes notes() const { return {zone, quiet}; }
};

// Writes the text unchanged. Write() and Flush() throw Error on failure, and
// Enough if the user has quit the pager.
void Write(const Output& output, std::string_view text);
void Flush(const Output& output);

// Calls print, then waits until the user quits the pager. Returns false if that
// happened before everything was written. Throws Error if the pager cannot run.
bool Present(const Output& output, const std::function<void()>& print);

// Returns the text in a terminal style, or unchanged without color.
enum class Style { kPlain, kBold, kDim, kRed };
std::string Styled(const Output& output, Style style, std::string_view text);

}  // namespace forkdb

#endif  // FORKDB_TERMINAL_OUTPUT_H_
