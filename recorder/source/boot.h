// Identifies the boot that records come from.

#ifndef FORKDB_RECORDER_SOURCE_BOOT_H_
#define FORKDB_RECORDER_SOURCE_BOOT_H_

#include <cstdint>
#include <optional>
#include <string>

namespace forkdb {

// A row of the table boots. A field that is not known, as for a saved copy, is
// empty.
struct Boot {
  std::string boot_id;
  std::string host;
  std::string machine_id;
  std::string kernel_release;
  std::optional<int64_t> boot_ns;  // when the kernel started, since the epoch
};

// Returns the boot that this process runs in. Throws Error if /proc cannot be
// read.
Boot CurrentBoot();

}  // namespace forkdb

#endif  // FORKDB_RECORDER_SOURCE_BOOT_H_
