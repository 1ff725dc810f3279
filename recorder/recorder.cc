#include "recorder/recorder.h"

#include <utility>

namespace forkdb {

Recorder::Recorder(Source* source, std::function<int64_t()> now,
                   std::function<void(const Drain&)> noticed,
                   std::function<bool()> stop)
    : source_(source),
      now_(std::move(now)),
      noticed_(std::move(noticed)),
      stop_(std::move(stop)),
      batches_(1) {}

ReadResult Recorder::Pass(Writer* writer) {
  for (;;) {
    const ReadResult result = Read();
    Write(writer);
    if (result != ReadResult::kMore || stop_()) return result;
  }
}

bool Recorder::HasRoom() const {
  return batches_.size() < kMaxBatches || !batches_.back().full();
}

ReadResult Recorder::Read() {
  if (!HasRoom()) return ReadResult::kAgain;
  if (batches_.back().full()) batches_.emplace_back();
  Batch* batch = &batches_.back();
  const size_t before = batch->records.size();
  const ReadResult result = source_->Read(batch);
  read_ += static_cast<int64_t>(batch->records.size() - before);
  return result;
}

void Recorder::Write(Writer* writer) {
  for (;;) {
    const Drain drain =
        writer->Write(source_->stream(), &batches_.front(), now_());
    const bool last = batches_.size() == 1;
    if (last) {
      batches_.front().Clear();
    } else {
      batches_.pop_front();
    }
    tally_.records += drain.records;
    tally_.duplicates += drain.duplicates;
    tally_.rejected += drain.rejected;
    tally_.gaps += static_cast<int64_t>(drain.gaps.size());
    for (const Gap& gap : drain.gaps) tally_.missing += gap.missing();
    noticed_(drain);
    if (last) return;
  }
}

void Recorder::Rewind() {
  source_->Rewind();
  // In front: what is kept follows on what the source holds from before it, and
  // would be late after it.
  batches_.emplace_front();
  source_->Read(&batches_.front());
}

void Recorder::Finish(Writer* writer) {
  source_->Finish(&batches_.back());
  Write(writer);
}

size_t Recorder::kept() const {
  size_t records = 0;
  for (const Batch& batch : batches_) records += batch.records.size();
  return records;
}

}  // namespace forkdb
