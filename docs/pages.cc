#include "docs/pages.h"

#include <fmt/core.h>
#include <fmt/format.h>

#include <string_view>

namespace forkdb {
namespace {

// Text that Markdown takes for text.
std::string Escaped(std::string_view text) {
  std::string escaped;
  for (const char c : text) {
    if (std::string_view("\\`*_[]<>|~^&#+-:").find(c) != std::string::npos) {
      escaped += '\\';
    }
    escaped += c;
  }
  return escaped;
}

std::string Sentence(const std::string& text) {
  const bool ends = text.empty() || text.back() == '.' || text.back() == '?';
  return Escaped(text) + (ends ? "\n" : ".\n");
}

std::string Item(const OptionText& option) {
  std::string item;
  for (const std::string& name : option.names) {
    item += fmt::format("{}**{}**", item.empty() ? "" : ", ", Escaped(name));
  }
  item += Escaped(option.optional_value);
  if (!option.value.empty()) {
    item += fmt::format(" *{}*", Escaped(option.value));
  }
  item += "\n: " + Sentence(option.description);
  if (!option.default_value.empty()) {
    item += fmt::format("  Default: {}.\n", Escaped(option.default_value));
  }
  if (!option.environment.empty()) {
    item += fmt::format("  Environment: {}.\n", Escaped(option.environment));
  }
  const bool is_told =
      option.words.empty() ||
      option.description.find(option.words.front()) != std::string::npos;
  if (!is_told) {
    item +=
        fmt::format("  One of {}.\n",
                    Escaped(fmt::format("{}", fmt::join(option.words, " "))));
  }
  return item + "\n";
}

std::string Items(const char* head, const std::vector<OptionText>& options) {
  std::string section;
  for (const OptionText& option : options) section += Item(option);
  return options.empty() ? "" : fmt::format("# {}\n\n{}", head, section);
}

std::string Synopsis(const CommandText& command) {
  if (command.name.empty()) return "**forkdb** *COMMAND* \\[*OPTIONS*\\]";
  std::string text = fmt::format("**forkdb {}** \\[*OPTIONS*\\]", command.name);
  for (const OptionText& argument : command.arguments) {
    text += fmt::format(" \\[*{}*\\]", Escaped(argument.names.front()));
  }
  return text;
}

}  // namespace

std::string PageName(const CommandText& command) {
  return command.name.empty() ? "forkdb" : "forkdb-" + command.name;
}

std::string Page(const CommandText& command,
                 const std::vector<CommandText>& all) {
  std::string commands, others;
  for (const CommandText& other : all) {
    const std::string name = "**" + Escaped(PageName(other)) + "**(1)";
    if (other.name != command.name) others += name + ", ";
    if (!other.name.empty()) {
      commands += name + "\n: " + Sentence(other.description) + "\n";
    }
  }
  std::string page = fmt::format(
      "# NAME\n\n{} \\- {}\n\n# SYNOPSIS\n\n{}\n\n# DESCRIPTION\n\n{}\n{}\n\n",
      Escaped(PageName(command)),
      Escaped(command.name.empty()
                  ? "record every process creation and query the records"
                  : command.description),
      Synopsis(command), Sentence(command.description), Escaped(command.notes));
  if (command.name.empty()) page += "# COMMANDS\n\n" + commands;
  page += Items("ARGUMENTS", command.arguments);
  page += Items("OPTIONS", command.options);
  if (!command.examples.empty()) {
    page += fmt::format("# EXAMPLES\n\n```\n{}\n```\n\n", command.examples);
  }
  return page + "# SEE ALSO\n\n" + others +
         "**forkdb\\-sql**(5), **fork\\_info**(5)\n";
}

}  // namespace forkdb
