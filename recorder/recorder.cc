#include "recorder/recorder.h"

#include <utility>

namespace forkdb {

Recorder::Recorder(Source* source, Writer* writer, std::function<int64_t()> now,
                   std::function<void(const Drain&)> noticed,
                   std::function<bool()> stop)
    : source_(source),
      writer_(writer),
      now_(std::move(now)),
      noticed_(std::move(noticed)),
      stop_(std::move(stop)) {}

ReadResult Recorder::Pass() {
  for (;;) {
    const ReadResult result = source_->Read(&batch_);
    WriteBatch();
    if (result != ReadResult::kMore || stop_()) return result;
  }
}

void Recorder::Finish() {
  source_->Finish(&batch_);
  WriteBatch();
}

void Recorder::WriteBatch() {
  const Drain drain = writer_->Write(source_->stream(), &batch_, now_());
  batch_.Clear();
  tally_.records += drain.records;
  tally_.duplicates += drain.duplicates;
  tally_.rejected += drain.rejected;
  tally_.gaps += static_cast<int64_t>(drain.gaps.size());
  for (const Gap& gap : drain.gaps) tally_.missing += gap.missing();
  noticed_(drain);
}

}  // namespace forkdb
