#include "docs/command.h"

#include <algorithm>
#include <iterator>
#include <regex>
#include <string_view>

#include "query/filter/shape.h"
#include "store/decode.h"

namespace forkdb {
namespace {

constexpr std::string_view kExamplesHead = "Examples:\n";

// The values that a description lists, if at least three single words: "Output
// format: table, json, csv or tsv."
std::vector<std::string> ListedWords(const std::string& description) {
  const size_t colon = description.find(": ");
  if (colon == std::string::npos) return {};
  std::string list = description.substr(colon + 2);
  list.resize(std::min(list.find('.'), list.size()));
  list = std::regex_replace(list, std::regex(" \\([^)]*\\)"), "");
  list = std::regex_replace(list, std::regex(",? or "), ", ");
  const std::regex separator(", ");
  std::vector<std::string> words;
  const std::regex word("[a-z]+");
  std::copy_if(
      std::sregex_token_iterator(list.begin(), list.end(), separator, -1),
      std::sregex_token_iterator(), std::back_inserter(words),
      [&](const std::string& part) { return std::regex_match(part, word); });
  constexpr size_t kFewest = 3;
  if (words.size() < kFewest) words.clear();
  return words;
}

std::vector<std::string> Words(const std::string& name,
                               const std::string& description) {
  if (name == "--flag" || name == "--not-flag") {
    std::vector<std::string> flags;
    for (const std::string_view flag : AllCloneFlagNames()) {
      flags.emplace_back(flag.substr(std::string_view("CLONE_").size()));
    }
    return flags;
  }
  if (name == "--errno" || name == "--not-errno") {
    return {"EAGAIN", "EINVAL", "ENOMEM", "ENOSPC", "EPERM", "EUSERS"};
  }
  if (name == "--columns") return ViewColumns();
  if (name == "--group-by") return GroupColumns();
  return ListedWords(description);
}

OptionText ReadOption(const CLI::Option& option) {
  OptionText text;
  text.description = option.get_description();
  text.default_value = option.get_default_str();
  text.environment = option.get_envname();
  if (option.nonpositional()) {
    for (const std::string& name : option.get_snames()) {
      text.names.push_back("-" + name);
    }
    for (const std::string& name : option.get_lnames()) {
      text.names.push_back("--" + name);
    }
    text.words = Words(text.names.back(), text.description);
  } else {
    text.names.push_back(option.get_name(true));
  }
  if (option.get_items_expected_max() > 0) {
    const std::string type = option.get_type_name();
    text.value = type.substr(0, type.find(':'));
  } else {
    text.optional_value = option.get_option_text();
  }
  return text;
}

// Cuts the help's last part into examples and the rest.
void ReadFooter(const std::string& footer, CommandText* text) {
  const size_t head = footer.find(kExamplesHead);
  if (head == std::string::npos) {
    text->notes = footer;
    return;
  }
  const size_t begin = head + kExamplesHead.size();
  const size_t end = std::min(footer.find("\n\n", begin), footer.size());
  text->examples = footer.substr(begin, end - begin);
  text->notes = footer.substr(0, head) + footer.substr(end);
}

CommandText ReadCommand(CLI::App* app, bool is_root) {
  CommandText text;
  if (!is_root) text.name = app->get_name();
  text.description = app->get_description();
  ReadFooter(app->get_footer(), &text);
  for (const CLI::Option* option : app->get_options()) {
    (option->nonpositional() ? text.options : text.arguments)
        .push_back(ReadOption(*option));
  }
  return text;
}

}  // namespace

std::vector<CommandText> ReadCommands(CLI::App* app) {
  std::vector<CommandText> commands = {ReadCommand(app, /*is_root=*/true)};
  for (CLI::App* command :
       app->get_subcommands([](CLI::App*) { return true; })) {
    commands.push_back(ReadCommand(command, /*is_root=*/false));
  }
  return commands;
}

}  // namespace forkdb
