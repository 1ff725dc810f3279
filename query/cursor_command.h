// The options by which one question goes on where another ended.

#ifndef FORKDB_QUERY_CURSOR_COMMAND_H_
#define FORKDB_QUERY_CURSOR_COMMAND_H_

#include <CLI/App.hpp>
#include <memory>
#include <optional>
#include <string>

#include "query/database/cursor.h"
#include "query/print/output_file.h"

namespace forkdb {

struct CursorOptions {
  std::optional<std::string> after;
  std::optional<std::string> file;
  bool show = false;
};

// Adds them to a command that has --burst and --until; options must outlive it.
void AddCursorOptions(CLI::App* command, CursorOptions* options);

// The cursors of one question: where it begins, and where it ended. Not
// thread-safe.
class CursorKeeper {
 public:
  // Reads the options' cursor, and sees to it that the file can be written: so
  // that nothing is shown that would be shown again. A file that is not there,
  // or is empty, holds no cursor. Symbolic links are not followed. Throws
  // UsageError for a bad cursor, Error for the file.
  explicit CursorKeeper(const CursorOptions& options);

  // Nothing to begin at the beginning.
  const std::optional<Cursor>& begin() const { return begin_; }

  // Whether somebody wants to know where it ended.
  bool wanted() const { return show_ || file_; }

  // Writes the file, in one step, and "-- cursor: …" to stderr, as far as the
  // options say. To be called once, after the last row has been written. Throws
  // Error.
  void Keep(const Cursor& end);

  // As OutputFile has it.
  void Discard();

 private:
  bool show_;
  std::optional<Cursor> begin_;
  std::unique_ptr<OutputFile> file_;
};

// Tells, on stderr, what there was after a cursor and is not shown.
void WarnOfLosses(const NewRecords& news);

}  // namespace forkdb

#endif  // FORKDB_QUERY_CURSOR_COMMAND_H_
