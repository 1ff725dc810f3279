#include "recorder/ingest/alive_table.h"

#include <SQLiteCpp/Statement.h>
#include <SQLiteCpp/Transaction.h>

#include <unordered_map>
#include <unordered_set>

#include "base/escape.h"
#include "recorder/ingest/run.h"
#include "recorder/ingest/streams.h"
#include "recorder/ingest/usernames.h"
#include "store/database.h"

namespace forkdb {
namespace {

// The rows of one boot.
class Table {
 public:
  Table(int64_t boot, SQLite::Database* database)
      : boot_(boot),
        find_(*database,
              "SELECT id FROM alive WHERE boot = ?1 AND start_tick = ?2 "
              "AND pid = ?3"),
        insert_(*database,
                "INSERT INTO alive (boot, start_tick, pid, ppid, uid, "
                "username, comm, ns_pid, seen_ns) VALUES "
                "(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)"),
        set_parent_(*database, "UPDATE alive SET parent = ?2 WHERE id = ?1") {
    insert_.bind(1, boot);
  }

  // Returns the id of the process's row, or 0.
  int64_t Find(const AliveProcess& process) {
    return FindInteger({boot_, process.start_tick, process.pid}, &find_)
        .value_or(0);
  }

  void Insert(const AliveProcess& process, const std::string& username,
              int64_t now_ns) {
    insert_.bind(2, process.start_tick);
    insert_.bind(3, process.pid);
    insert_.bind(4, process.ppid);
    insert_.bind(5, int64_t{process.uid});
    insert_.bind(6, username);
    if (IsUtf8(process.comm)) {
      insert_.bind(7, process.comm);
    } else {
      insert_.bind(7, process.comm.data(),
                   static_cast<int>(process.comm.size()));
    }
    insert_.bind(8);
    if (process.ns_pid != process.pid) insert_.bind(8, process.ns_pid);
    insert_.bind(9, now_ns);
    insert_.exec();
    insert_.reset();
  }

  void SetParent(int64_t id, int64_t parent) {
    Run({id, parent}, &set_parent_);
  }

 private:
  int64_t boot_;
  SQLite::Statement find_, insert_, set_parent_;
};

// A parent started before its child: a younger process with that pid is another
// process.
void SetParents(const std::vector<AliveProcess>& processes,
                const std::vector<int64_t>& ids,
                const std::vector<size_t>& added, Table* table) {
  std::unordered_map<int32_t, size_t> by_pid;
  for (size_t i = 0; i < processes.size(); ++i) {
    by_pid.emplace(processes[i].pid, i);
  }
  for (const size_t i : added) {
    const auto parent = by_pid.find(processes[i].ppid);
    if (parent == by_pid.end() || parent->second == i ||
        processes[parent->second].start_tick > processes[i].start_tick) {
      continue;
    }
    table->SetParent(ids[i], ids[parent->second]);
  }
}

}  // namespace

int64_t StoreAlive(const Boot& boot, const ProcSnapshot& reading,
                   int64_t now_ns, SQLite::Database* database,
                   const std::string& path, Usernames* usernames) try {
  std::unordered_set<uint32_t> uids;
  for (const AliveProcess& process : reading.processes) {
    uids.insert(process.uid);
  }
  usernames->Prepare({uids.begin(), uids.end()}, now_ns);
  SQLite::Transaction transaction(*database,
                                  SQLite::TransactionBehavior::IMMEDIATE);
  Table table(FindOrInsertBoot(boot, database), database);
  std::vector<int64_t> ids;
  std::vector<size_t> added;
  for (const AliveProcess& process : reading.processes) {
    int64_t id = table.Find(process);
    if (id == 0) {
      const std::string* username = usernames->Find(process.uid);
      if (username == nullptr) usernames->WaitFor(process.uid);
      table.Insert(
          process,
          username != nullptr ? *username : std::to_string(process.uid),
          now_ns);
      id = database->getLastInsertRowid();
      added.push_back(ids.size());
    }
    ids.push_back(id);
  }
  SetParents(reading.processes, ids, added, &table);
  transaction.commit();
  return static_cast<int64_t>(added.size());
} catch (const SQLite::Exception& e) {
  throw DatabaseError(path, e);
}

std::string NoteAlive(const Stream& stream, int64_t now_ns,
                      SQLite::Database* database, const std::string& path,
                      Usernames* usernames) {
  if (stream.source == kFile) return "";
  // A saved copy may come from another boot.
  if (stream.boot.boot_id != CurrentBoot().boot_id) return "";
  const ProcSnapshot reading = ReadProcSnapshot("/proc", ProcSnapshot::kMost);
  StoreAlive(stream.boot, reading, now_ns, database, path, usernames);
  return reading.trouble;
}

}  // namespace forkdb
