#include "recorder/daemon/recorder.h"

#include <fmt/core.h>

#include <algorithm>
#include <utility>

#include "base/error.h"

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
  const ClockReading start = ReadClocks();
  const ReadResult result = source_->Read(batch);
  watched_.reset();
  if (result != ReadResult::kMore && source_->stream().attach_boottime_ns) {
    watched_ = batch->watched = start;
  }
  read_ += static_cast<int64_t>(batch->records.size() - before);
  return result;
}

bool Recorder::Write(Writer* writer) {
  for (;;) {
    const Drain drain =
        writer->Write(source_->stream(), &batches_.front(), now_());
    const bool last = drain.complete && batches_.size() == 1;
    if (last) {
      batches_.front().Clear();
    } else if (drain.complete) {
      batches_.pop_front();
    }
    if (drain.next_seq > 0) {  // something was committed
      Count(drain);
      noticed_(drain);
    }
    if (!drain.contradiction.empty()) {
      if (tally_.records == 0) throw Error(drain.contradiction);
      throw Error(fmt::format("{} ({} records read before it are stored)",
                              drain.contradiction, tally_.records));
    }
    if (last) return true;
    if (stop_()) return false;
  }
}

void Recorder::WriteAll(Writer* writer) {
  while (!Write(writer)) continue;
}

bool Recorder::MarkWatched(Writer* writer) {
  if (!watched_ || kept() > 0) return false;
  writer->MarkWatched(source_->stream(), *watched_);
  return true;
}

void Recorder::Count(const Drain& drain) {
  tally_.records += drain.records;
  tally_.duplicates += drain.duplicates;
  tally_.rejected += drain.rejected;
  tally_.gaps += static_cast<int64_t>(drain.gaps.size());
  for (const Gap& gap : drain.gaps) tally_.missing += gap.missing();
  tally_.missed += drain.missed;
  for (const Filled& filled : drain.filled) {
    if (filled.seq < first_seq_) continue;
    tally_.gaps += filled.gaps;
    --tally_.missing;
  }
  next_seq_ = drain.next_seq;
}

bool Recorder::Resume(int64_t next_seq) {
  first_seq_ = first_seq_ == 0 ? next_seq : std::min(first_seq_, next_seq);
  if (next_seq >= std::exchange(next_seq_, next_seq)) return false;
  if (!source_->Rewind()) return false;
  if (batches_.size() >= kMaxBatches) return true;
  // At the front, because the kept records have higher numbers. Written first,
  // they would make the others late.
  batches_.emplace_front();
  source_->Read(&batches_.front());
  return true;
}

void Recorder::Finish(Writer* writer) {
  const ClockReading start = ReadClocks();
  while (source_->Finish(&batches_.back()) == ReadResult::kMore) {
    WriteAll(writer);
  }
  if (source_->stream().attach_boottime_ns) {
    watched_ = batches_.back().watched = start;
  }
  WriteAll(writer);
}

size_t Recorder::kept() const {
  size_t records = 0;
  for (const Batch& batch : batches_) records += batch.records.size();
  return records;
}

}  // namespace forkdb
