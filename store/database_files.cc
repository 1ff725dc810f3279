#include "store/database_files.h"

#include <SQLiteCpp/Exception.h>
#include <fcntl.h>
#include <fmt/core.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <string_view>
#include <system_error>

#include "store/own_file.h"
#include "store/safety.h"
#include "store/schema.h"
#include "store/trouble.h"

namespace forkdb {
namespace {

constexpr size_t kHeaderSize = 100;
constexpr size_t kVersionAt = 60;
constexpr size_t kApplicationIdAt = 68;
constexpr size_t kWalHeaderSize = 32;
constexpr size_t kFrameHeaderSize = 24;

std::string NameOf(const Descriptor& file) {
  std::error_code error;
  const std::string link = fmt::format("/proc/self/fd/{}", file.get());
  const auto name = std::filesystem::read_symlink(link, error);
  return error ? link : name.string();
}

// Reads fewer bytes at the end of the file. Throws DatabaseTrouble.
std::string ReadAt(const Descriptor& file, off_t offset, size_t size) {
  std::string bytes(size, '\0');
  const ssize_t count = pread(file.get(), bytes.data(), size, offset);
  if (count < 0) throw FileError(NameOf(file), errno);
  bytes.resize(static_cast<size_t>(count));
  return bytes;
}

// Reads a big-endian number; 0 beyond the end.
uint32_t NumberAt(std::string_view bytes, size_t offset) {
  uint32_t number = 0;
  if (bytes.size() < offset + sizeof(number)) return 0;
  for (size_t i = 0; i < sizeof(number); ++i) {
    number = number << 8 | static_cast<unsigned char>(bytes[offset + i]);
  }
  return number;
}

bool IsZero(std::string_view bytes) {
  return std::all_of(bytes.begin(), bytes.end(),
                     [](char c) { return c == '\0'; });
}

// Whether expected begins with the bytes.
bool IsPrefix(std::string_view bytes, std::string_view expected) {
  return expected.substr(0, bytes.size()) == bytes;
}

DatabaseHeader ParseHeader(const std::string& bytes) {
  constexpr std::string_view kMagic("SQLite format 3\0", 16);
  constexpr size_t kReadVersionAt = 19;
  DatabaseHeader header;
  header.empty = bytes.empty();
  header.sqlite = bytes.size() == kHeaderSize &&
                  bytes.compare(0, kMagic.size(), kMagic) == 0;
  if (!header.sqlite) return header;
  header.in_wal_mode = bytes[kReadVersionAt] == 2;
  header.application_id = NumberAt(bytes, kApplicationIdAt);
  header.version = NumberAt(bytes, kVersionAt);
  return header;
}

void CheckHeader(const DatabaseHeader& header, const std::string& path) {
  if (!header.sqlite) {
    throw DatabaseError(path, SQLite::Exception("no header", SQLITE_NOTADB));
  }
  CheckIdentity(header.application_id, header.version, path);
}

bool IsLog(const Descriptor& file) {
  const uint32_t magic = NumberAt(ReadAt(file, 0, kWalHeaderSize), 0);
  return magic == 0x377f0682 || magic == 0x377f0683;
}

// A file that was never written, or was invalidated, begins with zeros.
bool LooksLikeSqlites(std::string_view suffix, const Descriptor& file) {
  constexpr size_t kMagicSize = 8;
  const std::string start = ReadAt(file, 0, kMagicSize);
  if (IsZero(start)) return true;
  if (suffix == "-wal") return IsLog(file);
  if (suffix == "-journal") {
    constexpr std::string_view kMagic("\xd9\xd5\x05\xf9\x20\xa1\x63\xd7");
    return start == kMagic;
  }
  constexpr uint32_t kIndexVersion = 3007000;  // in native byte order
  std::array<char, sizeof(kIndexVersion)> version{};
  std::memcpy(version.data(), &kIndexVersion, version.size());
  return IsPrefix(std::string_view(start).substr(0, version.size()),
                  {version.data(), version.size()});
}

// Whether the log contains the first page of a forkdb database. Every
// transaction that grows the database writes that page.
bool IsOurLog(const Descriptor& file) {
  if (!IsLog(file)) return false;
  const size_t page_size = NumberAt(ReadAt(file, 0, kWalHeaderSize), 8);
  if (page_size < kHeaderSize) return false;
  for (size_t at = kWalHeaderSize;; at += kFrameHeaderSize + page_size) {
    const std::string frame =
        ReadAt(file, static_cast<off_t>(at), kFrameHeaderSize + kHeaderSize);
    if (frame.size() < kFrameHeaderSize + kHeaderSize) return false;
    if (NumberAt(frame, 0) != 1) continue;
    const DatabaseHeader header = ParseHeader(frame.substr(kFrameHeaderSize));
    return header.sqlite && header.application_id == kApplicationId;
  }
}

void CheckSideFile(const std::string& suffix, const Descriptor& file,
                   bool orphan, const std::string& path) {
  if (!LooksLikeSqlites(suffix, file)) {
    throw DatabaseTrouble::Opening(path + suffix,
                                   "it is not a file of SQLite: move it away, "
                                   "or choose another file with --db");
  }
  // Beside an empty database, SQLite would delete the -wal and the -journal. A
  // -shm holds no data.
  if (!orphan || suffix == "-shm" || IsZero(ReadAt(file, 0, 8))) return;
  if (suffix == "-wal" && IsOurLog(file)) return;
  throw DatabaseTrouble::Opening(
      path + suffix,
      "its database is missing and may belong to another program: move it "
      "away, or choose another file with --db");
}

// Trusts files of the database's owner, who can change the database anyway.
void CheckSideFileForReading(const std::string& path,
                             const struct stat& database) {
  const std::optional<struct stat> status = StatFile(path);
  if (!status) return;
  std::string reason;
  if (!S_ISREG(status->st_mode)) {
    reason = "it is not a regular file: remove it";
  } else if (status->st_nlink > 1) {
    reason = "it has a second hard link: remove it";
  } else if (status->st_uid != database.st_uid) {
    reason = WhyUnsafeFile(path, *status);
  }
  if (!reason.empty()) throw DatabaseTrouble::Opening(path, reason);
}

}  // namespace

DatabaseHeader ReadHeader(const Descriptor& file) {
  DatabaseHeader header = ParseHeader(ReadAt(file, 0, kHeaderSize));
  if (!header.sqlite || header.in_wal_mode || header.application_id != 0 ||
      header.version != 0) {
    return header;
  }
  // A full disk during creation leaves one page without a table. In WAL mode,
  // checked above, such a database may have its tables in the log.
  constexpr off_t kCellCountAt = 103;
  struct stat status {};
  const std::string page_size = std::string(2, '\0') + ReadAt(file, 16, 2);
  header.empty = fstat(file.get(), &status) == 0 &&
                 status.st_size == NumberAt(page_size, 0) &&
                 ReadAt(file, kCellCountAt, 2) == std::string(2, '\0');
  return header;
}

void CheckIdentity(int64_t application_id, int64_t version,
                   const std::string& path) {
  if (application_id == kApplicationId) {
    if (version == kSchemaVersion) return;
    if (version > kSchemaVersion) {
      throw DatabaseTrouble::Opening(
          path, fmt::format("it was written by a newer forkdb (schema version "
                            "{}, this one knows {}): upgrade forkdb",
                            version, kSchemaVersion));
    }
  }
  throw DatabaseTrouble::Opening(path,
                                 "it is an SQLite database, but not forkdb's: "
                                 "choose another file with --db");
}

bool HasOurHeader(const std::string& path) {
  const Descriptor file(
      open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK));
  if (!file) return false;
  const DatabaseHeader header = ReadHeader(file);
  return header.sqlite && header.application_id == kApplicationId &&
         header.version <= kSchemaVersion;
}

void CheckFilesForWriting(const std::string& path, const std::string& name) {
  const Descriptor file = OpenOwnFile(path, O_RDONLY);
  const DatabaseHeader header = file ? ReadHeader(file) : DatabaseHeader();
  const bool orphans = !file || header.empty;
  if (!orphans) CheckHeader(header, name);
  for (const char* suffix : {"-wal", "-shm", "-journal"}) {
    const Descriptor side = OpenOwnFile(path + suffix, O_RDONLY);
    if (side) CheckSideFile(suffix, side, orphans, path);
  }
}

DatabaseHeader CheckFilesForReading(const std::string& path,
                                    const std::string& name) {
  const Descriptor file(open(
      path.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC | O_NOCTTY));
  struct stat status {};
  if (!file || fstat(file.get(), &status) != 0) {
    const int error_number = errno;
    const bool denied = error_number == EACCES;
    throw DatabaseTrouble::Opening(
        name,
        ErrnoText(error_number) +
            (denied ? ": become a member of the file's group"
                    : ": run forkdb record first, or give the file with --db"));
  }
  if (!S_ISREG(status.st_mode)) {
    throw DatabaseTrouble::Opening(
        name, "it is not a regular file: choose another with --db");
  }
  const DatabaseHeader header = ReadHeader(file);
  if (header.empty) {
    throw DatabaseTrouble::Opening(name,
                                   "it is empty: run forkdb record first");
  }
  CheckHeader(header, name);
  for (const char* suffix : {"-wal", "-shm", "-journal"}) {
    CheckSideFileForReading(path + suffix, status);
    const Descriptor side(
        open((path + suffix).c_str(),
             O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC | O_NOCTTY));
    if (side) CheckSideFile(suffix, side, false, path);
  }
  return header;
}

bool HasHotJournal(const std::string& path) {
  const Descriptor file(
      open((path + "-journal").c_str(),
           O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC | O_NOCTTY));
  if (!file) return errno != ENOENT;
  return !IsZero(ReadAt(file, 0, 1));
}

}  // namespace forkdb
