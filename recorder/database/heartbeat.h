// The recorder's sign of life, for forkdb status.

#ifndef FORKDB_RECORDER_DATABASE_HEARTBEAT_H_
#define FORKDB_RECORDER_DATABASE_HEARTBEAT_H_

#include <chrono>
#include <optional>
#include <string>

#include "store/recorder_state.h"

namespace forkdb {

// Keeps the file "-status" beside a database (store/recorder_state.h) up to
// date, with the database's owner, group and mode. It is written in place. What
// is not forkdb's own is left alone, and then there is no sign of life: the
// recorder goes on. It is removed at an orderly end. Not thread-safe.
class Heartbeat {
 public:
  using Clock = std::chrono::steady_clock;

  // Nothing is written before Start(). For kMemoryDatabase, nothing ever.
  explicit Heartbeat(std::string database);
  ~Heartbeat();
  Heartbeat(const Heartbeat&) = delete;
  Heartbeat& operator=(const Heartbeat&) = delete;

  // Makes the file, or takes over what a recorder that was killed has left;
  // call it only while holding the recorder's lock. Makes it anew if somebody
  // has removed it since. Returns what went wrong, once; empty if nothing did.
  std::string Start();

  // Closes a file that no longer has its name, so that the disk it was on can
  // go.
  void LeaveIfLost();

  // The database has been opened: this is the log that belongs to it.
  void NoteOpen();

  // What is written with the next beat. The process's identity, the inodes and
  // the heartbeat's time are filled in here.
  RecorderState* state() { return &state_; }

  // Says what is done from now on, as in "while it …"; to be called before
  // anything that may block.
  void Enter(const char* phase);

  // The trouble in the way, or none; since when is kept while it lasts.
  void SetTrouble(const std::string& trouble);
  void NoteIncident(const std::string& incident);

  // Writes the file. Tend() does so only if the last time is a while ago.
  void Beat();
  void Tend(Clock::time_point now);
  // When Tend() has something to do; nothing where there is no file.
  std::optional<Clock::time_point> due() const;

 private:
  std::string Open();
  void Leave();
  // Whether the file is the one of that name.
  bool IsNamed() const;
  void FollowDatabase();

  std::string database_;
  std::string path_;
  RecorderState state_;
  int fd_ = -1;
  bool was_refused_ = false;
  Clock::time_point due_;
};

}  // namespace forkdb

#endif  // FORKDB_RECORDER_DATABASE_HEARTBEAT_H_
