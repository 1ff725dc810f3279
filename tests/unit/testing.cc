#include "tests/unit/testing.h"

#include <SQLiteCpp/Statement.h>
#include <sys/stat.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <stdexcept>
#include <utility>

#include "recorder/source/parser.h"

namespace forkdb {

TempDir::TempDir() {
  path_ = (std::filesystem::temp_directory_path() / "forkdb-XXXXXX").string();
  if (mkdtemp(path_.data()) == nullptr) throw std::runtime_error("mkdtemp");
  chmod(path_.c_str(), 0755);
}

TempDir::~TempDir() { std::filesystem::remove_all(path_); }

std::string ReadFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file),
          std::istreambuf_iterator<char>()};
}

void WriteFile(const std::string& path, const std::string& bytes) {
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  file << bytes;
  if (!file.flush()) throw std::runtime_error("cannot write " + path);
}

Record ForkRecord(int64_t seq) {
  constexpr uint32_t kPidNs = 4026531836;
  constexpr uint32_t kUserNs = 4026531837;
  Record record;
  record.seq = seq;
  record.time_ns = kStartNs + seq * 1'000'000;
  record.exit_signal = 17;
  record.pid = 100;
  record.tgid = 100;
  record.ppid = 1;
  record.start_ns = 1000;
  record.pid_ns = kPidNs;
  record.user_ns = kUserNs;
  record.ret = static_cast<int32_t>(10'000 + seq);
  record.child_pid = record.ret;
  record.child_start_ns = seq * 1'000'000;  // a millisecond apart
  record.child_pid_ns = kPidNs;
  record.child_ns_pid = record.ret;
  record.child_user_ns = kUserNs;
  record.comm = "sh";
  return record;
}

Record FailedRecord(int64_t seq, int error_number) {
  Record record = ForkRecord(seq);
  record.ret = -error_number;
  record.child_pid = 0;
  record.child_start_ns = 0;
  record.child_pid_ns = 0;
  record.child_ns_pid = 0;
  record.child_user_ns = 0;
  return record;
}

std::vector<Record> ForkRecords(int64_t first_seq, int64_t last_seq) {
  std::vector<Record> records;
  for (int64_t seq = first_seq; seq <= last_seq; ++seq) {
    records.push_back(ForkRecord(seq));
  }
  return records;
}

Stream ProcStream(const std::string& boot_id) {
  Stream stream;
  stream.boot.boot_id = boot_id;
  stream.source = "proc";
  stream.hook = "kernel_clone";
  stream.attach_ns = kStartNs;
  stream.capacity = 16384;
  return stream;
}

std::string Lines(int64_t first_seq, int64_t last_seq) {
  std::string lines;
  for (const Record& record : ForkRecords(first_seq, last_seq)) {
    lines += FormatRecord(record) + "\n";
  }
  return lines;
}

std::vector<int64_t> Seqs(const Batch& batch) {
  std::vector<int64_t> seqs;
  for (const Record& record : batch.records) seqs.push_back(record.seq);
  return seqs;
}

std::vector<std::string> Reasons(const Batch& batch) {
  std::vector<std::string> reasons;
  for (const Reject& reject : batch.rejects) reasons.push_back(reject.reason);
  return reasons;
}

Batch MakeBatch(std::vector<Record> records) {
  Batch batch;
  batch.records = std::move(records);
  return batch;
}

std::string Ask(SQLite::Database* database, const std::string& sql) {
  SQLite::Statement statement(*database, sql);
  std::string text;
  while (statement.executeStep()) {
    if (!text.empty()) text += '\n';
    for (int i = 0; i < statement.getColumnCount(); ++i) {
      if (i > 0) text += '|';
      text += statement.getColumn(i).getString();
    }
  }
  return text;
}

std::string Printed(const std::function<void(std::FILE*)>& print) {
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::tmpfile(),
                                                             std::fclose);
  print(file.get());
  std::rewind(file.get());
  std::string text;
  for (int c = std::getc(file.get()); c != EOF; c = std::getc(file.get())) {
    text += static_cast<char>(c);
  }
  return text;
}

}  // namespace forkdb
