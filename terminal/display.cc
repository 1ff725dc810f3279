#include "terminal/display.h"

#include <wchar.h>

#include <algorithm>
#include <clocale>
#include <cwchar>

#include "base/escape.h"

namespace forkdb {
namespace {

constexpr std::string_view kCut = "…";

// wcwidth() needs a UTF-8 locale, and the process uses the C locale. Loaded
// once, because that takes longer than printing a line. Null if the system has
// no C.UTF-8.
locale_t Utf8Locale() {
  static const locale_t locale = newlocale(LC_CTYPE_MASK, "C.UTF-8", nullptr);
  return locale;
}

// Sets the thread's locale to UTF-8 while it lives.
class UseUtf8 {
 public:
  UseUtf8() {
    if (Utf8Locale() != nullptr) before_ = uselocale(Utf8Locale());
  }
  ~UseUtf8() {
    if (before_ != nullptr) uselocale(before_);
  }
  UseUtf8(const UseUtf8&) = delete;
  UseUtf8& operator=(const UseUtf8&) = delete;

 private:
  locale_t before_ = nullptr;
};

bool IsAscii(std::string_view text) {
  for (const char c : text) {
    if ((c & 0x80) != 0) return false;
  }
  return true;
}

struct Fitting {
  size_t bytes;
  size_t columns;
};

// The longest start of the text that fits into columns.
Fitting Fit(std::string_view text, size_t columns) {
  if (IsAscii(text)) {
    const size_t fits = text.size() < columns ? text.size() : columns;
    return {fits, fits};
  }
  const UseUtf8 utf8;
  Fitting fitting = {0, 0};
  std::mbstate_t state{};
  while (fitting.bytes < text.size()) {
    const std::string_view rest = text.substr(fitting.bytes);
    wchar_t c = 0;
    size_t length = std::mbrtowc(&c, rest.data(), rest.size(), &state);
    if (length == 0 || length > rest.size()) {  // not UTF-8
      length = 1;
      c = L'?';
      state = {};
    }
    const int width = wcwidth(c);
    const size_t takes = width < 0 ? 1 : static_cast<size_t>(width);
    if (fitting.columns + takes > columns) break;
    fitting.columns += takes;
    fitting.bytes += length;
  }
  return fitting;
}

// The offset at which the character around offset starts.
size_t CharacterStart(std::string_view text, size_t offset) {
  while (offset > 0 && offset < text.size() && (text[offset] & 0xc0) == 0x80) {
    --offset;
  }
  return offset;
}

}  // namespace

size_t DisplayWidth(std::string_view text) {
  return Fit(text, std::string_view::npos).columns;
}

std::string CutToWidth(std::string_view text, size_t columns) {
  if (Fit(text, columns).bytes == text.size()) return std::string(text);
  if (columns == 0) return "";
  std::string cut(text.substr(0, Fit(text, columns - 1).bytes));
  return cut.append(kCut);
}

std::string MarkPlace(std::string_view text, size_t offset) {
  constexpr size_t kAround = 50;  // bytes shown on each side
  offset = CharacterStart(text, std::min(offset, text.size()));
  size_t begin = 0;
  if (offset > 0) {
    const size_t newline = text.rfind('\n', offset - 1);
    if (newline != std::string_view::npos) begin = newline + 1;
  }
  size_t end = std::min(text.find('\n', offset), text.size());
  std::string before;
  if (offset - begin > kAround) {
    begin = CharacterStart(text, offset - kAround);
    before = kCut;
  }
  std::string after;
  if (end - offset > kAround) {
    end = CharacterStart(text, offset + kAround);
    after = kCut;
  }
  before += EscapeForDisplay(text.substr(begin, offset - begin));
  after.insert(0, EscapeForDisplay(text.substr(offset, end - offset)));
  return "  " + before + after + "\n  " +
         std::string(DisplayWidth(before), ' ') + "^";
}

}  // namespace forkdb
