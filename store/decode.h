// Names for the numbers of kernel_clone(): clone flags, errors and signals.
// Pure functions.

#ifndef FORKDB_STORE_DECODE_H_
#define FORKDB_STORE_DECODE_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace forkdb {

// "CLONE_VM|CLONE_FS", lowest bit first; bits without a name follow as one
// hexadecimal number; "" for 0. Names and bits are those of Linux's
// include/uapi/linux/sched.h up to 7.1. Bit 0x80 is CLONE_NEWTIME:
// kernel_clone() has the exit signal elsewhere.
std::string CloneFlagNames(uint64_t flags);

// The bit of a flag's name, with or without "CLONE_", in either case; nothing
// if no flag is called that.
std::optional<uint64_t> CloneFlagFromName(std::string_view name);

// Every name that CloneFlagFromName() knows, lowest bit first.
std::vector<std::string_view> AllCloneFlagNames();

// "EAGAIN" for 11. Knows the kernel's own ERESTART codes (512 to 516), which
// errno.h lacks; "E<number>" for what has no name.
std::string ErrnoName(int error_number);

// What an error means, in words.
std::string ErrnoDescription(int error_number);

// The number of an errno's name, in either case; nothing if there is none.
std::optional<int> ErrnoFromName(std::string_view name);

// "SIGCHLD" for 17, "SIGRTMIN+1" for 35, "SIG<number>" for what has no name.
std::string SignalName(int signal_number);

}  // namespace forkdb

#endif  // FORKDB_STORE_DECODE_H_
