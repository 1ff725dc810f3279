#include "terminal/table_printer.h"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <utility>

#include "base/escape.h"
#include "base/time.h"
#include "terminal/cell.h"
#include "terminal/display.h"

namespace forkdb {
namespace {

constexpr size_t kRowsHeld = 1000;
constexpr size_t kBytesHeld = size_t{4} << 20;
constexpr size_t kBetween = 2;  // spaces between columns

// "2026-11-23T10:00:00.000000000Z" to "2026-11-23T10:00:00…Z".
std::string CutTime(const std::string& text, size_t columns) {
  constexpr size_t kFractionEnd = kUtcForm.size() - 1;
  const std::string zone = text.substr(kFractionEnd);
  return CutToWidth(text.substr(0, kFractionEnd), columns - zone.size()) + zone;
}

Style StyleOf(const Value& value, const std::string& column) {
  if (std::holds_alternative<std::monostate>(value)) return Style::kDim;
  if (column == "errno") return Style::kRed;
  if (column == "ret" || column == "result") {
    const auto* number = std::get_if<int64_t>(&value);
    return number == nullptr || *number < 0 ? Style::kRed : Style::kPlain;
  }
  return Style::kPlain;
}

}  // namespace

TablePrinter::TablePrinter(const Output& output,
                           const std::vector<std::string>& columns)
    : output_(output) {
  std::vector<Cell> heading;
  for (const std::string& name : columns) {
    columns_.push_back({name});
    Cell cell{EscapeForDisplay(name), 0, Style::kBold};
    cell.width = DisplayWidth(cell.text);
    heading.push_back(std::move(cell));
  }
  Widen(heading);
  held_.push_back(std::move(heading));
}

void TablePrinter::Print(const Row& row) {
  std::vector<Cell> cells;
  for (size_t i = 0; i < row.size(); ++i) {
    cells.push_back(CellOf(row[i], i));
    if (is_holding_ && std::holds_alternative<int64_t>(row[i])) {
      columns_[i].is_number = true;
    }
  }
  if (is_holding_) {
    Widen(cells);
    for (const Cell& cell : cells) held_bytes_ += cell.text.size();
    held_.push_back(std::move(cells));
    if (held_.size() > kRowsHeld || held_bytes_ > kBytesHeld) WriteHeld();
    return;
  }
  if (output_.width > 0 && Widen(cells)) ChooseWidths();
  WriteLine(cells);
}

void TablePrinter::Finish() {
  if (is_holding_) WriteHeld();
  Flush(output_);
}

TablePrinter::Cell TablePrinter::CellOf(const Value& value,
                                        size_t column) const {
  Cell cell;
  cell.style = StyleOf(value, columns_[column].name);
  const auto* text = std::get_if<std::string>(&value);
  const std::optional<int64_t> time_ns =
      text == nullptr ? std::nullopt : ParseUtc(*text);
  cell.is_time = time_ns.has_value();
  if (time_ns && output_.zone == Zone::kLocal) {
    cell.text = FormatTime(*time_ns, Zone::kLocal);
  } else {
    AppendCell(value, &cell.text);
  }
  if (std::holds_alternative<std::monostate>(value)) cell.text = "-";
  cell.width = DisplayWidth(cell.text);
  return cell;
}

// The width that a column keeps even if it is cut.
size_t TablePrinter::LeastWidth(const Column& column) {
  constexpr size_t kText = 8;
  constexpr size_t kComm = 60;  // 15 bytes, each as \ooo
  constexpr size_t kCut = sizeof(".000000000") - sizeof("_");
  if (column.name == "comm") return kComm;
  return column.time > 0 ? column.time - kCut : kText;
}

bool TablePrinter::Widen(const std::vector<Cell>& cells) {
  bool wider = false;
  for (size_t i = 0; i < cells.size(); ++i) {
    if (cells[i].is_time) {
      columns_[i].time = std::max(columns_[i].time, cells[i].width);
    }
    if (cells[i].width <= columns_[i].natural) continue;
    columns_[i].natural = cells[i].width;
    wider = true;
  }
  return wider;
}

void TablePrinter::ChooseWidths() {
  size_t total = (std::max<size_t>(columns_.size(), 1) - 1) * kBetween;
  std::vector<Column*> widest_first;
  for (Column& column : columns_) {
    column.width = column.natural;
    total += column.width;
    if (!column.is_number) widest_first.push_back(&column);
  }
  if (output_.width == 0) return;
  const auto spare = [](const Column* column) {
    const size_t least = LeastWidth(*column);
    return column->width > least ? column->width - least : 0;
  };
  while (total > output_.width) {
    // Cut the widest column to the width of the next one, or by one column if
    // both are as wide.
    std::sort(widest_first.begin(), widest_first.end(),
              [&](const Column* a, const Column* b) {
                return std::make_pair(spare(a) > 0, a->width) >
                       std::make_pair(spare(b) > 0, b->width);
              });
    if (widest_first.empty() || spare(widest_first[0]) == 0) return;
    Column* const widest = widest_first[0];
    size_t cut = 1;
    if (widest_first.size() == 1) {
      cut = spare(widest);
    } else if (widest->width > widest_first[1]->width) {
      cut = widest->width - widest_first[1]->width;
    }
    cut = std::min({cut, spare(widest), total - output_.width});
    widest->width -= cut;
    total -= cut;
  }
}

void TablePrinter::WriteHeld() {
  is_holding_ = false;
  ChooseWidths();
  for (const std::vector<Cell>& cells : held_) WriteLine(cells);
  held_.clear();
}

void TablePrinter::WriteLine(const std::vector<Cell>& cells) {
  std::string line;
  size_t spaces = 0;  // delayed, so that no line ends in spaces
  for (size_t i = 0; i < cells.size(); ++i) {
    const Column& column = columns_[i];
    const bool cut = output_.width > 0 && cells[i].width > column.width;
    std::string text = cells[i].text;
    if (cut) {
      text = cells[i].is_time ? CutTime(text, column.width)
                              : CutToWidth(text, column.width);
    }
    const size_t width = cut ? DisplayWidth(text) : cells[i].width;
    const size_t padding = column.width > width ? column.width - width : 0;
    if (i > 0) spaces += kBetween;
    if (column.is_number) spaces += padding;
    if (!text.empty()) {
      line.append(spaces, ' ');
      line += Styled(output_, cells[i].style, text);
      spaces = 0;
    }
    if (!column.is_number) spaces += padding;
  }
  Write(output_, line + "\n");
}

}  // namespace forkdb
