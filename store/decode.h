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

// "CLONE_VM|CLONE_FS", lowest bit first. Bits without a name follow as one
// hexadecimal number. "" for 0. Names and bits are those of Linux's
// include/uapi/linux/sched.h up to 7.1. Bit 0x80 is CLONE_NEWTIME, because
// kernel_clone() takes the exit signal separately.
std::string CloneFlagNames(uint64_t flags);

// Returns the bit of a flag. The name may omit "CLONE_"; case does not matter.
// Returns nullopt for an unknown name.
std::optional<uint64_t> CloneFlagFromName(std::string_view name);

// Every name that CloneFlagFromName() knows, lowest bit first.
std::vector<std::string_view> AllCloneFlagNames();

// "EAGAIN" for 11. Knows the kernel's internal ERESTART codes (512 to 516).
// "E<number>" for a number without a name.
std::string ErrnoName(int error_number);

// "Resource temporarily unavailable" for 11.
std::string ErrnoDescription(int error_number);

// Ignores case. Returns nullopt for an unknown name.
std::optional<int> ErrnoFromName(std::string_view name);

// "SIGCHLD" for 17, "SIGRTMIN+1" for 35, "SIG<number>" for a number without a
// name.
std::string SignalName(int signal_number);

}  // namespace forkdb

#endif  // FORKDB_STORE_DECODE_H_
