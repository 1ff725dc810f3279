#include "recorder/daemon/backoff.h"

#include <algorithm>

namespace forkdb {
namespace {

constexpr std::chrono::milliseconds kFirstPause(100);
constexpr std::chrono::milliseconds kLongestPause(5000);

}  // namespace

bool Backoff::Failed(const std::string& trouble, Clock::time_point now) {
  pause_ = retry_ ? std::min<Clock::duration>(2 * pause_, kLongestPause)
                  : kFirstPause;
  retry_ = now + pause_;
  const bool is_new = trouble != trouble_;
  trouble_ = trouble;
  return is_new;
}

bool Backoff::Succeeded() {
  if (!retry_) return false;
  retry_.reset();
  trouble_.clear();
  return true;
}

}  // namespace forkdb
