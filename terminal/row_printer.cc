#include "terminal/row_printer.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <string_view>
#include <utility>

#include "base/error.h"
#include "base/escape.h"
#include "terminal/cell.h"
#include "terminal/table_printer.h"

namespace forkdb {
namespace {

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
    // ASCII only, or C1 control characters would reach the terminal.
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
  std::vector<std::string> keys_;  // with the punctuation around them
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
    // CSV readers skip empty lines.
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

void PrintAll(RowPrinter* printer, const std::function<void()>& print) {
  try {
    print();
  } catch (const Interrupted&) {
    printer->Finish();
    throw;
  }
  printer->Finish();
}

}  // namespace forkdb
