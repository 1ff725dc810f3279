#include "store/output.h"

#include <fmt/core.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <string_view>
#include <utility>

#include "store/error.h"
#include "store/escape.h"

namespace forkdb {
namespace {

void WriteAll(std::FILE* stream, std::string_view text) {
  if (std::fwrite(text.data(), 1, text.size(), stream) != text.size()) {
    throw Error("cannot write the output: " + ErrnoText(errno));
  }
}

void Flush(std::FILE* stream) {
  if (std::fflush(stream) != 0) {
    throw Error("cannot write the output: " + ErrnoText(errno));
  }
}

const std::string* BytesOf(const Value& value) {
  if (const auto* text = std::get_if<std::string>(&value)) return text;
  if (const auto* blob = std::get_if<Blob>(&value)) return &blob->bytes;
  return nullptr;
}

// NULL gives "".
std::string CellText(const Value& value) {
  if (const std::string* bytes = BytesOf(value))
    return EscapeForDisplay(*bytes);
  if (const auto* integer = std::get_if<int64_t>(&value)) {
    return fmt::format("{}", *integer);
  }
  if (const auto* real = std::get_if<double>(&value)) {
    return fmt::format("{}", *real);
  }
  return "";
}

class TablePrinter : public RowPrinter {
 public:
  TablePrinter(const std::vector<std::string>& columns, std::FILE* stream)
      : stream_(stream) {
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
    Flush(stream_);
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
    WriteAll(stream_, line + "\n");
  }

  std::FILE* stream_;
  std::vector<std::vector<std::string>> held_;  // until the widths are known
  std::vector<size_t> widths_;
  std::vector<bool> right_;  // columns of numbers
};

class JsonPrinter : public RowPrinter {
 public:
  JsonPrinter(std::vector<std::string> columns, std::FILE* stream)
      : columns_(std::move(columns)), stream_(stream) {
    for (std::string& column : columns_) {
      if (!IsUtf8(column)) column = EscapeForDisplay(column);
    }
  }

  void Print(const Row& row) override {
    nlohmann::ordered_json object;
    for (size_t i = 0; i < row.size(); ++i) {
      object[columns_[i]] = ToJson(row[i]);
    }
    // ASCII only: a terminal gets no control character by way of UTF-8 either.
    constexpr bool kEnsureAscii = true;
    WriteAll(stream_, object.dump(-1, ' ', kEnsureAscii) + "\n");
  }

  void Finish() override { Flush(stream_); }

 private:
  static nlohmann::ordered_json ToJson(const Value& value) {
    if (const auto* integer = std::get_if<int64_t>(&value)) return *integer;
    if (const auto* real = std::get_if<double>(&value)) return *real;
    const std::string* bytes = BytesOf(value);
    if (bytes == nullptr) return nullptr;
    const bool is_text = std::holds_alternative<std::string>(value);
    if (is_text && IsUtf8(*bytes)) return *bytes;
    return std::vector<uint8_t>(bytes->begin(), bytes->end());
  }

  std::vector<std::string> columns_;
  std::FILE* stream_;
};

class SeparatedPrinter final : public RowPrinter {
 public:
  SeparatedPrinter(const std::vector<std::string>& columns, char separator,
                   std::FILE* stream)
      : separator_(separator), stream_(stream) {
    Print(Row(columns.begin(), columns.end()));
  }

  void Print(const Row& row) override {
    std::string line;
    for (size_t i = 0; i < row.size(); ++i) {
      if (i > 0) line += separator_;
      line += Cell(row[i]);
    }
    // Readers of CSV pass over an empty line.
    if (line.empty() && separator_ == ',') line = "\"\"";
    WriteAll(stream_, line + "\n");
  }

  void Finish() override { Flush(stream_); }

 private:
  std::string Cell(const Value& value) const {
    constexpr std::string_view kFormulaStarts = "=+-@'";
    std::string text = CellText(value);
    if (BytesOf(value) != nullptr && !text.empty() &&
        kFormulaStarts.find(text[0]) != std::string_view::npos) {
      text.insert(0, 1, '\'');
    }
    if (separator_ == '\t' || text.find_first_of(",\" ") == std::string::npos) {
      return text;
    }
    std::string quoted = "\"";
    for (const char c : text) {
      if (c == '"') quoted += '"';
      quoted += c;
    }
    return quoted + '"';
  }

  char separator_;
  std::FILE* stream_;
};

}  // namespace

std::map<std::string, Format> FormatNames() {
  return {{"table", Format::kTable},
          {"json", Format::kJson},
          {"csv", Format::kCsv},
          {"tsv", Format::kTsv}};
}

Format ParseFormat(const std::string& name) {
  const std::map<std::string, Format> names = FormatNames();
  const auto found = names.find(name);
  if (found != names.end()) return found->second;
  throw UsageError(fmt::format(
      "--format {}: no such format: write table, json, csv or tsv", name));
}

std::unique_ptr<RowPrinter> NewRowPrinter(Format format,
                                          std::vector<std::string> columns,
                                          std::FILE* stream) {
  switch (format) {
    case Format::kJson:
      return std::make_unique<JsonPrinter>(std::move(columns), stream);
    case Format::kCsv:
      return std::make_unique<SeparatedPrinter>(columns, ',', stream);
    case Format::kTsv:
      return std::make_unique<SeparatedPrinter>(columns, '\t', stream);
    case Format::kTable:
      break;
  }
  return std::make_unique<TablePrinter>(columns, stream);
}

}  // namespace forkdb
