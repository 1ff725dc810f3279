#include "query/search/rows_by_time.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "base/saturate.h"
#include "query/search/runs.h"
#include "store/record.h"
#include "store/statement.h"
#include "terminal/progress.h"

namespace forkdb {

RowsByTime::RowsByTime(const Search& search, const RowRequest& request)
    : search_(search), request_(request), left_(request.limit) {
  std::vector<int64_t> streams;
  if (!request.order) streams = search.Streams();
  if (streams.size() > 1) {
    for (const StreamTimes& times :
         ReadStreamTimes(streams, search.database())) {
      const bool asked =
          !request.from_ids || request.from_ids->count(times.stream) > 0;
      if (asked && search.Touches(times.first_ns, times.last_ns)) {
        waiting_.push_back(times);
      }
    }
  }
  if (waiting_.size() < 2 && !request.from_ids) {
    waiting_.clear();
    whole_.emplace(search, request);
    return;
  }
  request_.columns += ", time_ns";
  // The next one last.
  std::sort(waiting_.begin(), waiting_.end(),
            [&](const StreamTimes& a, const StreamTimes& b) {
              return Precedes(Bound(b), Bound(a));
            });
  for (const StreamTimes& times : waiting_) {
    const bool is_first = &times == &waiting_.front();
    first_ns_ = is_first ? times.first_ns : std::min(first_ns_, times.first_ns);
    last_ns_ = is_first ? times.last_ns : std::max(last_ns_, times.last_ns);
  }
}

int64_t RowsByTime::Bound(const StreamTimes& times) const {
  return request_.descending ? times.last_ns : times.first_ns;
}

bool RowsByTime::Precedes(int64_t time_ns, int64_t other_ns) const {
  return request_.descending ? time_ns > other_ns : time_ns < other_ns;
}

bool RowsByTime::Open::Step() {
  statement = rows->Next();
  if (statement == nullptr) return false;
  time_ns = statement->getColumn(statement->getColumnCount() - 1).getInt64();
  return true;
}

void RowsByTime::OpenNext() {
  Open next;
  next.stream = waiting_.back().stream;
  waiting_.pop_back();
  IdRange ids = {RecordId(next.stream, 1),
                 RecordId(next.stream, kSeqLimit - 1)};
  if (request_.from_ids) ids.first = request_.from_ids->at(next.stream);
  next.rows = std::make_unique<RowCursor>(
      search_, request_, Runs(search_, request_.descending, ids));
  if (next.Step()) open_.push_back(std::move(next));
}

std::vector<RowsByTime::Open>::iterator RowsByTime::First() {
  return std::min_element(open_.begin(), open_.end(),
                          [&](const Open& a, const Open& b) {
                            const Open& early = request_.descending ? b : a;
                            const Open& late = request_.descending ? a : b;
                            return std::tie(early.time_ns, early.stream) <
                                   std::tie(late.time_ns, late.stream);
                          });
}

bool RowsByTime::Next(Row* row) {
  if (whole_) {
    SQLite::Statement* const statement = whole_->Next();
    if (statement != nullptr) ReadRow(statement, row);
    return statement != nullptr;
  }
  if (left_ == 0) return false;
  auto first = First();
  while (!waiting_.empty() &&
         (first == open_.end() ||
          !Precedes(first->time_ns, Bound(waiting_.back())))) {
    OpenNext();
    first = First();
  }
  if (first == open_.end()) return false;
  TellProgress(first->time_ns);
  ReadRow(first->statement, row);
  row->pop_back();
  if (!first->Step()) open_.erase(first);
  if (left_ > 0) --left_;
  return true;
}

void RowsByTime::TellProgress(int64_t time_ns) const {
  if (search_.progress() == nullptr) return;
  const int64_t done = request_.descending ? Minus(last_ns_, time_ns)
                                           : Minus(time_ns, first_ns_);
  search_.progress()->Set(std::max<int64_t>(0, done),
                          Minus(last_ns_, first_ns_));
}

std::map<int64_t, int64_t> FindNewestByStream(const Search& search,
                                              int64_t rows) {
  std::map<int64_t, int64_t> lowest;
  RowsByTime newest(search, {"id", /*descending=*/true, rows});
  for (Row row; newest.Next(&row);) {
    const int64_t id = IntegerOr(row.front(), 0);
    lowest[StreamOf(id)] = id;  // they come by descending id
  }
  return lowest;
}

}  // namespace forkdb
