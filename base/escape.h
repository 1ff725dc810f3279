// The octal escapes of /proc/fork_info (lkm/FORMAT.md), which forkdb's text
// outputs share: a byte that could do harm is written \ooo. Pure functions.

#ifndef FORKDB_BASE_ESCAPE_H_
#define FORKDB_BASE_ESCAPE_H_

#include <optional>
#include <string>
#include <string_view>

namespace forkdb {

// True if the bytes are well-formed UTF-8 (RFC 3629: no surrogates, no overlong
// forms, nothing above U+10FFFF).
bool IsUtf8(std::string_view bytes);

// Undoes \ooo escapes as the kernel module writes them. Nothing if the text is
// not such text: a byte outside printable ASCII, a space, a backslash without
// three octal digits up to \377, or \000 (a command name has no NUL).
std::optional<std::string> UnescapeComm(std::string_view text);

// The opposite, for writing files of the /proc/fork_info format.
std::string EscapeComm(std::string_view bytes);

// Text that is safe to show on a terminal and to put on a line of its own.
// Every byte of a control character (C0, DEL, C1), of a character that turns
// or breaks the line (U+061C, U+200E to U+200F, U+2028 to U+202E, U+2066 to
// U+2069), of malformed UTF-8, and the backslash become \ooo; all else stays.
// Undoing the escapes gives the exact bytes.
std::string EscapeForDisplay(std::string_view bytes);
void AppendForDisplay(std::string_view bytes, std::string* text);

}  // namespace forkdb

#endif  // FORKDB_BASE_ESCAPE_H_
