#include "recorder/source.h"

#include <unistd.h>

#include <utility>

#include "recorder/file_source.h"
#include "store/error.h"

namespace forkdb {

void Batch::Add(Reject reject) {
  ++rejected;
  if (rejects.size() < kMaxRejects) rejects.push_back(std::move(reject));
}

void Batch::Clear() {
  records.clear();
  rejects.clear();
  rejected = 0;
}

std::unique_ptr<Source> OpenSource(const SourceOptions& options,
                                   int64_t now_ns) {
  const bool automatic = options.source == "auto";
  if (automatic && access(kProcPath, F_OK) != 0) {
    throw Error(std::string("no source of records: ") + kProcPath +
                ": not there: load the module (modprobe fork_info) on a kernel "
                "built with CONFIG_FORK_INFO=y, or name a saved copy with "
                "--source PATH");
  }
  const bool proc = automatic || options.source == "proc";
  return std::make_unique<FileSource>(proc ? kProcPath : options.source,
                                      options.boot_id, now_ns);
}

}  // namespace forkdb
