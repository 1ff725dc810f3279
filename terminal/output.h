// Where a command prints its answer, and how.

#ifndef FORKDB_TERMINAL_OUTPUT_H_
#define FORKDB_TERMINAL_OUTPUT_H_

#include <cstddef>
#include <cstdio>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "terminal/pager.h"

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
  size_t width = 0;    // columns that a line of a table may take; 0: any number
  bool color = false;  // of a table
  // What is written goes there instead, if set.
  std::shared_ptr<Pager> pager = nullptr;
  // Called before anything is written, if set.
  std::function<void()> before_write = nullptr;
  // Called once all is written, and only the pager is waited for, if set.
  std::function<void()> before_pager_wait = nullptr;
  // Called once the user has left the pager, if set.
  std::function<void()> after_pager = nullptr;
};

// Writes the text as it is. Throw Error if that cannot be done, Enough if the
// user has left the pager.
void Write(const Output& output, std::string_view text);
void Flush(const Output& output);

// Calls print and waits until the user has read what it printed. Returns false
// if they left the pager before it was done. Throws Error if the pager cannot
// be run.
bool Present(const Output& output, const std::function<void()>& print);

// The text in a color of the terminal, or as it is.
enum class Style { kPlain, kBold, kDim, kRed };
std::string Styled(const Output& output, Style style, std::string_view text);

}  // namespace forkdb

#endif  // FORKDB_TERMINAL_OUTPUT_H_
