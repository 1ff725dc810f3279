#include "recorder/ingest/resolver.h"

namespace forkdb {

Resolver::Resolver(const StreamRow& stream, BlockSummaries* blocks,
                   Usernames* usernames, SQLite::Database* database)
    : dictionary_(database),
      users_(usernames, &dictionary_, database),
      parents_(stream.boot, blocks) {}

RecordRow Resolver::Resolve(int64_t id, const Record& record) {
  const bool success = !record.failed();
  if (!success) dictionary_.Errno(record.ret);

  RecordRow row;
  row[RecordRow::kId] = id;
  row[RecordRow::kTimeNs] = record.time_ns;
  row[RecordRow::kUser] = users_.RowOf(record.uid);
  row[RecordRow::kComm] = dictionary_.Comm(record.comm);
  row[RecordRow::kFlagSet] =
      dictionary_.FlagSet(record.flags, record.exit_signal);
  row[RecordRow::kNamespaceSet] = dictionary_.NamespaceSet(record);
  row[RecordRow::kPid] = record.pid;
  row[RecordRow::kTgid] = record.tgid;
  row[RecordRow::kPpid] = record.ppid;
  row[RecordRow::kStartNs] = record.start_ns;
  row[RecordRow::kRet] = record.ret;
  row[RecordRow::kChildPid] = success ? record.child_pid : RecordRow::kNull;
  row[RecordRow::kChildStartNs] =
      success ? record.child_start_ns : RecordRow::kNull;
  row[RecordRow::kChildNsPid] =
      success && record.child_ns_pid != record.child_pid ? record.child_ns_pid
                                                         : RecordRow::kNull;
  row[RecordRow::kCallerId] =
      parents_.Find(id, record).value_or(RecordRow::kNull);
  return row;
}

void Resolver::Forget() {
  dictionary_.Forget();
  users_.Forget();
}

}  // namespace forkdb
