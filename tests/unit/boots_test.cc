#include "query/database/boots.h"

#include <gtest/gtest.h>

#include <vector>

#include "base/duration.h"
#include "query/print/boots_printer.h"
#include "recorder/ingest/writer.h"
#include "store/database.h"
#include "tests/unit/testing.h"

namespace forkdb {
namespace {

constexpr int64_t kSecond = kNsPerSecond;

// A stream of a boot that was attached at seconds of the clock and of the boot.
Stream StreamAt(const std::string& boot, int64_t clock_s, int64_t boottime_s) {
  Stream stream = ProcStream(boot);
  stream.source = kEbpf;
  stream.attachment = std::to_string(boottime_s);
  stream.attach_ns = kStartNs + clock_s * kSecond;
  stream.attach_boottime_ns = boottime_s * kSecond;
  return stream;
}

void Write(const Stream& stream, const std::vector<Record>& records,
           SQLite::Database* database) {
  Batch batch = MakeBatch(records);
  Writer(database, "x").Write(stream, &batch, kStartNs);
}

TEST(Boots, HaveTheirTimesLossesAndDowntime) {
  SQLite::Database database = OpenForWriting(kMemoryDatabase);
  // The recorder was stopped for 20 seconds; numbers 4 to 6 are missing.
  const Stream first = StreamAt("a", 100, 50);
  const Stream again = StreamAt("a", 130, 80);
  Write(first, {ForkRecord(1), ForkRecord(2), ForkRecord(3), ForkRecord(7)},
        &database);
  Writer(&database, "x")
      .MarkWatched(first, {kStartNs + 110 * kSecond, 60 * kSecond});
  Write(again, ForkRecords(1, 9000), &database);
  Write(StreamAt("b", 500, 10), {}, &database);
  const std::vector<BootSummary> boots = ReadBoots(&database);
  ASSERT_EQ(boots.size(), 2U);
  EXPECT_EQ(boots[0].boot_id, "a");
  EXPECT_EQ(boots[0].records, 9004);
  EXPECT_EQ(boots[0].first_ns, ForkRecord(1).time_ns);
  EXPECT_EQ(boots[0].last_ns, ForkRecord(9000).time_ns);
  EXPECT_EQ(boots[0].missing, 3);
  EXPECT_EQ(boots[0].downtime_ns, 20 * kSecond);
  EXPECT_EQ(boots[1].boot_id, "b");
  EXPECT_EQ(boots[1].records, 0);
  EXPECT_EQ(boots[1].first_ns, std::nullopt);
  EXPECT_EQ(boots[1].missing, 0);
  EXPECT_EQ(boots[1].downtime_ns, 10 * kSecond) << "until it was attached";
}

TEST(Boots, ArePrintedWithTheirNumber) {
  const std::vector<BootSummary> boots = {
      {"3f2a", "web1", 7, kStartNs, kStartNs + 1, 2, 180 * kSecond},
      {"9c41", "", 0, std::nullopt, std::nullopt, 0, 0}};
  const auto printed = [&](Format format) {
    return Printed([&](std::FILE* stream) {
      PrintBoots(boots, Output{format, stream});
    });
  };
  EXPECT_EQ(printed(Format::kCsv),
            "boot,boot_id,host,first,last,records,missing,downtime_ns\n"
            "-1,3f2a,web1,2025-11-24T16:00:00.000000000Z,"
            "2025-11-24T16:00:00.000000001Z,7,2,180000000000\n"
            "0,9c41,,,,0,0,0\n");
  EXPECT_NE(printed(Format::kTable).find("  3 min\n"), std::string::npos);
}

}  // namespace
}  // namespace forkdb
