#include "store/time_literals.h"

#include <fmt/core.h>

#include <cctype>
#include <cstddef>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/time.h"

namespace forkdb {
namespace {

// A name without its quotes, a text with them, or an operator. Names and
// keywords are in lower case.
struct Token {
  enum class Kind { kName, kText, kOther };
  Kind kind = Kind::kOther;
  std::string text;
  size_t offset = 0;
};

bool IsNameByte(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return std::isalnum(byte) != 0 || c == '_' || c == '$' || byte >= 0x80;
}

class Scanner {
 public:
  explicit Scanner(std::string_view sql) : sql_(sql) {}

  std::vector<Token> Run();

 private:
  bool SkipBlank();
  Token Quoted(char close, Token::Kind kind);
  Token Name();
  Token Operator();

  std::string_view sql_;
  size_t at_ = 0;
};

bool Scanner::SkipBlank() {
  const auto skip_past = [&](std::string_view end) {
    const size_t found = sql_.find(end, at_ + 2);
    at_ = found == std::string_view::npos ? sql_.size() : found + end.size();
  };
  const std::string_view start = sql_.substr(at_, 2);
  if (start == "--") {
    skip_past("\n");
  } else if (start == "/*") {
    skip_past("*/");
  } else if (std::isspace(static_cast<unsigned char>(sql_[at_])) != 0) {
    ++at_;
  } else {
    return false;
  }
  return true;
}

// A doubled quote stands for one.
Token Scanner::Quoted(char close, Token::Kind kind) {
  Token token = {kind, "", at_};
  const size_t start = at_++;
  while (at_ < sql_.size()) {
    const char c = sql_[at_++];
    if (c == close && (at_ >= sql_.size() || sql_[at_] != close)) break;
    if (c == close) ++at_;
    token.text += c;
  }
  if (kind == Token::Kind::kText) {
    token.text = std::string(sql_.substr(start, at_ - start));
  }
  return token;
}

Token Scanner::Name() {
  Token token = {Token::Kind::kName, "", at_};
  while (at_ < sql_.size() && IsNameByte(sql_[at_])) {
    token.text += static_cast<char>(
        std::tolower(static_cast<unsigned char>(sql_[at_++])));
  }
  return token;
}

Token Scanner::Operator() {
  constexpr std::string_view kCompare = "<>=!";
  Token token = {Token::Kind::kOther, "", at_};
  do {
    token.text += sql_[at_++];
  } while (at_ < sql_.size() &&
           kCompare.find(token.text.back()) != std::string_view::npos &&
           kCompare.find(sql_[at_]) != std::string_view::npos);
  return token;
}

std::vector<Token> Scanner::Run() {
  std::vector<Token> tokens;
  while (at_ < sql_.size()) {
    if (SkipBlank()) continue;
    const char c = sql_[at_];
    if (c == '\'') {
      tokens.push_back(Quoted(c, Token::Kind::kText));
    } else if (c == '"' || c == '`') {
      tokens.push_back(Quoted(c, Token::Kind::kName));
    } else if (c == '[') {
      tokens.push_back(Quoted(']', Token::Kind::kName));
    } else {
      tokens.push_back(IsNameByte(c) ? Name() : Operator());
    }
  }
  return tokens;
}

bool IsEquality(std::string_view op) {
  return op == "=" || op == "==" || op == "<>" || op == "!=";
}

bool IsComparison(std::string_view op) {
  return IsEquality(op) || op == "<" || op == "<=" || op == ">" || op == ">=";
}

// Whether text is a time as the view has it or, unless whole, its beginning.
bool IsTime(std::string_view text, bool whole) {
  return !text.empty() && HasUtcForm(text) &&
         (!whole || text.size() == kUtcForm.size());
}

class Checker {
 public:
  explicit Checker(const std::string& condition)
      : condition_(condition), tokens_(Scanner(condition).Run()) {}

  void Run() const;

 private:
  std::string_view TextAt(size_t i) const {
    return i < tokens_.size() ? std::string_view(tokens_[i].text)
                              : std::string_view();
  }
  // Checks the token if it is a text.
  void CheckLiteral(size_t i, std::string_view column, bool whole) const;
  void CheckAfter(size_t column) const;
  void CheckBefore(size_t column) const;

  const std::string& condition_;
  std::vector<Token> tokens_;
};

void Checker::CheckLiteral(size_t i, std::string_view column,
                           bool whole) const {
  if (i >= tokens_.size() || tokens_[i].kind != Token::Kind::kText) return;
  std::string_view text = tokens_[i].text;
  text.remove_prefix(1);
  if (!text.empty()) text.remove_suffix(1);
  if (column == "time_ns") {
    throw TextError(
        fmt::format("SQL: time_ns is a number of ns since 1970, not a text "
                    "such as '{}': use time, --since or --until",
                    text),
        condition_, tokens_[i].offset);
  }
  if (IsTime(text, whole)) return;
  throw TextError(
      fmt::format("SQL: time is a text like 2026-11-23T10:00:00.000000000Z, in "
                  "UTC, not '{}': write {} such a text, or use --since and "
                  "--until",
                  text, whole ? "all of" : "the beginning of"),
      condition_, tokens_[i].offset);
}

// time < TEXT, time BETWEEN TEXT AND TEXT
void Checker::CheckAfter(size_t column) const {
  const std::string& name = tokens_[column].text;
  size_t op = column + 1;
  if (IsComparison(TextAt(op))) {
    CheckLiteral(op + 1, name, IsEquality(TextAt(op)));
    return;
  }
  if (TextAt(op) == "not") ++op;
  if (TextAt(op) != "between") return;
  CheckLiteral(op + 1, name, /*whole=*/false);
  if (TextAt(op + 2) == "and") CheckLiteral(op + 3, name, /*whole=*/false);
}

// TEXT < time, TEXT < forks.time
void Checker::CheckBefore(size_t column) const {
  size_t first = column;
  if (first >= 2 && TextAt(first - 1) == ".") first -= 2;
  if (first < 2 || !IsComparison(TextAt(first - 1))) return;
  CheckLiteral(first - 2, tokens_[column].text, IsEquality(TextAt(first - 1)));
}

void Checker::Run() const {
  for (size_t i = 0; i < tokens_.size(); ++i) {
    if (tokens_[i].kind != Token::Kind::kName) continue;
    if (TextAt(i) != "time" && TextAt(i) != "time_ns") continue;
    if (TextAt(i + 1) == "(") continue;  // the function
    CheckAfter(i);
    CheckBefore(i);
  }
}

}  // namespace

void CheckTimeLiterals(const std::string& condition) {
  Checker(condition).Run();
}

}  // namespace forkdb
