#include "store/row_printer.h"

#include <fmt/core.h>
#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <string_view>
#include <utility>

#include "store/escape.h"

namespace forkdb {
namespace {

const std::string* BytesOf(const Value& value) {
  if (const auto* text = std::get_if<std::string>(&value)) return text;
  if (const auto* blob = std::get_if<Blob>(&value)) return &blob->bytes;
  return nullptr;
}

// NULL gives "".
void AppendCell(const Value& value, std::string* line) {
  if (const std::string* bytes = BytesOf(value)) {
    AppendForDisplay(*bytes, line);
  } else if (const auto* integer = std::get_if<int64_t>(&value)) {
    const fmt::format_int digits(*integer);
    line->append(digits.data(), digits.size());
  } else if (const auto* real = std::get_if<double>(&value)) {
    *line += fmt::format("{}", *real);
  }
}

std::string CellText(const Value& value) {
  std::string text;
  AppendCell(value, &text);
  return text;
}

class TablePrinter : public RowPrinter {
 public:
  TablePrinter(const Output& output, const std::vector<std::string>& columns)
      : output_(output) {
    std::vector<std::string> heading;
    for (const std::string& column : columns) {
      heading.push_back(EscapeForDisplay(column));
    }
    right_.resize(columns.size());
    held_.push_back(std::move(heading));
  }

  void Print(const Row& row) override {
    std::vector<std::string> cells;
    for (size_t i = 0; i < row.size(); ++i) {
      const bool null = std::holds_alternative<std::monostate>(row[i]);
      cells.push_back(null ? "-" : CellText(row[i]));
      if (std::holds_alternative<int64_t>(row[i])) right_[i] = true;
    }
    if (!widths_.empty()) {
      WriteLine(cells);
      return;
    }
    held_.push_back(std::move(cells));
    if (held_.size() > kRowsHeld) WriteHeld();
  }

  void Finish() override {
    if (widths_.empty()) WriteHeld();
    Flush(output_);
  }

 private:
  static constexpr size_t kRowsHeld = 1000;

  static size_t Width(std::string_view text) {
    return static_cast<size_t>(std::count_if(
        text.begin(), text.end(), [](char c) { return (c & 0xc0) != 0x80; }));
  }

  void WriteHeld() {
    widths_.resize(right_.size());
    for (const auto& cells : held_) {
      for (size_t i = 0; i < cells.size(); ++i) {
        widths_[i] = std::max(widths_[i], Width(cells[i]));
      }
    }
    for (const auto& cells : held_) WriteLine(cells);
    held_.clear();
  }

  void WriteLine(const std::vector<std::string>& cells) {
    std::string line;
    for (size_t i = 0; i < cells.size(); ++i) {
      const size_t width = Width(cells[i]);
      const std::string padding(widths_[i] > width ? widths_[i] - width : 0,
                                ' ');
      if (i > 0) line += "  ";
      line += right_[i] ? padding + cells[i] : cells[i] + padding;
    }
    line.erase(line.find_last_not_of(' ') + 1);
    Write(output_, line + "\n");
  }

  Output output_;
  std::vector<std::vector<std::string>> held_;  // until the widths are known
  std::vector<size_t> widths_;
  std::vector<bool> right_;  // columns of numbers
};

class JsonPrinter : public RowPrinter {
 public:
  JsonPrinter(const Output& output, const std::vector<std::string>& columns)
      : output_(output) {
    for (const std::string& column : columns) {
      std::string key = keys_.empty() ? "{" : ",";
      AppendText(IsUtf8(column) ? column : EscapeForDisplay(column), &key);
      keys_.push_back(key + ":");
    }
  }

  void Print(const Row& row) override {
    line_.clear();
    for (size_t i = 0; i < row.size(); ++i) {
      line_ += keys_[i];
      AppendJson(row[i], &line_);
    }
    line_ += "}\n";
    Write(output_, line_);
  }

  void Finish() override { Flush(output_); }

 private:
  static void AppendText(std::string_view text, std::string* line) {
    const auto is_plain = [](char c) {
      return c >= ' ' && c <= '~' && c != '"' && c != '\\';
    };
    if (std::all_of(text.begin(), text.end(), is_plain)) {
      *line += '"';
      *line += text;
      *line += '"';
      return;
    }
    // ASCII only: a terminal gets no control character by way of UTF-8 either.
    constexpr bool kEnsureAscii = true;
    *line += nlohmann::json(text).dump(-1, ' ', kEnsureAscii);
  }

  static void AppendJson(const Value& value, std::string* line) {
    if (std::holds_alternative<int64_t>(value)) {
      AppendCell(value, line);
    } else if (const auto* real = std::get_if<double>(&value)) {
      *line += nlohmann::json(*real).dump();
    } else if (const std::string* bytes = BytesOf(value)) {
      if (std::holds_alternative<std::string>(value) && IsUtf8(*bytes)) {
        AppendText(*bytes, line);
      } else {
        *line +=
            nlohmann::json(std::vector<uint8_t>(bytes->begin(), bytes->end()))
                .dump();
      }
    } else {
      *line += "null";
    }
  }

  Output output_;
  std::vector<std::string> keys_;  // with what stands before and after them
  std::string line_;
};

class SeparatedPrinter final : public RowPrinter {
 public:
  SeparatedPrinter(const Output& output,
                   const std::vector<std::string>& columns, char separator)
      : output_(output), separator_(separator) {
    Print(Row(columns.begin(), columns.end()));
  }

  void Print(const Row& row) override {
    line_.clear();
    for (size_t i = 0; i < row.size(); ++i) {
      if (i > 0) line_ += separator_;
      Append(row[i]);
    }
    // Readers of CSV pass over an empty line.
    if (line_.empty() && separator_ == ',') line_ = "\"\"";
    line_ += '\n';
    Write(output_, line_);
  }

  void Finish() override { Flush(output_); }

 private:
  void Append(const Value& value) {
    constexpr std::string_view kFormulaStarts = "=+-@'";
    const size_t start = line_.size();
    AppendCell(value, &line_);
    if (BytesOf(value) == nullptr || line_.size() == start) return;
    if (kFormulaStarts.find(line_[start]) != std::string_view::npos) {
      line_.insert(start, 1, '\'');
    }
    if (separator_ == '\t' ||
        line_.find_first_of(",\" ", start) == std::string::npos) {
      return;
    }
    std::string quoted = "\"";
    for (size_t i = start; i < line_.size(); ++i) {
      if (line_[i] == '"') quoted += '"';
      quoted += line_[i];
    }
    line_.replace(start, std::string::npos, quoted + '"');
  }

  Output output_;
  char separator_;
  std::string line_;
};

}  // namespace

std::unique_ptr<RowPrinter> NewRowPrinter(
    const Output& output, const std::vector<std::string>& columns) {
  switch (output.format) {
    case Format::kJson:
      return std::make_unique<JsonPrinter>(output, columns);
    case Format::kCsv:
      return std::make_unique<SeparatedPrinter>(output, columns, ',');
    case Format::kTsv:
      return std::make_unique<SeparatedPrinter>(output, columns, '\t');
    case Format::kTable:
      break;
  }
  return std::make_unique<TablePrinter>(output, columns);
}

}  // namespace forkdb
