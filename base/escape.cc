#include "base/escape.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>

namespace forkdb {
namespace {

constexpr uint32_t kMalformed = 0xffffffff;

struct CodePoint {
  uint32_t value;
  size_t length;  // in bytes; 1 if the byte is malformed
};

// Decodes the character at the start of bytes, which must not be empty.
CodePoint DecodeUtf8(std::string_view bytes) {
  const auto byte = [&](size_t i) { return static_cast<uint8_t>(bytes[i]); };
  const uint8_t lead = byte(0);
  if (lead < 0x80) return {lead, 1};
  size_t length = 0;
  uint32_t value = 0;
  uint32_t lowest = 0;
  if ((lead & 0xe0) == 0xc0) {
    length = 2, value = lead & 0x1f, lowest = 0x80;
  } else if ((lead & 0xf0) == 0xe0) {
    length = 3, value = lead & 0x0f, lowest = 0x800;
  } else if ((lead & 0xf8) == 0xf0) {
    length = 4, value = lead & 0x07, lowest = 0x10000;
  } else {
    return {kMalformed, 1};
  }
  if (bytes.size() < length) return {kMalformed, 1};
  for (size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xc0) != 0x80) return {kMalformed, 1};
    value = value << 6 | (byte(i) & 0x3f);
  }
  const bool surrogate = value >= 0xd800 && value <= 0xdfff;
  if (value < lowest || value > 0x10ffff || surrogate) return {kMalformed, 1};
  return {value, length};
}

bool IsHarmful(uint32_t c) {
  return c < 0x20 || c == '\\' || (c >= 0x7f && c <= 0x9f) || c == 0x61c ||
         c == 0x200e || c == 0x200f || (c >= 0x2028 && c <= 0x202e) ||
         (c >= 0x2066 && c <= 0x2069) || c == kMalformed;
}

void AppendOctal(uint8_t byte, std::string* text) {
  *text += '\\';
  *text += static_cast<char>('0' + (byte >> 6));
  *text += static_cast<char>('0' + (byte >> 3 & 7));
  *text += static_cast<char>('0' + (byte & 7));
}

// Parses three octal digits at the start of text. Returns 0 if there are none.
uint8_t ParseOctal(std::string_view text) {
  if (text.size() < 3 || text[0] > '3') return 0;
  unsigned value = 0;
  for (size_t i = 0; i < 3; ++i) {
    if (text[i] < '0' || text[i] > '7') return 0;
    value = value << 3 | static_cast<unsigned>(text[i] - '0');
  }
  return static_cast<uint8_t>(value);
}

}  // namespace

bool IsUtf8(std::string_view bytes) {
  while (!bytes.empty()) {
    const CodePoint c = DecodeUtf8(bytes);
    if (c.value == kMalformed) return false;
    bytes.remove_prefix(c.length);
  }
  return true;
}

std::optional<std::string> UnescapeComm(std::string_view text) {
  std::string bytes;
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c <= ' ' || c > '~') return std::nullopt;
    if (c != '\\') {
      bytes += c;
      continue;
    }
    const uint8_t byte = ParseOctal(text.substr(i + 1));
    if (byte == 0) return std::nullopt;
    bytes += static_cast<char>(byte);
    i += 3;
  }
  return bytes;
}

std::string EscapeComm(std::string_view bytes) {
  std::string text;
  for (const char c : bytes) {
    if (c <= ' ' || c > '~' || c == '\\') {
      AppendOctal(static_cast<uint8_t>(c), &text);
    } else {
      text += c;
    }
  }
  return text;
}

std::string EscapeForDisplay(std::string_view bytes) {
  std::string text;
  AppendForDisplay(bytes, &text);
  return text;
}

void AppendForDisplay(std::string_view bytes, std::string* text) {
  while (!bytes.empty()) {
    const auto harm = std::find_if(bytes.begin(), bytes.end(), [](char c) {
      return c < ' ' || c > '~' || c == '\\';
    });
    const auto plain = static_cast<size_t>(harm - bytes.begin());
    *text += bytes.substr(0, plain);
    bytes.remove_prefix(plain);
    if (bytes.empty()) return;
    const CodePoint c = DecodeUtf8(bytes);
    const std::string_view character = bytes.substr(0, c.length);
    if (IsHarmful(c.value)) {
      for (const char byte : character) {
        AppendOctal(static_cast<uint8_t>(byte), text);
      }
    } else {
      *text += character;
    }
    bytes.remove_prefix(c.length);
  }
}

std::string QuoteForShell(std::string_view text) {
  std::string quoted = "'";
  for (const char c : text) quoted += c == '\'' ? "'\\''" : std::string(1, c);
  return quoted + "'";
}

}  // namespace forkdb
