// Escapes can be undone to the exact bytes, and what is shown harms nobody.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/escape.h"
#include "tests/fuzz/require.h"

namespace forkdb {
namespace {

bool IsVisible(char c) { return c > ' ' && c <= '~'; }

void TryUnescape(std::string_view text) {
  const std::optional<std::string> bytes = UnescapeComm(text);
  if (!bytes) return;
  Require(std::all_of(text.begin(), text.end(), IsVisible),
          "only visible text is accepted");
  Require(bytes->find('\0') == std::string::npos, "no NUL comes out");
  Require(bytes->size() <= text.size(), "bytes are not more than their text");
  Require(UnescapeComm(EscapeComm(*bytes)) == *bytes, "decode(encode(x)) == x");
}

void TryEscape(std::string_view bytes) {
  const std::string text = EscapeComm(bytes);
  Require(std::all_of(text.begin(), text.end(), IsVisible),
          "escaped text is visible");
  const bool has_nul = bytes.find('\0') != std::string_view::npos;
  const std::optional<std::string> back = UnescapeComm(text);
  Require(back.has_value() != has_nul, "only a NUL is refused");
  Require(!back || *back == bytes, "decode(encode(x)) == x");
}

// Undoes what EscapeForDisplay() wrote, by the rule that its header states.
std::string UndoDisplay(std::string_view text) {
  std::string bytes;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\\') {
      bytes += text[i];
      continue;
    }
    bytes += static_cast<char>(
        std::stoi(std::string(text.substr(i + 1, 3)), nullptr, 8));
    i += 3;
  }
  return bytes;
}

void TryDisplay(std::string_view bytes) {
  const std::string text = EscapeForDisplay(bytes);
  Require(IsUtf8(text), "what is shown is UTF-8");
  for (size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<uint8_t>(text[i]);
    Require(byte >= ' ' && byte != 0x7f, "no control byte is shown");
    const bool is_c1 = byte == 0xc2 && static_cast<uint8_t>(text[i + 1]) < 0xa0;
    Require(!is_c1, "no C1 character is shown");
  }
  Require(UndoDisplay(text) == bytes, "what is shown can be undone");
  if (std::all_of(bytes.begin(), bytes.end(), IsVisible) &&
      bytes.find('\\') == std::string_view::npos) {
    Require(text == bytes, "plain text stays");
  }
}

}  // namespace
}  // namespace forkdb

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  forkdb::TryUnescape(input);
  forkdb::TryEscape(input);
  forkdb::TryDisplay(input);
  return 0;
}
