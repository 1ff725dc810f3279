// Prints rows in an output format.

#ifndef FORKDB_TERMINAL_ROW_PRINTER_H_
#define FORKDB_TERMINAL_ROW_PRINTER_H_

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "terminal/output.h"
#include "terminal/value.h"

namespace forkdb {

// Prints rows one by one. For any cell contents, a row becomes one record of
// the format, and no control byte is printed. Not thread-safe. Throws as
// Write() does.
//
//   table  aligned columns under a heading, "-" for NULL (table_printer.h)
//   json   one object per line; a BLOB is an array of byte values, as in
//          `journalctl -o json`
//   csv    RFC 4180 with a heading, NULL is empty
//   tsv    like csv, with tabs and without quotes
//
// Table, csv and tsv escape text (EscapeForDisplay()). Csv and tsv put a '
// before text that begins with = + - @ or ', or a spreadsheet would take the
// text for a formula. Both can be undone to get the exact bytes.
class RowPrinter {
 public:
  virtual ~RowPrinter() = default;
  virtual void Print(const Row& row) = 0;
  // Writes buffered rows. Must be called after the last row.
  virtual void Finish() = 0;
};

std::unique_ptr<RowPrinter> NewRowPrinter(
    const Output& output, const std::vector<std::string>& columns);

// Calls print, then Finish(). Calls Finish() also on Interrupted, so that the
// user sees the rows found so far.
void PrintAll(RowPrinter* printer, const std::function<void()>& print);

}  // namespace forkdb

#endif  // FORKDB_TERMINAL_ROW_PRINTER_H_
