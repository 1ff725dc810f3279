// Reads /proc/fork_info, or any file or pipe in its format.

#ifndef FORKDB_RECORDER_SOURCE_FILE_SOURCE_H_
#define FORKDB_RECORDER_SOURCE_FILE_SOURCE_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/descriptor.h"
#include "recorder/source/parser.h"
#include "recorder/source/source.h"

namespace forkdb {

// Keeps one descriptor open between readings, so that the next reading
// continues where the last one ended. Reopens a pipe when its writers have
// closed it; the next writer starts with a header. Reopens a file that became
// unreadable as soon as it is there again, and reads it from its start; the
// writer skips the records that it knows.
//
// Records of a file outside procfs belong to the boot boot_id. If boot_id is
// empty, they belong to a boot named after the file.
class FileSource : public Source {
 public:
  // now_ns is CLOCK_REALTIME. Throws Error if the file cannot be opened.
  FileSource(std::string path, const std::string& boot_id, int64_t now_ns);
  FileSource(const FileSource&) = delete;
  FileSource& operator=(const FileSource&) = delete;

  ReadResult Read(Batch* batch) override;
  bool Rewind() override;
  ReadResult Finish(Batch* batch) override;
  PollTarget ready() const override;
  PollTarget urgent() const override;
  bool holds_past() const override { return true; }
  const Stream& stream() const override { return stream_; }

 private:
  void TakeLine(std::string_view line, Batch* batch);
  void TakeHeader(std::string_view line);
  // Throws Error if the file cannot be opened, or SourceGone if it has been
  // read before.
  void Open();
  void Reopen(Batch* batch);
  void RejectRest(Batch* batch);

  std::string path_;
  Stream stream_;
  Descriptor file_;
  bool is_pipe_ = false;
  bool has_header_ = false;
  bool was_read_ = false;
  LineSplitter lines_;
  std::vector<char> buffer_;
};

}  // namespace forkdb

#endif  // FORKDB_RECORDER_SOURCE_FILE_SOURCE_H_
