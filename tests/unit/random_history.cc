#include "tests/unit/random_history.h"

#include <vector>

#include "recorder/ingest/writer.h"
#include "store/database.h"
#include "tests/unit/testing.h"

namespace forkdb {
namespace {

// A record whose values are common in some blocks and rare in others.
Record RandomRecord(int64_t seq, std::mt19937* random) {
  const auto one_in = [&](unsigned n) { return (*random)() % n == 0; };
  Record record =
      one_in(50) ? FailedRecord(seq, one_in(3) ? 12 : 11) : ForkRecord(seq);
  record.time_ns += static_cast<int64_t>((*random)() % 1'000'000'000);
  record.comm = "c" + std::to_string((*random)() % 8);
  if (one_in(3000)) record.comm = "rare" + std::to_string((*random)() % 3);
  record.uid = 4'000'000'000U + (*random)() % 4 * (seq > kBlockRecords ? 1 : 0);
  if (one_in(4)) record.flags = 0x10000100;
  if (one_in(2000)) record.flags = 0x50000000;
  if (one_in(20)) record.flags = 0x3d0f00;
  if (seq % 997 == 0) record.child_user_ns = 4'026'532'000U + seq % 5;
  record.pid = 100 + static_cast<int32_t>((*random)() % 3000 + seq / 10);
  record.tgid = one_in(2) ? record.pid : record.pid - 1;
  if (one_in(1500)) {
    record.pid = record.tgid = 2;
    record.ppid = 0;
  }
  if (seq % 101 == 0) {  // by the child of an earlier one
    const Record maker = ForkRecord(seq - 100);
    record.pid = record.tgid = maker.child_pid;
    record.start_ns = maker.child_start_ns;
    if (seq % 2 == 0) record.user_ns = 4'026'532'001U;
  }
  if (seq % 509 == 0 && !record.failed()) record.child_pid_ns = 4'026'532'100U;
  return record;
}

}  // namespace

void MakeRandomHistory(const std::string& path) {
  SQLite::Database database = OpenForWriting(path);
  std::mt19937 random(1);
  for (const char* boot : {"first", "second"}) {
    Writer writer(&database, path);
    std::vector<Record> records;
    for (int64_t seq = 1; seq <= kHistoryRecords; ++seq) {
      records.push_back(RandomRecord(seq, &random));
    }
    Batch batch = MakeBatch(records);
    writer.Write(ProcStream(boot), &batch, kStartNs);
  }
}

namespace {

void AskFlagSets(std::mt19937* random, Asked* asked) {
  const auto often = [&](unsigned n) { return (*random)() % n == 0; };
  const auto also = [&](const char* sql) {
    asked->sql += std::string(" AND ") + sql;
  };
  if (often(6)) {
    asked->filter.not_flags = 0x40000100;
    also("flags_raw & 0x40000100 = 0");
  }
  if (often(6)) {
    asked->filter.threads = often(2);
    also(*asked->filter.threads ? "kind = 'thread'" : "kind <> 'thread'");
  }
  if (often(6)) {
    asked->filter.new_namespaces = 0x60000000;
    also("flags_raw & 0x60000000");
  }
  if (often(8)) {
    asked->filter.values["kind"] = {"kthread"};
    also("kind = 'kthread'");
  } else if (often(6)) {
    asked->filter.values["kind"] = {"fork", "kthread"};
    also("kind IN ('fork', 'kthread')");
  } else if (often(6)) {
    asked->filter.values["kind"] = {"fork", "namespace"};
    also("kind IN ('fork', 'namespace')");
  }
}

}  // namespace

Asked RandomQuestion(std::mt19937* random) {
  Asked asked;
  const auto often = [&](unsigned n) { return (*random)() % n == 0; };
  const auto also = [&](const std::string& sql) { asked.sql += " AND " + sql; };
  if (often(3)) {
    asked.filter.values["comm"] = {"c1", "rare?"};
    also("(comm = 'c1' OR comm GLOB 'rare?')");
  } else if (often(6)) {
    asked.filter.values["comm"] = {"*"};
  }
  if (often(3)) {
    const auto uid = 4'000'000'000 + static_cast<int64_t>((*random)() % 5);
    asked.filter.values["uid"] = {uid};
    also("uid = " + std::to_string(uid));
  }
  if (often(4)) {
    asked.filter.flags = 0x10000000;
    if (often(2)) asked.filter.flags |= 0x40000000;
    also(asked.filter.flags == 0x10000000
             ? "flags_raw & 0x10000000"
             : "flags_raw & 0x50000000 = 0x50000000");
  }
  if (often(4)) {
    asked.filter.values["errno"] = {"ENOMEM"};
    also("errno = 'ENOMEM'");
  } else if (often(4)) {
    asked.filter.failed = true;
    also("ret < 0");
  } else if (often(4)) {
    asked.filter.succeeded = true;
    also("ret > 0");
  }
  if (often(8)) {
    asked.filter.changed_namespaces = true;
    also(
        "(user_ns <> (SELECT child_user_ns FROM forks AS m WHERE m.id = "
        "forks.caller_id) OR (child_pid_ns <> pid_ns AND NOT flags_raw & "
        "0x20000000))");
  }
  if (often(4)) {
    const auto pid = 100 + static_cast<int64_t>((*random)() % 3500);
    asked.filter.pids = {pid, pid + 1};
    also("(pid BETWEEN {0} AND {0} + 1 OR tgid BETWEEN {0} AND {0} + 1)");
    for (size_t at; (at = asked.sql.find("{0}")) != std::string::npos;) {
      asked.sql.replace(at, 3, std::to_string(pid));
    }
  }
  AskFlagSets(random, &asked);
  if (often(6)) {
    asked.filter.namespaces = {int64_t{4'026'532'001}, int64_t{4'026'532'003}};
    also("(child_user_ns IN (4026532001, 4026532003) OR user_ns = 4026532001)");
  }
  if (often(5)) {
    const auto child =
        10'000 + static_cast<int64_t>((*random)() % kHistoryRecords);
    asked.filter.values["child_pid"] = {child, child + 5000};
    also("child_pid IN (" + std::to_string(child) + ", " +
         std::to_string(child + 5000) + ")");
  }
  if (often(8)) {
    asked.filter.values["ppid"] = {1, 2};
    also("ppid IN (1, 2)");
  }
  if (often(8)) {
    const auto tgid = 100 + static_cast<int64_t>((*random)() % 3500);
    asked.filter.values["tgid"] = {tgid, 2};
    also("tgid IN (2, " + std::to_string(tgid) + ")");
  }
  if (often(8)) {
    asked.filter.not_values["comm"] = {"c2", "rare*"};
    also("NOT (comm IS 'c2' OR comm GLOB 'rare*')");
  }
  if (often(8)) {
    asked.filter.not_values["username"] = {int64_t{4'000'000'002}};
    also("uid <> 4000000002");
  }
  if (often(8)) {
    asked.filter.not_values["errno"] = {"EAGAIN", "ENOMEM"};
    also("(errno IS NULL OR errno NOT IN ('EAGAIN', 'ENOMEM'))");
  }
  if (often(3)) {
    asked.filter.since_ns =
        kStartNs +
        static_cast<int64_t>((*random)() % kHistoryRecords) * 1'000'000;
    also("time_ns >= " + std::to_string(*asked.filter.since_ns));
  }
  if (often(3)) {
    asked.filter.until_ns =
        kStartNs +
        static_cast<int64_t>((*random)() % kHistoryRecords) * 1'000'000;
    also("time_ns <= " + std::to_string(*asked.filter.until_ns));
  }
  if (often(4)) {
    asked.filter.boot = 2;
    also("stream = 2");
  }
  if (often(4)) {
    asked.filter.condition = "pid % 2 = 0";
    also("pid % 2 = 0");
  }
  return asked;
}

}  // namespace forkdb
