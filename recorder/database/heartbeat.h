// The recorder's heartbeat, for forkdb status.

#ifndef FORKDB_RECORDER_DATABASE_HEARTBEAT_H_
#define FORKDB_RECORDER_DATABASE_HEARTBEAT_H_

#include <chrono>
#include <optional>
#include <string>

#include "store/recorder_state.h"

namespace forkdb {

// Keeps the file "-status" beside a database up to date (see
// store/recorder_state.h). The file has the database's owner, group and mode,
// and is written in place. If a file of that name is not forkdb's, leaves it
// alone and writes no heartbeat; the recorder continues. Deletes the file on
// destruction. Not thread-safe.
class Heartbeat {
 public:
  using Clock = std::chrono::steady_clock;

  // Writes nothing before Start(), and nothing at all for kMemoryDatabase.
  explicit Heartbeat(std::string database);
  ~Heartbeat();
  Heartbeat(const Heartbeat&) = delete;
  Heartbeat& operator=(const Heartbeat&) = delete;

  // Creates the file, or reuses the file of a recorder that was killed. If the
  // file has been deleted since, creates it again. Call it only while holding
  // the recorder's lock. Returns an error message the first time it fails, else
  // "".
  std::string Start();

  // Closes the file if it has lost its name, so that its file system can be
  // unmounted.
  void LeaveIfLost();

  // Call it when the database has been opened. Notes the inode of its log.
  void NoteOpen();

  // The state to write with the next Beat(). This class sets the process's
  // identity, the inodes and the time of the heartbeat.
  RecorderState* state() { return &state_; }

  // Sets what the recorder is doing, as in "while it …". Call it before
  // anything that may block.
  void Enter(const char* phase);

  // Sets the current trouble, or "" for none. Keeps the time at which it began
  // while it lasts.
  void SetTrouble(const std::string& trouble);
  void NoteIncident(const std::string& incident);

  // Beat() writes the file. Tend() writes it if it is due.
  void Beat();
  void Tend(Clock::time_point now);
  // When Tend() is due. nullopt if there is no file.
  std::optional<Clock::time_point> due() const;

 private:
  std::string Open();
  void Leave();
  // Whether path_ names the open file.
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
