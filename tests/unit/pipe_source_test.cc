#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <string>
#include <vector>

#include "recorder/source/file_source.h"
#include "tests/unit/testing.h"

namespace forkdb {
namespace {

using testing::ElementsAre;

class PipeSourceTest : public testing::Test {
 protected:
  PipeSourceTest() : path_(dir_.File("source")) {
    if (mkfifo(path_.c_str(), 0600) != 0) std::abort();
  }

  // Opens the pipe as a writer; there must be a reader.
  int OpenWriter() { return open(path_.c_str(), O_WRONLY | O_NONBLOCK); }

  static void Send(int fd, const std::string& bytes) {
    ASSERT_EQ(write(fd, bytes.data(), bytes.size()),
              static_cast<ssize_t>(bytes.size()));
  }

  static bool IsReady(const FileSource& source) {
    pollfd target = {source.ready().fd, source.ready().events, 0};
    return poll(&target, 1, 0) > 0;
  }

  TempDir dir_;
  std::string path_;
  Batch batch_;
};

TEST_F(PipeSourceTest, IsReadFromOneWriterAfterAnother) {
  FileSource source(path_, "", kStartNs);
  for (int64_t seq = 1; seq <= 7; seq += 2) {
    const int writer = OpenWriter();
    Send(writer, kHeader + Lines(seq, seq));
    EXPECT_EQ(source.Read(&batch_), ReadResult::kAgain);
    Send(writer, Lines(seq + 1, seq + 1));
    close(writer);
    EXPECT_EQ(source.Read(&batch_), ReadResult::kEnd);
  }
  EXPECT_THAT(Seqs(batch_), ElementsAre(1, 2, 3, 4, 5, 6, 7, 8));
  EXPECT_EQ(batch_.rejected, 0);
}

TEST_F(PipeSourceTest, IsIdleOnceItsWriterHasGone) {
  FileSource source(path_, "", kStartNs);
  EXPECT_FALSE(IsReady(source));
  for (const std::string& bytes : {std::string(), kHeader + Lines(1, 1)}) {
    const int writer = OpenWriter();
    Send(writer, bytes);
    close(writer);
    source.Read(&batch_);
    EXPECT_FALSE(IsReady(source)) << "would be polled without end: " << bytes;
  }
}

TEST_F(PipeSourceTest, RejectsWhatAWriterDidNotFinish) {
  FileSource source(path_, "", kStartNs);
  int writer = OpenWriter();
  Send(writer, kHeader + Lines(1, 1) + "2 17");
  close(writer);
  source.Read(&batch_);
  EXPECT_THAT(Reasons(batch_), ElementsAre("line cut short"));
  writer = OpenWriter();
  Send(writer, kHeader + Lines(2, 2));
  close(writer);
  source.Read(&batch_);
  EXPECT_THAT(Seqs(batch_), ElementsAre(1, 2));
}

}  // namespace
}  // namespace forkdb
