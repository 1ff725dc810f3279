#include "recorder/ingest/streams.h"

#include <SQLiteCpp/Statement.h>

#include <string>

namespace forkdb {
namespace {

int64_t InsertStream(const Stream& stream, int64_t boot,
                     SQLite::Database* database) {
  SQLite::Statement insert(
      *database,
      "INSERT INTO streams (boot, source, attachment, hook, attach_ns, "
      "capacity, attach_boottime_ns) "
      "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) ON CONFLICT DO NOTHING");
  insert.bind(1, boot);
  insert.bindNoCopy(2, stream.source);
  insert.bindNoCopy(3, stream.attachment);
  insert.bindNoCopy(4, stream.hook);
  insert.bind(5, stream.attach_ns);
  insert.bind(6, stream.capacity);
  if (stream.attach_boottime_ns) insert.bind(7, *stream.attach_boottime_ns);
  insert.exec();
  SQLite::Statement find(*database,
                         "SELECT id FROM streams "
                         "WHERE boot = ?1 AND source = ?2 AND attachment = ?3");
  find.bind(1, boot);
  find.bindNoCopy(2, stream.source);
  find.bindNoCopy(3, stream.attachment);
  find.executeStep();
  return find.getColumn(0).getInt64();
}

}  // namespace

int64_t FindOrInsertBoot(const Boot& boot, SQLite::Database* database) {
  SQLite::Statement insert(
      *database,
      "INSERT INTO boots (boot_id, host, machine_id, kernel_release, boot_ns) "
      "VALUES (?1, nullif(?2, ''), nullif(?3, ''), nullif(?4, ''), ?5) "
      "ON CONFLICT DO NOTHING");
  insert.bindNoCopy(1, boot.boot_id);
  insert.bindNoCopy(2, boot.host);
  insert.bindNoCopy(3, boot.machine_id);
  insert.bindNoCopy(4, boot.kernel_release);
  if (boot.boot_ns) insert.bind(5, *boot.boot_ns);
  insert.exec();
  SQLite::Statement find(*database, "SELECT id FROM boots WHERE boot_id = ?1");
  find.bindNoCopy(1, boot.boot_id);
  find.executeStep();
  return find.getColumn(0).getInt64();
}

StreamRow FindOrInsertStream(const Stream& stream, SQLite::Database* database) {
  const int64_t boot = FindOrInsertBoot(stream.boot, database);
  return {InsertStream(stream, boot, database), boot};
}

int64_t FindNextSeq(const Stream& stream, SQLite::Database* database) {
  SQLite::Statement find(
      *database,
      "SELECT s.next_seq FROM boots AS b JOIN streams AS s ON s.boot = b.id "
      "WHERE b.boot_id = ?1 AND s.source = ?2 AND s.attachment = ?3");
  find.bindNoCopy(1, stream.boot.boot_id);
  find.bindNoCopy(2, stream.source);
  find.bindNoCopy(3, stream.attachment);
  return find.executeStep() ? find.getColumn(0).getInt64() : 1;
}

}  // namespace forkdb
