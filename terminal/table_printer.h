// Tables for people.

#ifndef FORKDB_TERMINAL_TABLE_PRINTER_H_
#define FORKDB_TERMINAL_TABLE_PRINTER_H_

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "terminal/row_printer.h"

namespace forkdb {

// Aligned columns under a heading. The widths are those of the first rows. On a
// screen that is too narrow the widest columns of text lose most, and what does
// not fit ends in "…"; numbers and comm are never cut. There, a later row may
// make a column wider.
class TablePrinter : public RowPrinter {
 public:
  TablePrinter(const Output& output, const std::vector<std::string>& columns);

  void Print(const Row& row) override;
  void Finish() override;

 private:
  struct Cell {
    std::string text;
    size_t width = 0;
    Style style = Style::kPlain;
  };
  struct Column {
    std::string name;
    bool is_number = false;
    size_t natural = 0;  // the width that its cells have
    size_t width = 0;    // and the one that they get
  };

  Cell CellOf(const Value& value, size_t column) const;
  // Makes room for a row. Returns whether there was not enough.
  bool Widen(const std::vector<Cell>& cells);
  void ChooseWidths();
  void WriteHeld();
  void WriteLine(const std::vector<Cell>& cells);

  Output output_;
  std::vector<Column> columns_;
  std::vector<std::vector<Cell>> held_;  // until the widths are known
  size_t held_bytes_ = 0;
  bool is_holding_ = true;
};

}  // namespace forkdb

#endif  // FORKDB_TERMINAL_TABLE_PRINTER_H_
