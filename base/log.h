// Rate-limited log lines on stderr or in the journal.

#ifndef FORKDB_BASE_LOG_H_
#define FORKDB_BASE_LOG_H_

#include <sys/types.h>

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>

namespace forkdb {

// The values are syslog's; journald understands them.
enum class Level { kError = 3, kWarning = 4, kNotice = 5, kInfo = 6 };

// Writes each line to a descriptor with one write(2). A line for the journal is
// "<N>text", where N is the level; any other line is "forkdb: text". Bytes that
// could harm a terminal or forge a line are escaped. Lines are cut to kMaxLine
// bytes.
//
// Writes at most kBurst messages of one kind in kWindowNs, and counts the rest.
// Writes the count after the window has ended: with the next message of any
// kind, in SayHeldBack(), or in the destructor.
//
// Never blocks or fails: it drops lines while the pipe is full, and writes
// their number once there is room. SIGPIPE must be ignored. Not thread-safe;
// does not own the descriptor.
class Log {
 public:
  static constexpr int64_t kWindowNs = 30'000'000'000;
  static constexpr int kBurst = 10;
  static constexpr size_t kMaxLine = 4000;  // below PIPE_BUF

  // now returns monotonic ns. The default is stderr and the steady clock.
  Log();
  Log(int fd, bool is_journal, std::function<int64_t()> now);
  ~Log();
  Log(const Log&) = delete;
  Log& operator=(const Log&) = delete;

  // kind is a short name shared by all messages with the same cause.
  void Say(Level level, const std::string& kind, std::string_view text);

  // Writes how many messages the ended windows held back.
  void SayHeldBack();

 private:
  struct Kind {
    int64_t since_ns = 0;  // when the window began
    int said = 0;
    int64_t held_back = 0;
    Level level = Level::kInfo;
  };

  void CloseWindows(int64_t before_ns);
  // Returns false if it dropped the line.
  bool Write(Level level, std::string_view text);
  void WriteOrCount(Level level, std::string_view text);

  int fd_;
  bool is_journal_;
  std::function<int64_t()> now_;
  std::map<std::string, Kind> kinds_;
  int64_t lost_ = 0;  // dropped lines
};

// Returns true if journal_stream names the descriptor. It is the variable
// JOURNAL_STREAM ("device:inode", see systemd.exec(5)) or nullptr.
bool IsJournal(int fd, const char* journal_stream);

}  // namespace forkdb

#endif  // FORKDB_BASE_LOG_H_
