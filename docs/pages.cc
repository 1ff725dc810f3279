#include "docs/pages.h"

#include <fmt/core.h>

#include <sstream>

namespace forkdb {
namespace {

// Text that roff takes for text.
std::string Roff(const std::string& text) {
  std::string escaped;
  for (const char c : text) {
    const bool at_start = escaped.empty() || escaped.back() == '\n';
    if (at_start && (c == '.' || c == '\'')) escaped += "\\&";
    if (c == '\\') {
      escaped += "\\e";
    } else if (c == '-') {
      escaped += "\\-";
    } else {
      escaped += c;
    }
  }
  return escaped;
}

std::string Upper(std::string text) {
  for (char& c : text) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  }
  return text;
}

std::string Sentence(std::string text) {
  if (!text.empty() && text.back() != '.' && text.back() != '?') text += '.';
  return Roff(text) + "\n";
}

// Paragraphs, which blank lines part.
std::string Paragraphs(const std::string& text) {
  std::istringstream lines(text);
  std::string paragraphs;
  bool open = false;
  for (std::string line; std::getline(lines, line);) {
    if (line.empty()) {
      open = false;
      continue;
    }
    if (!open) paragraphs += ".PP\n";
    open = true;
    paragraphs += Roff(line) + "\n";
  }
  return paragraphs;
}

std::string Item(const OptionText& option) {
  std::string item = ".TP\n";
  for (size_t i = 0; i < option.names.size(); ++i) {
    item +=
        fmt::format("{}\\fB{}\\fR", i > 0 ? ", " : "", Roff(option.names[i]));
  }
  if (!option.value.empty()) item += fmt::format(" \\fI{}\\fR", option.value);
  item += "\n" + Sentence(option.description);
  if (!option.default_value.empty()) {
    item += fmt::format("Default: {}.\n", Roff(option.default_value));
  }
  if (!option.environment.empty()) {
    item += fmt::format("Environment: {}.\n", Roff(option.environment));
  }
  const bool is_told =
      option.words.empty() ||
      option.description.find(option.words.front()) != std::string::npos;
  if (!is_told) {
    item += "One of";
    for (const std::string& word : option.words) item += " " + Roff(word);
    item += ".\n";
  }
  return item;
}

std::string Items(const char* head, const std::vector<OptionText>& options) {
  if (options.empty()) return "";
  std::string section = fmt::format(".SH {}\n", head);
  for (const OptionText& option : options) section += Item(option);
  return section;
}

std::string Synopsis(const CommandText& command) {
  std::string text = ".SH SYNOPSIS\n\\fBforkdb\\fR";
  if (command.name.empty()) {
    return text + " \\fICOMMAND\\fR [\\fIOPTIONS\\fR]\n";
  }
  text += fmt::format(" \\fB{}\\fR [\\fIOPTIONS\\fR]", Roff(command.name));
  for (const OptionText& argument : command.arguments) {
    text += fmt::format(" [\\fI{}\\fR]", Roff(argument.names.front()));
  }
  return text + "\n";
}

}  // namespace

std::string PageName(const CommandText& command) {
  return command.name.empty() ? "forkdb" : "forkdb-" + command.name;
}

std::string Page(const CommandText& command,
                 const std::vector<CommandText>& all, const std::string& date) {
  const std::string name = PageName(command);
  std::string page = fmt::format(".TH {} 1 {} forkdb \"forkdb manual\"\n",
                                 Roff(Upper(name)), date);
  page +=
      fmt::format(".SH NAME\n{} \\- {}\n", Roff(name),
                  Roff(command.name.empty()
                           ? "record every process creation, and ask about them"
                           : command.description));
  page += Synopsis(command);
  page += ".SH DESCRIPTION\n" + Sentence(command.description) +
          Paragraphs(command.notes);
  if (command.name.empty()) {
    page += ".SH COMMANDS\n";
    for (const CommandText& other : all) {
      if (other.name.empty()) continue;
      page += fmt::format(".TP\n\\fB{}\\fR(1)\n", Roff(PageName(other))) +
              Sentence(other.description);
    }
  }
  page += Items("ARGUMENTS", command.arguments);
  page += Items("OPTIONS", command.options);
  if (!command.examples.empty()) {
    page += ".SH EXAMPLES\n.nf\n" + Roff(command.examples) + "\n.fi\n";
  }
  page += ".SH SEE ALSO\n";
  for (const CommandText& other : all) {
    if (other.name == command.name) continue;
    page += fmt::format("\\fB{}\\fR(1),\n", Roff(PageName(other)));
  }
  return page + "\\fBforkdb\\-sql\\fR(5),\n\\fBfork_info\\fR(5)\n";
}

}  // namespace forkdb
