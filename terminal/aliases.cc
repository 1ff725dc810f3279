#include "terminal/aliases.h"

#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <algorithm>
#include <cctype>
#include <cstddef>
#include <optional>

namespace forkdb {
namespace {

constexpr std::string_view kGiven = "{}";

bool HasOption(const CLI::App& command, std::string_view name) {
  return command.get_option_no_throw(std::string(name)) != nullptr;
}

bool TakesValue(const CLI::Option& option) {
  return option.get_items_expected_min() > 0;
}

// Whether a word that follows an option with an optional value is that value.
bool IsValue(const std::string& word) {
  const bool is_number =
      word.size() > 1 && std::isdigit(static_cast<unsigned char>(word[1])) != 0;
  return !word.empty() && (word[0] != '-' || is_number);
}

// The words of a subcommand, one after the other.
class Expander {
 public:
  Expander(const CLI::App& command, std::vector<std::string> words)
      : command_(command), words_(std::move(words)) {}

  std::vector<std::string> Run() {
    while (at_ < words_.size()) {
      const std::string& word = words_[at_];
      if (word == "--") break;
      if (const CLI::Option* own = command_.get_option_no_throw(word)) {
        Take(TakesValue(*own) ? 2 : 1);
      } else if (word[0] != '-' || !Replace(word)) {
        Take(1);
      }
    }
    Take(words_.size() - at_);
    return std::move(expanded_);
  }

 private:
  void Take(size_t count) {
    for (; count > 0 && at_ < words_.size(); --count) {
      expanded_.push_back(words_[at_++]);
    }
  }

  // Returns false if the word is no alias.
  bool Replace(const std::string& word) {
    for (const Alias& alias : Aliases()) {
      if (HasOption(command_, alias.name) ||
          !HasOption(command_, alias.option)) {
        continue;
      }
      if (word == alias.name) {
        const bool has_next = at_ + 1 < words_.size();
        if (Replace(alias, has_next ? words_[at_ + 1] : "", has_next, 1)) {
          return true;
        }
      } else if (const std::optional<std::string> joined =
                     JoinedValue(word, alias)) {
        if (Replace(alias, *joined, true, 0)) return true;
      }
    }
    return false;
  }

  // "--lines=5", "-S-1h"; nothing if the word is not the alias.
  std::optional<std::string> JoinedValue(const std::string& word,
                                         const Alias& alias) const {
    if (alias.value.empty() || word.rfind(alias.name, 0) != 0) {
      return std::nullopt;
    }
    const std::string rest = word.substr(alias.name.size());
    if (alias.name.size() > 2) {
      if (rest[0] != '=') return std::nullopt;
      return rest.substr(1);
    }
    // "-fn" is two options of forkdb, "-pp" another alias.
    const bool is_own = HasOption(command_, word.substr(0, 2));
    const auto& all = Aliases();
    const bool is_longer =
        std::any_of(all.begin(), all.end(),
                    [&](const Alias& other) { return other.name == word; });
    if (is_own || is_longer || word[1] == '-') return std::nullopt;
    return rest;
  }

  // value_words is how many words the value took. Returns false if the alias
  // stands for another value.
  bool Replace(const Alias& alias, const std::string& value, bool has_value,
               size_t value_words) {
    if (!alias.given.empty() && value != alias.given) return false;
    const bool takes_value = !alias.value.empty() || !alias.given.empty();
    const bool is_given = has_value && (alias.fallback.empty() ||
                                        value_words == 0 || IsValue(value));
    ++at_;
    expanded_.emplace_back(alias.option);
    if (takes_value && is_given) at_ += value_words;
    if (alias.value.empty()) return true;
    std::string text(alias.value);
    if (is_given) {
      text.replace(text.find(kGiven), kGiven.size(), value);
    } else if (!alias.fallback.empty()) {
      text = alias.fallback;
    } else {
      return true;  // the parser says that the value is missing
    }
    expanded_.push_back(std::move(text));
    return true;
  }

  const CLI::App& command_;
  std::vector<std::string> words_;
  size_t at_ = 0;
  std::vector<std::string> expanded_;
};

}  // namespace

const std::vector<Alias>& Aliases() {
  static const std::vector<Alias> aliases = {
      // journalctl
      {"-S", "--since"},
      {"-U", "--until"},
      {"-b", "--boot", kGiven, "", "0"},
      {"-g", "--comm", "*{}*"},
      {"--grep", "--comm", "*{}*"},
      {"-o", "--format"},
      {"--output", "--format"},
      {"--lines", "--limit"},
      {"--file", "--db"},
      {"-l", "--wide", ""},
      {"--full", "--wide", ""},
      // ausearch
      {"-ts", "--since"},
      {"--start", "--since"},
      {"-te", "--until"},
      {"--end", "--until"},
      {"-ui", "--uid"},
      {"-p", "--pid"},
      {"-pp", "--ppid"},
      {"-c", "--comm"},
      {"-e", "--errno"},
      {"--exit", "--errno"},
      {"-sv", "--failed", "", "no"},
      {"-sv", "--success", "", "yes"},
      // ps
      {"-C", "--comm"},
  };
  return aliases;
}

std::vector<std::string> ExpandAliases(const CLI::App& app,
                                       const std::vector<std::string>& words) {
  if (!words.empty() && words.front() == "help") {
    std::vector<std::string> help(words.begin() + 1, words.end());
    help.emplace_back("--help");
    return help;
  }
  for (size_t i = 0; i < words.size(); ++i) {
    const auto commands = app.get_subcommands([&](const CLI::App* command) {
      return command->get_name() == words[i];
    });
    if (commands.empty()) continue;
    const auto after = words.begin() + static_cast<std::ptrdiff_t>(i) + 1;
    std::vector<std::string> all(words.begin(), after);
    for (std::string& word :
         Expander(*commands.front(), {after, words.end()}).Run()) {
      all.push_back(std::move(word));
    }
    return all;
  }
  return words;
}

}  // namespace forkdb
