// Reads /proc/fork_info, or any file or pipe of its format.

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

// Keeps one descriptor open between readings: its position is what makes the
// next one bring only newer records. A pipe is opened again when its writers
// have gone, and then starts with a header again. A file that can be read no
// more is opened again once it is there, and read from its start: the records
// that are known are for the writer to skip.
//
// Records of a file that is not in procfs belong to the boot boot_id if it is
// given, else to one named after the file.
class FileSource : public Source {
 public:
  // Throws Error if the file cannot be opened.
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
  // Throws Error if the file cannot be opened, SourceGone if it could be
  // before.
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
