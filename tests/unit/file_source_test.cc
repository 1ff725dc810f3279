#include "recorder/source/file_source.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>
#include <string>
#include <vector>

#include "base/error.h"
#include "tests/unit/testing.h"

namespace forkdb {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class FileSourceTest : public testing::Test {
 protected:
  FileSourceTest() : path_(dir_.File("source")) {}

  // What is wrong with a file of these bytes.
  std::string Refusal(const std::string& bytes) {
    WriteFile(path_, bytes);
    return MessageOf<Error>([&] {
      FileSource source(path_, "", kStartNs);
      Batch batch;
      source.Read(&batch);
      source.Finish(&batch);
    });
  }

  void Append(const std::string& bytes) {
    std::ofstream(path_, std::ios::app | std::ios::binary) << bytes;
  }

  TempDir dir_;
  std::string path_;
  Batch batch_;
};

TEST_F(FileSourceTest, BringsOnlyWhatAFileHasGrownBy) {
  WriteFile(path_, kHeader + Lines(1, 3));
  FileSource source(path_, "", kStartNs);
  EXPECT_EQ(source.Read(&batch_), ReadResult::kEnd);
  EXPECT_THAT(Seqs(batch_), ElementsAre(1, 2, 3));
  batch_.Clear();
  EXPECT_EQ(source.Read(&batch_), ReadResult::kEnd);
  EXPECT_TRUE(batch_.records.empty());
  const std::string more = Lines(4, 5);
  Append(more.substr(0, more.size() - 5));  // the writer is not done
  source.Read(&batch_);
  EXPECT_THAT(Seqs(batch_), ElementsAre(4));
  batch_.Clear();
  Append(more.substr(more.size() - 5));
  source.Read(&batch_);
  source.Finish(&batch_);
  EXPECT_THAT(Seqs(batch_), ElementsAre(5));
  EXPECT_EQ(batch_.rejected, 0);
}

TEST_F(FileSourceTest, BelongsToABootOfItsOwnOrTheOneItIsGiven) {
  WriteFile(path_, kHeader);
  FileSource own(path_, "", kStartNs);
  own.Read(&batch_);
  EXPECT_EQ(own.stream().source, "file");
  EXPECT_EQ(own.stream().boot.boot_id, "file:" + path_);
  EXPECT_EQ(own.stream().capacity, 16384);
  EXPECT_EQ(own.stream().attach_ns, kStartNs);
  const FileSource given(path_, "0-1-2", kStartNs);
  EXPECT_EQ(given.stream().source, "proc");
  EXPECT_EQ(given.stream().boot.boot_id, "0-1-2");
}

TEST_F(FileSourceTest, RejectsLinesThatAreNoRecordsAndGoesOn) {
  WriteFile(path_, kHeader + Lines(1, 1) + "garbage\n\n" +
                       std::string(100'000, 'x') + "\n# a comment\n" +
                       std::string("\0\xff\n", 3) + Lines(2, 2) + "3 17640");
  FileSource source(path_, "", kStartNs);
  source.Read(&batch_);
  EXPECT_EQ(batch_.rejected, 4);
  source.Finish(&batch_);
  EXPECT_THAT(Seqs(batch_), ElementsAre(1, 2));
  EXPECT_THAT(
      Reasons(batch_),
      ElementsAre("seq: not a number", "seq: missing", "seq: not a number",
                  "seq: not a number", "line cut short"));
  EXPECT_EQ(batch_.rejects.back().line, "3 17640");
  EXPECT_EQ(batch_.rejects[2].line.size(), LineSplitter::kMaxLine);
}

TEST_F(FileSourceTest, RejectsALastRecordWithoutItsNewline) {
  // Its last field may have been cut.
  std::string lines = Lines(1, 2);
  lines.pop_back();
  WriteFile(path_, kHeader + lines);
  FileSource source(path_, "", kStartNs);
  source.Read(&batch_);
  source.Finish(&batch_);
  EXPECT_THAT(Seqs(batch_), ElementsAre(1));
  EXPECT_THAT(Reasons(batch_), ElementsAre("line cut short"));
}

TEST_F(FileSourceTest, RefusesWhatIsNoForkInfo) {
  for (const std::string& bytes : std::vector<std::string>{
           "", "\n", "fork_info", Lines(1, 1), "root:x:0:0\n",
           std::string("\x7f"
                       "ELF\0\1\1",
                       7),
           std::string(1'000'000, '\0')}) {
    EXPECT_THAT(Refusal(bytes), HasSubstr("not a fork_info file"))
        << bytes.substr(0, 40);
  }
  EXPECT_EQ(Refusal(kHeader), "no exception");
  EXPECT_THAT(Refusal("fork_info - version: 2 capacity: 8\n"),
              HasSubstr("format version 2, this forkdb knows 1: upgrade"));
}

TEST_F(FileSourceTest, RefusesWhatItCannotRead) {
  const auto refusal = [](const std::string& path) {
    return MessageOf<Error>([&] {
      FileSource source(path, "", kStartNs);
      Batch batch;
      source.Read(&batch);
    });
  };
  EXPECT_THAT(refusal(dir_.path()), HasSubstr("Is a directory"));
  EXPECT_THAT(refusal(dir_.File("none")), HasSubstr("check --source"));
  EXPECT_THAT(refusal("/dev/zero"), HasSubstr("not a fork_info file"));
}

TEST_F(FileSourceTest, ReturnsFromALineWithoutEnd) {
  WriteFile(path_, kHeader);
  ASSERT_EQ(truncate(path_.c_str(), 64L << 20), 0);
  FileSource source(path_, "", kStartNs);
  EXPECT_EQ(source.Read(&batch_), ReadResult::kMore);
  EXPECT_TRUE(batch_.records.empty());
}

TEST_F(FileSourceTest, ReturnsFromBadLinesWithoutEnd) {
  std::string lines;
  for (size_t i = 0; i < 3 * Batch::kMaxRecords; ++i) lines += "x\n";
  WriteFile(path_, kHeader + lines);
  FileSource source(path_, "", kStartNs);
  EXPECT_EQ(source.Read(&batch_), ReadResult::kMore);
  EXPECT_EQ(batch_.rejects.size(), Batch::kMaxRejects);
  batch_.Clear();
  EXPECT_EQ(source.Read(&batch_), ReadResult::kMore);
}

TEST_F(FileSourceTest, HandsOverABacklogInBatches) {
  constexpr int64_t kCount = 3 * static_cast<int64_t>(Batch::kMaxRecords);
  WriteFile(path_, kHeader + Lines(1, kCount));
  FileSource source(path_, "", kStartNs);
  int64_t next_seq = 1;
  ReadResult result = ReadResult::kMore;
  int readings = 0;
  while (result == ReadResult::kMore) {
    result = source.Read(&batch_);
    EXPECT_LT(batch_.records.size(), Batch::kMaxRecords * 11 / 10);
    for (const Record& record : batch_.records) {
      ASSERT_EQ(record.seq, next_seq++);
    }
    batch_.Clear();
    ++readings;
  }
  EXPECT_EQ(next_seq, kCount + 1);
  EXPECT_GE(readings, 3);
}

}  // namespace
}  // namespace forkdb
