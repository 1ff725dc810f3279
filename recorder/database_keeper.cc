#include "recorder/database_keeper.h"

#include <fmt/core.h>

#include <utility>

#include "recorder/alive_table.h"
#include "recorder/aside.h"

namespace forkdb {
namespace {

// How long to wait for another program's lock. A recorder that goes on reads
// its source meanwhile, and tries again.
constexpr int kShortWaitMs = 250;
constexpr int kLongWaitMs = 10'000;

}  // namespace

DatabaseKeeper::DatabaseKeeper(DatabaseOptions options, Log* log)
    : options_(std::move(options)), log_(log), lock_(options_.db) {}

bool DatabaseKeeper::Open(const Stream& stream, int64_t now_ns) {
  LeaveReplaced();
  lock_.LeaveIfLost();
  if (options_.db != kMemoryDatabase) EnsureDirectory(options_.db);
  lock_.Take();
  if (session_ != nullptr) return false;
  std::unique_ptr<Session> session =
      Session::Open(options_.db, options_.group, options_.retention,
                    options_.once ? kLongWaitMs : kShortWaitMs);
  const std::string trouble =
      NoteAlive(stream, now_ns, session->database(), options_.db);
  if (!trouble.empty()) {
    log_->Say(Level::kWarning, "alive",
              "processes already alive are not all noted: " + trouble);
  }
  session_ = std::move(session);
  was_open_ = true;
  return std::exchange(is_successor_, false);
}

void DatabaseKeeper::LeaveReplaced() {
  if (session_ == nullptr || !session_->Replaced()) return;
  const std::string fate = session_->Leave();
  session_.reset();
  is_successor_ = true;
  log_->Say(Level::kWarning, "database",
            fmt::format("database: {}: {}: going on in a new file", options_.db,
                        fate));
}

bool DatabaseKeeper::Handle(const DatabaseTrouble& trouble, int64_t now_ns) {
  using Kind = DatabaseTrouble::Kind;
  const bool passing =
      trouble.kind() == Kind::kPassing || trouble.kind() == Kind::kStale;
  const bool aside = trouble.kind() == Kind::kDamaged && IsOurs() &&
                     TryMoveAside(trouble, now_ns);
  if (trouble.kind() != Kind::kPassing) {
    // It may be another file by the time that it is opened again.
    is_successor_ = was_open_;
    session_.reset();
  }
  if (!aside && (options_.once || (!was_open_ && !passing))) throw trouble;
  return aside;
}

// A session that found the damage knows its file; without one, the file itself
// must say that it is forkdb's.
bool DatabaseKeeper::IsOurs() const {
  return session_ != nullptr ? !session_->Replaced()
                             : HasOurHeader(options_.db);
}

bool DatabaseKeeper::TryMoveAside(const DatabaseTrouble& trouble,
                                  int64_t now_ns) {
  session_.reset();
  try {
    const std::string path = MoveAside(options_.db, now_ns);
    log_->Say(Level::kError, "database",
              fmt::format("{}: it is {} now, going on in a new file",
                          trouble.what(), path));
    return true;
  } catch (const DatabaseTrouble& e) {
    log_->Say(
        Level::kError, "database",
        fmt::format("{}: cannot move it aside: {}", trouble.what(), e.what()));
    return false;
  }
}

}  // namespace forkdb
