// What the view forks shows of a record that the writer stored.

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "recorder/ingest/writer.h"
#include "store/database.h"
#include "tests/unit/testing.h"

namespace forkdb {
namespace {

class ViewTest : public testing::Test {
 protected:
  ViewTest()
      : database_(OpenForWriting(kMemoryDatabase)), writer_(&database_, "x") {}

  Drain Write(std::vector<Record> records) {
    Batch batch = MakeBatch(std::move(records));
    return writer_.Write(ProcStream("a"), &batch, kStartNs);
  }

  std::string Sql(const std::string& sql) { return Ask(&database_, sql); }

  SQLite::Database database_;
  Writer writer_;
};

TEST_F(ViewTest, ShowsWhatARecordSays) {
  Record record = ForkRecord(1);
  record.flags = 0x4100;
  record.uid = 0;
  record.ret = 5;
  record.child_ns_pid = 6;
  record.child_pid_ns = 7;
  record.child_user_ns = 8;
  Write({record});
  EXPECT_EQ(Sql("SELECT time, username, comm, pid, kind, flags, child_pid, ret,"
                " errno, stream, seq, boot FROM forks"),
            "2025-11-24T16:00:00.001000000Z|root|sh|100|vfork|CLONE_VM|"
            "CLONE_VFORK|10001|5||1|1|a");
  EXPECT_EQ(Sql("SELECT time_ns, flags_raw, exit_signal, uid, tgid, ppid, "
                "start_ns, pid_ns, user_ns, child_start_ns, child_pid_ns, "
                "child_ns_pid, child_user_ns, caller_id FROM forks"),
            "1764000000001000000|16640|17|0|100|1|1000|4026531836|4026531837|"
            "1000000|"
            "7|6|8|");
  EXPECT_EQ(Sql("SELECT * FROM signals"), "17|SIGCHLD");
}

TEST_F(ViewTest, ShowsAFailureWithoutAChild) {
  Record record = FailedRecord(1, 513);
  record.uid = 4'000'000'000;  // nobody's
  Write({record, FailedRecord(2, 11)});
  EXPECT_EQ(Sql("SELECT username, ret, errno, child_pid IS NULL, child_start_ns"
                " IS NULL, child_pid_ns IS NULL, child_ns_pid IS NULL, "
                "child_user_ns IS NULL FROM forks"),
            "4000000000|-513|ERESTARTNOINTR|1|1|1|1|1\n"
            "root|-11|EAGAIN|1|1|1|1|1");
  EXPECT_EQ(Sql("SELECT description FROM errnos WHERE ret = -11"),
            "Resource temporarily unavailable");
}

TEST_F(ViewTest, KeepsTheBytesOfACommAsTextOrBlob) {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"bash", "text|62617368"},
      {"", "text|"},
      {"\xc3\xa4", "text|C3A4"},
      {"a\nb", "text|610A62"},
      {"\xff", "blob|FF"},
      {"\xc3", "blob|C3"},
      {"\xed\xa0\x80", "blob|EDA080"}};
  int64_t seq = 0;
  for (const auto& [comm, stored] : cases) {
    Record record = ForkRecord(++seq);
    record.comm = comm;
    Write({record});
    EXPECT_EQ(Sql("SELECT typeof(comm), hex(comm) FROM forks WHERE seq = " +
                  std::to_string(seq)),
              stored);
  }
}

TEST_F(ViewTest, TellsTheKindOfARecord) {
  struct Case {
    uint64_t flags;
    int exit_signal;
    const char* kind;
  };
  const std::vector<Case> cases = {
      {0, 17, "fork"},
      {0x01200000, 17, "fork"},  // glibc's fork()
      {0x00001000, 17, "fork"},  // with a pidfd
      {0, 0, "process"},
      {0, 10, "process"},
      {0x4100, 17, "vfork"},
      {0x100004100, 17, "vfork"},  // posix_spawn()
      {0x4000, 17, "process"},
      {0x100, 17, "process"},
      {0x3d0f00, 0, "thread"},
      {0x3d4f00, 0, "thread"},
      {0x00020000, 17, "namespace"},
      {0x00000080, 17, "namespace"},
      {0x02000000, 17, "namespace"},
      {0x04000000, 17, "namespace"},
      {0x08000000, 17, "namespace"},
      {0x10000000, 17, "namespace"},
      {0x20000000, 17, "namespace"},
      {0x40000000, 17, "namespace"},
      {0x10004100, 17, "namespace"},
      {0x200000000, 17, "process"},
      {0x8000000000000000, 17, "process"},
  };
  int64_t seq = 0;
  for (const Case& c : cases) {
    Record record = ForkRecord(++seq);
    record.flags = c.flags;
    record.exit_signal = c.exit_signal;
    Write({record});
    EXPECT_EQ(Sql("SELECT kind FROM forks WHERE seq = " + std::to_string(seq)),
              c.kind)
        << std::hex << c.flags;
  }
}

TEST_F(ViewTest, TellsAKernelThreadByItsCaller) {
  Record kthreadd = ForkRecord(1);
  kthreadd.pid = kthreadd.tgid = kthreadd.ppid = 0;
  kthreadd.flags = 0x800b00;
  kthreadd.ret = kthreadd.child_pid = kthreadd.child_ns_pid = 2;
  Record init = ForkRecord(2);
  init.pid = init.tgid = init.ppid = 0;
  init.ret = init.child_pid = init.child_ns_pid = 1;
  Record worker = ForkRecord(3);
  worker.pid = worker.tgid = 2;
  worker.ppid = 0;
  worker.flags = 0x800b00;
  Record ordinary = ForkRecord(4);
  ordinary.pid = ordinary.tgid = 2;  // in another PID namespace's eyes
  ordinary.ppid = 1;
  Write({kthreadd, init, worker, ordinary});
  EXPECT_EQ(Sql("SELECT kind FROM forks"), "kthread\nfork\nkthread\nfork");
}

}  // namespace
}  // namespace forkdb
