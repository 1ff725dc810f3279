#include "recorder/source/source.h"

#include <fmt/core.h>
#include <unistd.h>

#include <utility>

#include "base/error.h"
#include "recorder/source/file_source.h"

#ifdef FORKDB_EBPF
#include "recorder/source/ebpf_source.h"
#endif

namespace forkdb {

void MissedCalls::Add(const MissedCalls& later) {
  if (later.calls == 0) return;
  if (calls == 0) after_ns = later.after_ns;
  calls += later.calls;
  before_ns = later.before_ns;
}

void Batch::Add(Reject reject) {
  ++rejected;
  if (rejects.size() < kMaxRejects) rejects.push_back(std::move(reject));
}

void Batch::Clear() {
  records.clear();
  rejects.clear();
  rejected = 0;
  final_seq = 0;
  missed = {};
  watched.reset();
}

namespace {

std::unique_ptr<Source> OpenEbpf(const SourceOptions& options, int64_t now_ns) {
#ifdef FORKDB_EBPF
  return std::make_unique<EbpfSource>(now_ns, options.buffer_bytes,
                                      options.failures);
#else
  static_cast<void>(options);
  static_cast<void>(now_ns);
  throw Error(
      "cannot attach eBPF: this forkdb was built without it: install clang, "
      "bpftool and libbpf-dev, then build again");
#endif
}

std::unique_ptr<Source> OpenAuto(const SourceOptions& options, int64_t now_ns) {
  if (access(kProcPath, F_OK) == 0) {
    return std::make_unique<FileSource>(kProcPath, options.boot_id, now_ns);
  }
  try {
    return OpenEbpf(options, now_ns);
  } catch (const Error& e) {
    throw Error(fmt::format(
        "no source of records: {} is not there (it needs a kernel with "
        "CONFIG_FORK_INFO=y and the module fork_info), and {}",
        kProcPath, e.what()));
  }
}

}  // namespace

std::unique_ptr<Source> OpenSource(const SourceOptions& options,
                                   int64_t now_ns) {
  if (options.source == "auto") return OpenAuto(options, now_ns);
  if (options.source == kEbpf) return OpenEbpf(options, now_ns);
  return std::make_unique<FileSource>(
      options.source == kProc ? kProcPath : options.source, options.boot_id,
      now_ns);
}

}  // namespace forkdb
