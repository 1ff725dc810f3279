// What a recorder that is left alone tells people.

#ifndef FORKDB_BASE_LOG_H_
#define FORKDB_BASE_LOG_H_

#include <sys/types.h>

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>

namespace forkdb {

// The values are syslog's, which journald understands.
enum class Level { kError = 3, kWarning = 4, kNotice = 5, kInfo = 6 };

// Writes lines to a descriptor, each at once and whole. Into systemd's journal
// they are "<N>text", N the level; elsewhere "forkdb: text". Bytes that could
// harm a terminal or forge a line are escaped, and a line has at most kMaxLine
// bytes.
//
// Of one kind of message, kBurst are said in kWindowNs; how many more there
// were is said once that time is over, with the next message of any kind, at a
// call of SayHeldBack(), or at the end.
//
// It never waits and never fails: what a full pipe does not take is counted,
// and said when there is room again. SIGPIPE must be ignored. Not thread-safe;
// does not own the descriptor.
class Log {
 public:
  static constexpr int64_t kWindowNs = 30'000'000'000;
  static constexpr int kBurst = 10;
  static constexpr size_t kMaxLine = 4000;  // less than a pipe takes at once

  // now counts ns from any moment, steadily. The default is standard error and
  // the steady clock.
  Log();
  Log(int fd, bool is_journal, std::function<int64_t()> now);
  ~Log();
  Log(const Log&) = delete;
  Log& operator=(const Log&) = delete;

  // kind is a short name that the messages with the same cause have in common.
  void Say(Level level, const std::string& kind, std::string_view text);

  // Says what was held back in windows that are over.
  void SayHeldBack();

 private:
  struct Kind {
    int64_t since_ns = 0;  // when the window began
    int said = 0;
    int64_t held_back = 0;
    Level level = Level::kInfo;
  };

  void CloseWindows(int64_t before_ns);
  // Returns whether it was taken.
  bool Write(Level level, std::string_view text);
  void WriteOrCount(Level level, std::string_view text);

  int fd_;
  bool is_journal_;
  std::function<int64_t()> now_;
  std::map<std::string, Kind> kinds_;
  int64_t lost_ = 0;  // lines that the descriptor did not take
};

// Whether the descriptor is the one that JOURNAL_STREAM ("device:inode", or
// nullptr) names: see systemd.exec(5).
bool IsJournal(int fd, const char* journal_stream);

}  // namespace forkdb

#endif  // FORKDB_BASE_LOG_H_
