// Replaces a file atomically.

#ifndef FORKDB_QUERY_PRINT_OUTPUT_FILE_H_
#define FORKDB_QUERY_PRINT_OUTPUT_FILE_H_

#include <cstdio>
#include <memory>
#include <mutex>
#include <string>

#include "base/descriptor.h"

namespace forkdb {

// What to do with a symbolic link at the path.
enum class Links { kFollow, kReplace };

// Writes a new file through stream(). Commit() replaces the file at path with
// it in one step; until then, a file at path stays unchanged. The new file has
// no name, so nothing of it remains if the process ends early. (On file systems
// without unnamed files, it is .NAME.XXXXXX beside path.)
//
// The new file gets the mode, owner, group and access control list of the file
// it replaces. If one of them cannot be set, the new file is open to fewer
// users, never to more. Without a file to replace, the umask sets the mode.
// With kFollow, a path that is not a regular file (a pipe, /dev/null) is
// written directly. Not thread-safe.
class OutputFile {
 public:
  // Throws Error if the file cannot be created.
  explicit OutputFile(const std::string& path, Links links = Links::kFollow);
  ~OutputFile();
  OutputFile(const OutputFile&) = delete;
  OutputFile& operator=(const OutputFile&) = delete;

  std::FILE* stream() { return stream_.get(); }

  // Flushes the new file to disk and moves it to path. Throws Error.
  void Commit();

  // Removes the new file if it has a name. Another thread may call it when the
  // process is about to end.
  void Discard();

 private:
  struct Close {
    void operator()(std::FILE* stream) const { std::fclose(stream); }
  };

  // Opens an unnamed file, or else a named one. It is private if it replaces
  // another file. Returns the descriptor.
  int OpenNew();
  // Copies owner, mode and access control list from replaced_. Throws Error.
  void KeepAccess();
  // Gives an unnamed file a name. Throws Error.
  void GiveName();
  [[noreturn]] void Fail(int error) const;

  std::string path_;
  std::string directory_;
  std::mutex name_mutex_;
  std::string name_;  // of the new file; "" if unnamed
  bool is_new_ = true;
  Descriptor replaced_;  // the old file at path_, if any
  std::unique_ptr<std::FILE, Close> stream_;
};

}  // namespace forkdb

#endif  // FORKDB_QUERY_PRINT_OUTPUT_FILE_H_
