#include "docs/completion.h"

#include <fmt/core.h>
#include <fmt/format.h>

#include "base/escape.h"

namespace forkdb {
namespace {

// In single quotes, for sh and zsh; fish reads a backslash there, too.
std::string Quoted(const std::string& text, bool fish = false) {
  if (!fish) return QuoteForShell(text);
  std::string quoted = "'";
  for (const char c : text) {
    if (c == '\'' || c == '\\') quoted += '\\';
    quoted += c;
  }
  return quoted + "'";
}

std::string SubcommandNames(const std::vector<CommandText>& commands) {
  std::string names;
  for (const CommandText& command : commands) {
    if (!command.name.empty()) {
      names += (names.empty() ? "" : " ") + command.name;
    }
  }
  return names;
}

std::string OptionNames(const CommandText& command) {
  std::string names;
  for (const OptionText& option : command.options) {
    names += fmt::format("{}{}", names.empty() ? "" : " ",
                         fmt::join(option.names, " "));
  }
  return names;
}

// Between brackets in a specification of zsh's _arguments.
std::string ZshText(const std::string& text) {
  std::string escaped;
  for (const char c : text) {
    if (c == '[' || c == ']' || c == ':' || c == '\\') escaped += '\\';
    escaped += c;
  }
  return escaped;
}

std::string ZshOption(const OptionText& option) {
  std::string specs;
  for (const std::string& name : option.names) {
    std::string spec =
        fmt::format("*{}[{}]", name, ZshText(option.description));
    if (!option.value.empty()) {
      spec += option.words.empty()
                  ? ":value:_files"
                  : fmt::format(":value:({})", fmt::join(option.words, " "));
    }
    specs += " \\\n        " + Quoted(spec);
  }
  return specs;
}

std::string FishOption(const std::string& condition, const OptionText& option) {
  std::string line = "complete -c forkdb -n " + Quoted(condition, true);
  for (const std::string& name : option.names) {
    line += name[1] == '-' ? " -l " + name.substr(2) : " -s " + name.substr(1);
  }
  if (!option.value.empty()) {
    line += " -r";
    if (!option.words.empty()) {
      line += fmt::format(" -f -a '{}'", fmt::join(option.words, " "));
    }
  }
  return line + " -d " + Quoted(option.description, true) + "\n";
}

}  // namespace

std::string BashCompletion(const std::vector<CommandText>& commands) {
  std::string values, options;
  for (const CommandText& command : commands) {
    for (const OptionText& option : command.options) {
      if (option.words.empty() || option.value.empty()) continue;
      for (const std::string& name : option.names) {
        values += fmt::format("    '{} {}') words='{}' ;;\n", command.name,
                              name, fmt::join(option.words, " "));
      }
    }
    options += fmt::format("    '{}') words='{}' ;;\n", command.name,
                           OptionNames(command));
  }
  return fmt::format(R"(# forkdb(1): completion for bash.
_forkdb() {{
  local word=${{COMP_WORDS[COMP_CWORD]}} last=${{COMP_WORDS[COMP_CWORD-1]}}
  local command= words= at
  for ((at = 1; at < COMP_CWORD; ++at)); do
    case ${{COMP_WORDS[at]}} in -*) ;; *) command=${{COMP_WORDS[at]}}; break ;; esac
  done
  # --format=json comes as three words.
  if [[ $word == = ]]; then word=; fi
  if [[ $last == = ]]; then last=${{COMP_WORDS[COMP_CWORD-2]}}; fi
  COMPREPLY=()
  case "$command $last" in
{}    *) ;;
  esac
  if [[ -z $words && $word == -* ]]; then
    case $command in
{}    *) ;;
    esac
  elif [[ -z $words && -z $command ]]; then
    words='{}'
  fi
  if [[ -n $words ]]; then
    mapfile -t COMPREPLY < <(compgen -W "$words" -- "$word")
  fi
}}
complete -o default -F _forkdb forkdb
)",
                     values, options, SubcommandNames(commands));
}

std::string ZshCompletion(const std::vector<CommandText>& commands) {
  std::string names, cases;
  for (const CommandText& command : commands) {
    if (command.name.empty()) continue;
    names += fmt::format(
        "    {}\n", Quoted(command.name + ":" + ZshText(command.description)));
    cases += fmt::format("    {})\n      _arguments", command.name);
    for (const OptionText& option : command.options) {
      cases += ZshOption(option);
    }
    cases += " \\\n        '*:file:_files' ;;\n";
  }
  return fmt::format(R"(#compdef forkdb
# forkdb(1): completion for zsh.
_forkdb() {{
  local -a commands
  commands=(
{})
  if (( CURRENT == 2 )); then
    _describe command commands
    return
  fi
  local command=$words[2]
  shift words
  (( CURRENT-- ))
  case $command in
{}  esac
}}
_forkdb "$@"
)",
                     names, cases);
}

std::string FishCompletion(const std::vector<CommandText>& commands) {
  std::string text = "# forkdb(1): completion for fish.\n";
  for (const CommandText& command : commands) {
    const std::string condition =
        command.name.empty() ? "__fish_use_subcommand"
                             : "__fish_seen_subcommand_from " + command.name;
    if (!command.name.empty()) {
      text += fmt::format(
          "complete -c forkdb -n __fish_use_subcommand -f -a {} -d {}\n",
          command.name, Quoted(command.description, true));
    }
    for (const OptionText& option : command.options) {
      text += FishOption(condition, option);
    }
  }
  return text;
}

}  // namespace forkdb
