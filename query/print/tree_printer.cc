#include "query/print/tree_printer.h"

#include <fmt/core.h>

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/time.h"
#include "terminal/cell.h"
#include "terminal/line.h"
#include "terminal/row_printer.h"

namespace forkdb {
namespace {

struct Lines {
  const char* child;
  const char* last_child;
  const char* past;
  const char* past_last;
};

constexpr Lines kBoxes = {"├─ ", "└─ ", "│  ", "   "};
constexpr Lines kAscii = {"|- ", "`- ", "|  ", "   "};

bool IsNull(const Value& value) {
  return std::holds_alternative<std::monostate>(value);
}

Value AsOf(const TreeNode& node) {
  if (IsNull(node.as_of_ns)) return Value();
  return FormatUtc(IntegerOr(node.as_of_ns, 0));
}

// "7822 (1 in its namespace) sh  id 10…7  alice as of 2026-…Z  vfork 2026-…Z"
std::string Describe(const TreeNode& node) {
  std::string label = TextOf(node.pid);
  if (!IsNull(node.ns_pid)) {
    label += fmt::format(" ({} in its namespace)", TextOf(node.ns_pid));
  }
  if (!IsNull(node.comm)) {
    label += fmt::format(fmt::runtime(node.has_own_comm ? " {}" : " ({})"),
                         TextOf(node.comm));
  }
  if (!IsNull(node.id)) label += "  id " + TextOf(node.id);
  if (!IsNull(node.username)) label += "  " + TextOf(node.username);
  if (!IsNull(node.as_of_ns)) label += " as of " + TextOf(AsOf(node));
  if (!IsNull(node.time)) {
    label += fmt::format("  {} {}",
                         IsNull(node.kind) ? "started" : TextOf(node.kind),
                         TextOf(node.time));
  }
  return label;
}

// The description, what is left out, and what is not known.
std::vector<Piece> Label(const TreeNode& node) {
  std::vector<Piece> pieces = {
      {Describe(node), node.depth == 0 ? Style::kBold : Style::kPlain}};
  if (!IsNull(node.error)) {
    pieces.push_back({", " + TextOf(node.error), Style::kRed});
  }
  std::string label;
  if (node.threads > 0) {
    label += fmt::format(", {} thread{}", node.threads,
                         node.threads == 1 ? "" : "s");
  }
  if (node.more > 0) label += fmt::format(", {} more below", node.more);
  pieces.push_back({label});
  if (!node.note.empty()) {
    pieces.push_back({fmt::format(" [{}]", node.note), Style::kDim});
  }
  if (node.depth == 0) pieces.push_back({"  <--", Style::kBold});
  return pieces;
}

// The text with each time of the form of FormatUtc() in the zone. No command
// name is as long as a time.
std::string InZone(std::string_view text, Zone zone) {
  if (zone == Zone::kUtc) return std::string(text);
  std::string result;
  while (!text.empty()) {
    const std::string_view part = text.substr(0, kUtcForm.size());
    const std::optional<int64_t> time_ns = ParseUtc(part);
    if (time_ns) result += FormatTime(*time_ns, zone);
    if (!time_ns) result += text.front();
    text.remove_prefix(time_ns ? part.size() : 1);
  }
  return result;
}

class Drawing {
 public:
  Drawing(const Lines& lines, const Output& output)
      : lines_(lines), output_(output) {}

  void Print(const TreeNode& node) {
    if (past_.empty()) top_ = node.depth;
    const auto level = static_cast<size_t>(node.depth - top_);
    std::string line;
    for (size_t i = 1; i < level; ++i) line += past_[i];
    if (level > 0) line += node.is_last ? lines_.last_child : lines_.child;
    past_.resize(level + 1);
    past_[level] = node.is_last ? lines_.past_last : lines_.past;
    std::vector<Piece> pieces = Label(node);
    for (Piece& piece : pieces) piece.text = InZone(piece.text, output_.zone);
    pieces.insert(pieces.begin(), {line});
    WriteLine(output_, pieces);
  }

  void Finish() { Flush(output_); }

 private:
  const Lines& lines_;
  Output output_;
  int64_t top_ = 0;
  std::vector<const char*> past_;  // the line under each level's last node
};

Row AsRow(const TreeNode& node) {
  return {node.depth,
          node.id,
          node.caller_id,
          node.pid,
          node.ns_pid,
          node.comm,
          static_cast<int64_t>(node.has_own_comm),
          node.username,
          AsOf(node),
          node.time,
          node.kind,
          node.error,
          node.threads,
          node.more,
          node.note.empty() ? Value() : Value(node.note)};
}

}  // namespace

void PrintTree(const std::function<
                   void(const std::function<void(const TreeNode&)>&)>& read,
               const Output& output, bool ascii) {
  if (output.format == Format::kTable) {
    Drawing drawing(ascii ? kAscii : kBoxes, output);
    read([&](const TreeNode& node) { drawing.Print(node); });
    drawing.Finish();
    return;
  }
  const std::unique_ptr<RowPrinter> printer =
      NewRowPrinter(output, {"depth", "id", "caller_id", "pid", "ns_pid",
                             "comm", "own_comm", "username", "as_of", "time",
                             "kind", "errno", "threads", "more", "note"});
  read([&](const TreeNode& node) { printer->Print(AsRow(node)); });
  printer->Finish();
}

}  // namespace forkdb
