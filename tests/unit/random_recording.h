// A random history as it is recorded: part by part, out of order, and pruned.

#ifndef FORKDB_TESTS_UNIT_RANDOM_RECORDING_H_
#define FORKDB_TESTS_UNIT_RANDOM_RECORDING_H_

#include <SQLiteCpp/Database.h>

#include <cstdint>
#include <map>
#include <memory>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "recorder/database/pruner.h"
#include "recorder/ingest/writer.h"
#include "store/record.h"

namespace forkdb {

// A record as it was handed to the writer.
struct Recorded {
  Record record;
  int64_t boot = 0;   // 1 or 2, in the order of time
  int64_t order = 0;  // in its boot
};

// Records two boots, each in three streams that follow one another: families of
// processes go on from one stream to the next. The streams are written in turn,
// so that later records may be stored before earlier ones. Times grow with the
// order in which calls were made, and no two are equal.
class RandomRecording {
 public:
  // Two recordings have no time in common if their offsets differ by less than
  // a millisecond.
  RandomRecording(std::string path, uint32_t seed, int64_t offset_ns);

  // Writes some records of one stream, of which some stay away until later.
  // Then deletes a block or thins one, at times. Returns false once all records
  // are written.
  bool Step();

  const std::string& path() const { return path_; }
  SQLite::Database* database() { return &database_; }
  // The row of the table boots; 0 before it has one.
  int64_t BootRow(int64_t boot);

  // Records that the database still has, by id.
  std::map<int64_t, const Recorded*> Kept();

  // The calls of the process that this record created, and of its descendants:
  // among the kept records, by pid and start.
  std::set<int64_t> Under(int64_t id);

 private:
  struct Part {
    Stream stream;
    int64_t id = 0;              // of the stream; 0 before it has one
    std::vector<Recorded> left;  // the next one last
    std::vector<Recorded> late;  // held back
  };

  void AddBoot(int64_t boot, int64_t offset_ns);
  void Write(Part* part);
  void Prune();
  bool OneIn(unsigned n) { return random_() % n == 0; }

  std::mt19937 random_;
  std::string path_;
  SQLite::Database database_;
  Pruner pruner_;
  std::vector<Part> parts_;
  std::unique_ptr<Writer> writer_;
  const Part* writing_ = nullptr;        // the part that the writer is for
  std::map<int64_t, Recorded> written_;  // by id
};

}  // namespace forkdb

#endif  // FORKDB_TESTS_UNIT_RANDOM_RECORDING_H_
