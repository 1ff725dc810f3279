// Log lines on stderr or in the journal, which limits their rate itself.

#ifndef FORKDB_BASE_LOG_H_
#define FORKDB_BASE_LOG_H_

#include <sys/types.h>

#include <cstdint>
#include <string_view>

namespace forkdb {

// The values are syslog's; journald understands them.
enum class Level { kError = 3, kWarning = 4, kNotice = 5, kInfo = 6 };

// Writes each line to a descriptor with one write(2). A line for the journal is
// "<N>text", where N is the level; any other line is "forkdb: text". Bytes that
// could harm a terminal or forge a line are escaped. Lines are cut to kMaxLine
// bytes.
//
// Never blocks or fails: it drops lines while the pipe is full, and writes
// their number once there is room. SIGPIPE must be ignored. Not thread-safe;
// does not own the descriptor.
class Log {
 public:
  static constexpr size_t kMaxLine = 4000;  // below PIPE_BUF

  // The default is stderr.
  Log();
  Log(int fd, bool is_journal) : fd_(fd), is_journal_(is_journal) {}
  Log(const Log&) = delete;
  Log& operator=(const Log&) = delete;

  void Say(Level level, std::string_view text);

 private:
  // Returns false if it dropped the line.
  bool Write(Level level, std::string_view text);

  int fd_;
  bool is_journal_;
  int64_t lost_ = 0;  // dropped lines
};

// Returns true if journal_stream names the descriptor. It is the variable
// JOURNAL_STREAM ("device:inode", see systemd.exec(5)) or nullptr.
bool IsJournal(int fd, const char* journal_stream);

}  // namespace forkdb

#endif  // FORKDB_BASE_LOG_H_
