#include "recorder/database/database_keeper.h"

#include <fcntl.h>
#include <fmt/core.h>

#include <utility>

#include "recorder/database/quarantine.h"
#include "recorder/ingest/alive_table.h"
#include "recorder/ingest/streams.h"
#include "store/database_files.h"
#include "store/own_file.h"

namespace forkdb {
namespace {

// How long to wait for another program's lock. The short wait is for a recorder
// that tries again later; it has its source to read meanwhile.
constexpr int kShortWaitMs = 250;
constexpr int kLongWaitMs = 10'000;

}  // namespace

DatabaseKeeper::DatabaseKeeper(DatabaseOptions options, Log* log,
                               Usernames* usernames, Heartbeat* heartbeat)
    : options_(std::move(options)),
      log_(log),
      usernames_(usernames),
      heartbeat_(heartbeat),
      lock_(options_.db) {}

std::optional<int64_t> DatabaseKeeper::Open(const Stream& stream,
                                            int64_t now_ns) try {
  LeaveReplaced();
  lock_.LeaveIfLost();
  if (heartbeat_ != nullptr) heartbeat_->LeaveIfLost();
  if (file_ && !IsFileAt(file_, ResolveLinks(options_.db))) file_.Close();
  // If the file is not forkdb's, throws before any file beside it is created or
  // locked.
  if (session_ == nullptr) CheckDatabase(options_.db);
  lock_.Take();
  StartHeartbeat();
  if (session_ != nullptr) return std::nullopt;
  Enter("opening the database");
  std::unique_ptr<Session> session =
      Session::Open(options_.db, options_.group, options_.retention,
                    options_.once ? kLongWaitMs : kShortWaitMs, usernames_);
  Enter("reading the processes in /proc");
  const std::string trouble =
      NoteAlive(stream, now_ns, session->database(), options_.db, usernames_);
  if (!trouble.empty()) {
    log_->Say(Level::kWarning,
              "some processes that were already running are not recorded: " +
                  trouble);
  }
  const int64_t next_seq = FindNextSeq(stream, session->database());
  session_ = std::move(session);
  was_open_ = true;
  // O_PATH: closing it does not drop SQLite's locks.
  file_ = Descriptor(open(options_.db.c_str(), O_PATH | O_CLOEXEC));
  if (heartbeat_ != nullptr) heartbeat_->NoteOpen();
  return next_seq;
} catch (const SQLite::Exception& e) {
  throw DatabaseError(options_.db, e);
}

void DatabaseKeeper::StartHeartbeat() {
  if (heartbeat_ == nullptr) return;
  const std::string trouble = heartbeat_->Start();
  if (!trouble.empty()) log_->Say(Level::kWarning, trouble);
}

void DatabaseKeeper::Enter(const char* phase) {
  if (heartbeat_ != nullptr) heartbeat_->Enter(phase);
}

void DatabaseKeeper::NoteIncident(const std::string& incident) {
  if (heartbeat_ != nullptr) heartbeat_->NoteIncident(incident);
}

void DatabaseKeeper::LeaveReplaced() {
  if (session_ == nullptr) return;
  if (!session_->Replaced()) {
    if (session_->LostLog()) LeaveLostLog();
    return;
  }
  const std::string fate = session_->Leave();
  session_.reset();
  const std::string what = fmt::format(
      "database: {}: {}: continuing in a new file", options_.db, fate);
  log_->Say(Level::kWarning, what);
  // A database that was moved still exists, so it is no incident.
  if (fate == "was deleted") NoteIncident(what);
}

void DatabaseKeeper::LeaveLostLog() {
  const bool saved = session_->SaveLog();
  session_.reset();
  log_->Say(Level::kWarning,
            fmt::format("database: {}: its log was deleted: {}", options_.db,
                        saved ? "saved all commits, continuing"
                              : "another program created a new one: recording "
                                "again what the source still holds"));
}

bool DatabaseKeeper::Handle(const DatabaseTrouble& trouble, int64_t now_ns) {
  using Kind = DatabaseTrouble::Kind;
  const bool passing =
      trouble.kind() == Kind::kPassing || trouble.kind() == Kind::kStale;
  const bool aside = trouble.kind() == Kind::kDamaged && IsOurs() &&
                     TryMoveAside(trouble, now_ns);
  // The path may name another file when it is opened again.
  if (trouble.kind() != Kind::kPassing) session_.reset();
  if (!aside && (options_.once || (!was_open_ && !passing))) throw trouble;
  return aside;
}

// Whether the file is the recorder's own. If a session found the damage, it
// knows its file. Without a session, the file must be the one that was open
// before, or be marked as forkdb's.
bool DatabaseKeeper::IsOurs() const {
  try {
    if (session_ != nullptr) return !session_->Replaced();
    return IsFileAt(file_, ResolveLinks(options_.db)) ||
           HasOurHeader(options_.db);
  } catch (const DatabaseTrouble&) {
    return false;  // the next Open() reports why
  }
}

bool DatabaseKeeper::TryMoveAside(const DatabaseTrouble& trouble,
                                  int64_t now_ns) {
  session_.reset();
  try {
    const std::string path = Quarantine(options_.db, now_ns);
    const std::string what = fmt::format(
        "{}: renamed to {}, continuing in a new file", trouble.what(), path);
    log_->Say(Level::kError, what);
    NoteIncident(what);
    return true;
  } catch (const DatabaseTrouble& e) {
    log_->Say(Level::kError, fmt::format("{}: cannot rename it: {}",
                                         trouble.what(), e.what()));
    return false;
  }
}

}  // namespace forkdb
