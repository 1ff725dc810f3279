#include "recorder/daemon/service.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <chrono>
#include <string>
#include <thread>

#include "base/log.h"
#include "tests/unit/testing.h"

namespace forkdb {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

class ServiceTest : public testing::Test {
 protected:
  ServiceTest() {
    options_.source.source = dir_.File("source");
    options_.db = dir_.File("fork.db");
    options_.interval = milliseconds(5);
    // Held open at both ends, it is a source that lets its reader sleep.
    mkfifo(options_.source.source.c_str(), 0600);
    fifo_ = open(options_.source.source.c_str(), O_RDWR | O_CLOEXEC);
    const std::string text = kHeader + Lines(1, 100);
    EXPECT_EQ(write(fifo_, text.data(), text.size()),
              static_cast<ssize_t>(text.size()));
  }
  ~ServiceTest() override { close(fifo_); }

  // What a loss of power now would leave, if the log were lost whole.
  std::string RowsWithoutLog() const {
    const std::string copy = dir_.File("copy.db");
    WriteFile(copy, ReadFile(options_.db));
    try {
      SQLite::Database database(copy, SQLite::OPEN_READWRITE);
      return Ask(&database, "SELECT count(*) FROM records");
    } catch (const SQLite::Exception& e) {
      return e.what();  // copied in the middle of a checkpoint
    }
  }

  TempDir dir_;
  ServiceOptions options_;
  int fifo_;
};

TEST_F(ServiceTest, MakesRecordsDurableOnceThatIsDueAlthoughNoneCome) {
  options_.durable_after = milliseconds(50);
  Log log(-1, false);
  Service service(options_, &log);
  std::string rows;
  // After the service, which blocks the signals for all threads to come.
  std::thread watcher([&] {
    const auto deadline = steady_clock::now() + std::chrono::seconds(20);
    while ((rows = RowsWithoutLog()) != "100" &&
           steady_clock::now() < deadline) {
      std::this_thread::sleep_for(milliseconds(5));
    }
    kill(getpid(), SIGTERM);
  });
  service.Run();
  watcher.join();
  EXPECT_EQ(rows, "100");
}

}  // namespace
}  // namespace forkdb
