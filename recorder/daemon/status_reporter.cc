#include "recorder/daemon/status_reporter.h"

#include <algorithm>
#include <utility>

#include "base/time.h"
#include "recorder/daemon/messages.h"

namespace forkdb {

StatusReporter::StatusReporter(std::string database_path,
                               const std::string& metrics_path,
                               const Source* source, const Recorder* recorder,
                               Heartbeat* heartbeat, Log* log)
    : database_path_(std::move(database_path)),
      source_(source),
      recorder_(recorder),
      heartbeat_(heartbeat),
      log_(log),
      start_boottime_ns_(BoottimeNow()),
      metrics_(metrics_path) {
  progress_.start_ns = RealtimeNow();
  metrics_.Changed(Clock::now());
}

void StatusReporter::Committed(const Drain& drain) {
  progress_.last_drain_ns = RealtimeNow();
  heartbeat_->state()->last_commit_ns = BoottimeNow();
  if (drain.records > 0) {
    progress_.last_seq =
        std::max(progress_.last_seq, drain.last_id % kSeqLimit);
  }
  metrics_.Changed(Clock::now());
  ShowLife();
}

void StatusReporter::MarkedWatched() {
  heartbeat_->state()->last_commit_ns = BoottimeNow();
  metrics_.Changed(Clock::now());
}

void StatusReporter::SetTrouble(const std::string& trouble) {
  heartbeat_->state()->waiting = static_cast<int64_t>(recorder_->kept());
  const bool was_trouble = !heartbeat_->state()->trouble.empty();
  heartbeat_->SetTrouble(trouble);
  if (was_trouble == trouble.empty()) metrics_.Changed(Clock::now());
}

void StatusReporter::ShowLife() {
  notifier_.Tend(Clock::now());
  RecorderState* const state = heartbeat_->state();
  const Tally& tally = recorder_->tally();
  state->waiting = static_cast<int64_t>(recorder_->kept());
  state->records = tally.records;
  state->duplicates = tally.duplicates;
  state->rejected = tally.rejected;
  state->gaps = tally.gaps;
  state->missing = tally.missing;
  heartbeat_->Tend(Clock::now());
  // These change without a commit.
  if (state->waiting > 0 || !state->trouble.empty()) {
    metrics_.Changed(Clock::now());
  }
}

void StatusReporter::Report(bool is_writable) {
  ShowLife();
  notifier_.SetStatus(
      StatusLine(source_->stream(), recorder_->tally(), is_writable));
  if (IsDue(metrics_.due())) WriteMetrics();
}

void StatusReporter::WriteMetrics() {
  const Stream& stream = source_->stream();
  progress_.source = stream.source;
  progress_.hook = stream.hook;
  progress_.boot_id = stream.boot.boot_id;
  progress_.tally = recorder_->tally();
  const RecorderState& state = *heartbeat_->state();
  progress_.waiting = static_cast<int64_t>(recorder_->kept());
  progress_.since_commit_ns =
      BoottimeNow() -
      (state.last_commit_ns > 0 ? state.last_commit_ns : start_boottime_ns_);
  progress_.in_trouble = !state.trouble.empty();
  MeasureFiles(database_path_, &progress_);
  const std::string trouble = metrics_.Write(progress_, Clock::now());
  if (!trouble.empty()) log_->Say(Level::kWarning, trouble);
}

Moment StatusReporter::due() const {
  return Earliest({notifier_.due(), metrics_.due(), heartbeat_->due()});
}

}  // namespace forkdb
