// Octal escapes, as /proc/fork_info (lkm/FORMAT.md) and forkdb's text outputs
// use them: a harmful byte is written \ooo. Pure functions.

#ifndef FORKDB_BASE_ESCAPE_H_
#define FORKDB_BASE_ESCAPE_H_

#include <optional>
#include <string>
#include <string_view>

namespace forkdb {

// True if the bytes are well-formed UTF-8 (RFC 3629: no surrogates, no overlong
// forms, nothing above U+10FFFF).
bool IsUtf8(std::string_view bytes);

// Undoes the \ooo escapes that the kernel module writes. Returns nullopt if the
// text has a byte outside printable ASCII, a space, a backslash without three
// octal digits up to \377, or \000 (a command name has no NUL).
std::optional<std::string> UnescapeComm(std::string_view text);

// Reverses UnescapeComm(), for files of the /proc/fork_info format.
std::string EscapeComm(std::string_view bytes);

// Returns text that is safe on a terminal and stays on one line. Escapes the
// backslash and every byte of a control character (C0, DEL, C1), of a character
// that reverses or breaks the line (U+061C, U+200E to U+200F, U+2028 to U+202E,
// U+2066 to U+2069) and of malformed UTF-8. Undoing the escapes gives the exact
// bytes.
std::string EscapeForDisplay(std::string_view bytes);
// The same, appended to text.
void AppendForDisplay(std::string_view bytes, std::string* text);

// The text as one word of sh(1), in single quotes.
std::string QuoteForShell(std::string_view text);

}  // namespace forkdb

#endif  // FORKDB_BASE_ESCAPE_H_
