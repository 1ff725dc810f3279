// Prints aligned tables.

#ifndef FORKDB_TERMINAL_TABLE_PRINTER_H_
#define FORKDB_TERMINAL_TABLE_PRINTER_H_

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "terminal/row_printer.h"

namespace forkdb {

// Prints aligned columns under a heading. Buffers the first rows to choose the
// widths. If the screen is too narrow, cuts the widest text columns most; cut
// text ends in "…". Never cuts numbers, comm, or more of a time than its
// fraction. Prints times in the zone of the output. On a screen, later rows can
// widen a column.
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
    bool is_time = false;
  };
  struct Column {
    std::string name;
    bool is_number = false;
    size_t natural = 0;  // width of its widest cell
    size_t time = 0;     // width of its widest time
    size_t width = 0;    // width after cutting
  };

  static size_t LeastWidth(const Column& column);
  Cell CellOf(const Value& value, size_t column) const;
  // Raises the natural widths to fit the row. Returns true if one was raised.
  bool Widen(const std::vector<Cell>& cells);
  void ChooseWidths();
  void WriteHeld();
  void WriteLine(const std::vector<Cell>& cells);

  Output output_;
  std::vector<Column> columns_;
  std::vector<std::vector<Cell>> held_;  // rows, until the widths are chosen
  size_t held_bytes_ = 0;
  bool is_holding_ = true;
};

}  // namespace forkdb

#endif  // FORKDB_TERMINAL_TABLE_PRINTER_H_
