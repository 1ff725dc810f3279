#include "query/ancestry/process_reader.h"

#include <SQLiteCpp/Statement.h>
#include <fmt/core.h>

#include <algorithm>

#include "query/ancestry/alive.h"
#include "query/ancestry/relatives.h"
#include "terminal/cell.h"

namespace forkdb {
namespace {

using Kind = Process::Kind;

// As a drawn tree has it.
std::string PidAndName(const TreeNode& node) {
  return fmt::format(fmt::runtime(node.has_own_comm ? "{} {}" : "{} ({})"),
                     TextOf(node.pid), TextOf(node.comm));
}

}  // namespace

void ProcessReader::StoreMadeOf(const Process& process) {
  const int64_t boot = BootOf(process, database_);
  if (boot_ == boot) return;
  StoreMade(boot, database_);
  boot_ = boot;
}

TreeNode ProcessReader::Read(const Process& process) {
  StoreMadeOf(process);
  return Relatives(database_).Read(process);
}

std::string ProcessReader::DescribeLine(const Process& process,
                                        const std::string& time) {
  const TreeNode node = Read(process);
  const auto* created = std::get_if<std::string>(&node.time);
  std::string line = fmt::format(
      "{}  {}{}  {}", created != nullptr ? *created : time, PidAndName(node),
      process.kind == Kind::kRecorded ? fmt::format("  id {}", process.id) : "",
      TextOf(node.username));
  std::replace(line.begin(), line.end(), '\n', '?');
  return line;
}

std::string ProcessReader::Describe(const Process& process) {
  const std::string name = PidAndName(Read(process));
  if (process.kind != Kind::kRecorded) return name;
  return fmt::format("{} (id {})", name, process.id);
}

Process ProcessReader::CallerOf(int64_t call) {
  const Process made = {Kind::kRecorded, call};
  StoreMadeOf(made);
  return Relatives(database_).FindAbove(made).value_or(made);
}

Process ProcessReader::OfAlive(int64_t row) {
  const Process alive = {Kind::kAlive, row};
  StoreMadeOf(alive);
  SQLite::Statement find(*database_,
                         "SELECT record FROM temp.made WHERE alive = ?");
  find.bind(1, row);
  if (!find.executeStep()) return alive;
  return {Kind::kRecorded, find.getColumn(0).getInt64()};
}

}  // namespace forkdb
