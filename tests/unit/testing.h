// Helpers for tests: temporary directories, records, query results as text.

#ifndef FORKDB_TESTS_UNIT_TESTING_H_
#define FORKDB_TESTS_UNIT_TESTING_H_

#include <SQLiteCpp/Database.h>

#include <cstdint>
#include <cstdio>
#include <functional>
#include <string>
#include <vector>

#include "recorder/source/source.h"
#include "store/record.h"

namespace forkdb {

// A directory that every user may enter. The destructor removes it and its
// contents.
class TempDir {
 public:
  TempDir();
  ~TempDir();
  TempDir(const TempDir&) = delete;
  TempDir& operator=(const TempDir&) = delete;

  const std::string& path() const { return path_; }
  std::string File(const std::string& name) const { return path_ + "/" + name; }

 private:
  std::string path_;
};

std::string ReadFile(const std::string& path);
void WriteFile(const std::string& path, const std::string& bytes);

// The time of record seq is kStartNs + seq ms.
inline constexpr int64_t kStartNs = 1'764'000'000'000'000'000;

// A plain fork by process 100, start time 1000. The child is process
// 10000 + seq, start time seq.
Record ForkRecord(int64_t seq);

// The same call, failed with an errno.
Record FailedRecord(int64_t seq, int error_number);

std::vector<Record> ForkRecords(int64_t first_seq, int64_t last_seq);

// A stream of /proc/fork_info in the given boot.
Stream ProcStream(const std::string& boot_id);

// The header of /proc/fork_info, and the lines of ForkRecords().
inline constexpr char kHeader[] =
    "fork_info - version: 1 capacity: 16384\n# seq time_ns …\n";
std::string Lines(int64_t first_seq, int64_t last_seq);

// The contents of a batch, for comparison.
std::vector<int64_t> Seqs(const Batch& batch);
std::vector<std::string> Reasons(const Batch& batch);

Batch MakeBatch(std::vector<Record> records);

// Returns the result as the sqlite3 program prints it: "|" between cells, a
// newline between rows, nothing for NULL.
std::string Ask(SQLite::Database* database, const std::string& sql);

// Returns what print writes to its stream.
std::string Printed(const std::function<void(std::FILE*)>& print);

// Returns the message of the Exception that call throws, or "no exception".
template <typename Exception, typename Call>
std::string MessageOf(const Call& call) {
  try {
    call();
  } catch (const Exception& e) {
    return e.what();
  }
  return "no exception";
}

}  // namespace forkdb

#endif  // FORKDB_TESTS_UNIT_TESTING_H_
