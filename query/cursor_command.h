// The options by which one question goes on where another ended.

#ifndef FORKDB_QUERY_CURSOR_COMMAND_H_
#define FORKDB_QUERY_CURSOR_COMMAND_H_

#include <CLI/App.hpp>
#include <memory>
#include <optional>
#include <string>

#include "query/database/cursor.h"
#include "query/print/output_file.h"
#include "terminal/tell.h"

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
  bool wanted() const { return show_ || path_; }

  // Whether a limit takes the oldest records first, because the next question
  // goes on behind them.
  bool goes_on() const { return path_ || (show_ && begin_); }

  // Writes the file in one step, if the options name one. To be called after
  // the rows before the cursor have been written. Throws Error.
  void Save(const Cursor& end);

  // Saves the cursor and, if the options say so, writes "-- cursor: …" to
  // stderr. To be called once, at the end.
  void Keep(const Cursor& end);

  // As OutputFile has it. Not during Save().
  void Discard();

 private:
  bool show_;
  std::optional<std::string> path_;
  std::optional<Cursor> begin_;
  std::unique_ptr<OutputFile> file_;  // NULL once it is written
};

// Tells what there was after a cursor and is not shown.
void WarnOfLosses(const NewRecords& news, const Notes& notes);

}  // namespace forkdb

#endif  // FORKDB_QUERY_CURSOR_COMMAND_H_
