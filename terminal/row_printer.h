// The output formats: rows in, text out.

#ifndef FORKDB_TERMINAL_ROW_PRINTER_H_
#define FORKDB_TERMINAL_ROW_PRINTER_H_

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "terminal/output.h"
#include "terminal/value.h"

namespace forkdb {

// Prints rows one by one. Whatever the cells hold, one row is one record of the
// format, and no control byte gets out. Not thread-safe. Throws Error if the
// output cannot be written.
//
//   table  aligned columns under a heading, "-" for NULL (table_printer.h)
//   json   one object a line; a BLOB is an array of byte values, as
//          `journalctl -o json` has it
//   csv    RFC 4180 with a heading, NULL is empty
//   tsv    the same with tabs and without quotes
//
// In table, csv and tsv the harmful characters of text and the backslash are
// octal escapes (EscapeForDisplay). In csv and tsv a text that begins with
// = + - @ or ' gets a ' in front, so that no spreadsheet takes it for a
// formula. Both can be undone to the exact bytes.
class RowPrinter {
 public:
  virtual ~RowPrinter() = default;
  virtual void Print(const Row& row) = 0;
  // Writes what is still held back; call it after the last row.
  virtual void Finish() = 0;
};

std::unique_ptr<RowPrinter> NewRowPrinter(
    const Output& output, const std::vector<std::string>& columns);

// Calls print, then finishes: also where the user ends it (Interrupted), so
// that what was printed by then comes out.
void PrintAll(RowPrinter* printer, const std::function<void()>& print);

}  // namespace forkdb

#endif  // FORKDB_TERMINAL_ROW_PRINTER_H_
