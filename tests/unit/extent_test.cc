#include "query/coverage/extent.h"

#include <gtest/gtest.h>

#include "recorder/ingest/writer.h"
#include "store/database.h"
#include "tests/unit/testing.h"

namespace forkdb {
namespace {

class Covered : public testing::Test {
 protected:
  Covered() : database_(OpenForWriting(kMemoryDatabase)) {}

  void Write(const Stream& stream, int64_t first_seq, int64_t last_seq) {
    Batch batch = MakeBatch(ForkRecords(first_seq, last_seq));
    Writer(&database_, "x").Write(stream, &batch, kStartNs);
  }

  std::string Described() { return Describe(ReadExtent(&database_), Zone::kUtc); }

  SQLite::Database database_;
};

TEST_F(Covered, IsNothingAtFirst) {
  EXPECT_EQ(Described(), "the database holds no records yet");
}

TEST_F(Covered, IsAllBlocksOpenAndClosed) {
  Write(ProcStream("a"), 1, 1);
  database_.exec("UPDATE boots SET host = NULL");
  EXPECT_EQ(Described(),
            "the database holds 1 record, from 2025-11-24T16:00:00.001000000Z "
            "to 2025-11-24T16:00:00.001000000Z");
  Write(ProcStream("a"), 2, 10'000);
  database_.exec("UPDATE boots SET host = 'web1'");
  EXPECT_EQ(Described(),
            "the database holds 10000 records of host web1, from "
            "2025-11-24T16:00:00.001000000Z to 2025-11-24T16:00:10.000000000Z");
}

TEST_F(Covered, NamesSomeHostsAndCountsBoots) {
  for (const char* boot : {"a", "b", "c", "d"}) Write(ProcStream(boot), 1, 2);
  const auto of = [&](const std::string& sql) {
    database_.exec(sql);
    const std::string text = Described();
    const size_t start = text.find(" of ");
    return text.substr(start + 1, text.find(", from") - start - 1);
  };
  EXPECT_EQ(of("UPDATE boots SET host = NULL"), "of 4 boots");
  EXPECT_EQ(of("UPDATE boots SET host = 'web1'"), "of host web1, 4 boots");
  EXPECT_EQ(of("UPDATE boots SET host = 'web' || (id % 2)"),
            "of hosts web0, web1, 4 boots");
  EXPECT_EQ(of("UPDATE boots SET host = 'web' || id"), "of 4 hosts, 4 boots");
}

}  // namespace
}  // namespace forkdb
