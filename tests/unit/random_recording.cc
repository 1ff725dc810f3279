#include "tests/unit/random_recording.h"

#include <SQLiteCpp/Statement.h>
#include <linux/sched.h>

#include <algorithm>
#include <utility>

#include "store/database.h"
#include "tests/unit/random_family.h"
#include "tests/unit/testing.h"

namespace forkdb {

RandomRecording::RandomRecording(std::string path, uint32_t seed,
                                 int64_t offset_ns)
    : random_(seed),
      path_(std::move(path)),
      database_(OpenForWriting(path_)),
      pruner_(&database_) {
  for (const int64_t boot : {1, 2}) {
    AddBoot(boot, offset_ns + boot * 3'600'000'000'000);
  }
}

void RandomRecording::AddBoot(int64_t boot, int64_t offset_ns) {
  const std::vector<Record> records = RandomFamily(&random_);
  const auto count = static_cast<int64_t>(records.size());
  const int64_t first_cut = 1000 + static_cast<int64_t>(random_() % 3000);
  const int64_t second_cut =
      first_cut + 1000 + static_cast<int64_t>(random_() % 4000);
  int64_t begin = 0;
  for (const int64_t end : {first_cut, second_cut, count}) {
    Part& part = parts_.emplace_back();
    part.stream = ProcStream(path_ + std::to_string(boot));
    part.stream.source = begin == 0 ? kProc : kEbpf;
    part.stream.attachment = std::to_string(end);
    int64_t seq = 0;
    for (int64_t i = begin; i < end; ++i) {
      Record record = records[static_cast<size_t>(i)];
      const int64_t order = record.seq;
      // Fewer gaps than a cursor has room for.
      record.seq = seq += OneIn(500) ? 2 : 1;
      record.time_ns += offset_ns;
      record.comm = "c" + std::to_string(random_() % 4);
      // Most calls are of one user, who is thinned.
      record.uid = 4'000'000'000U + (OneIn(3) ? random_() % 4 : 0);
      part.left.push_back({record, boot, order});
    }
    std::reverse(part.left.begin(), part.left.end());
    begin = end;
  }
}

bool RandomRecording::Step() {
  std::vector<Part*> waiting;
  for (Part& part : parts_) {
    if (!part.left.empty() || !part.late.empty()) waiting.push_back(&part);
  }
  if (waiting.empty()) return false;
  Write(waiting[random_() % waiting.size()]);
  if (OneIn(3)) Prune();
  return true;
}

void RandomRecording::Write(Part* part) {
  std::vector<Recorded> now = std::move(part->late);
  part->late.clear();
  const size_t count = std::min(part->left.size(), 300 + random_() % 1500);
  const size_t late_from = count == 0 ? 0 : random_() % count;
  const size_t late_to = late_from + random_() % 100;
  for (size_t i = 0; i < count; ++i) {
    (i >= late_from && i < late_to ? part->late : now)
        .push_back(part->left.back());
    part->left.pop_back();
  }
  Batch batch;
  for (const Recorded& recorded : now) batch.records.push_back(recorded.record);
  // One recorder writes at a time, and one stream.
  if (writing_ != part || OneIn(4)) {
    writer_ = std::make_unique<Writer>(&database_, path_);
    writing_ = part;
  }
  writer_->Write(part->stream, &batch, kStartNs);
  if (part->id == 0) {
    part->id = database_.execAndGet("SELECT max(id) FROM streams").getInt64();
  }
  for (Recorded& recorded : now) {
    const int64_t id = RecordId(part->id, recorded.record.seq);
    written_[id] = std::move(recorded);
  }
}

void RandomRecording::Prune() {
  if (OneIn(2)) {
    pruner_.Prune(Pruner::kAnyTime);
  } else {
    pruner_.MakeRoom();
  }
}

int64_t RandomRecording::BootRow(int64_t boot) {
  SQLite::Statement find(database_, "SELECT id FROM boots WHERE boot_id = ?");
  find.bind(1, path_ + std::to_string(boot));
  return find.executeStep() ? find.getColumn(0).getInt64() : 0;
}

std::map<int64_t, const Recorded*> RandomRecording::Kept() {
  std::map<int64_t, const Recorded*> kept;
  SQLite::Statement find(database_, "SELECT id FROM records");
  while (find.executeStep()) {
    const int64_t id = find.getColumn(0).getInt64();
    kept[id] = &written_.at(id);
  }
  return kept;
}

std::set<int64_t> RandomRecording::Under(int64_t id) {
  const Recorded& root = written_.at(id);
  std::vector<std::pair<int64_t, int64_t>> in_order;  // with their ids
  for (const auto& [each, recorded] : Kept()) {
    if (recorded->boot == root.boot && recorded->order > root.order) {
      in_order.emplace_back(recorded->order, each);
    }
  }
  std::sort(in_order.begin(), in_order.end());
  std::set<std::pair<int32_t, int64_t>> family;
  const auto join = [&](const Record& record) {
    if (record.failed() || (record.flags & CLONE_THREAD) != 0) return;
    family.emplace(record.child_pid, record.child_start_ns);
  };
  join(root.record);
  std::set<int64_t> ids;
  for (const auto& [order, each] : in_order) {
    const Record& record = written_.at(each).record;
    if (family.count({record.tgid, record.start_ns}) == 0) continue;
    ids.insert(each);
    join(record);
  }
  return ids;
}

}  // namespace forkdb
