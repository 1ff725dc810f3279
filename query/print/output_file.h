// A file that is there whole or not at all.

#ifndef FORKDB_QUERY_PRINT_OUTPUT_FILE_H_
#define FORKDB_QUERY_PRINT_OUTPUT_FILE_H_

#include <cstdio>
#include <memory>
#include <mutex>
#include <string>

#include "base/descriptor.h"

namespace forkdb {

// What becomes of a symbolic link at the path.
enum class Links { kFollow, kReplace };

// Collects what is written to stream(), and puts it in the place of the file at
// path in one step. Until then that file, if there is one, stays as it is; the
// new one has no name, so that nothing is left of it whatever ends the process
// (on file systems that cannot do so, it is .NAME.XXXXXX beside it).
//
// A file that replaces another gets its mode, owner, group and access control
// list. Where one of them cannot be set, the new file is open to fewer users,
// never to more. Other new files are as the umask says. What is
// not a regular file (a pipe, /dev/null) is written as it comes where links are
// followed. Not thread-safe.
class OutputFile {
 public:
  // Throws Error if there can be no such file.
  explicit OutputFile(const std::string& path, Links links = Links::kFollow);
  ~OutputFile();
  OutputFile(const OutputFile&) = delete;
  OutputFile& operator=(const OutputFile&) = delete;

  std::FILE* stream() { return stream_.get(); }

  // Makes it the file at path, on the disk. Throws Error. Without it, nothing
  // has happened.
  void Commit();

  // Removes the new file's name where it has one. For another thread, when the
  // process ends.
  void Discard();

 private:
  struct Close {
    void operator()(std::FILE* stream) const { std::fclose(stream); }
  };

  // Opens a file without a name, else one with, which nobody else can open if
  // it replaces another. Returns the descriptor.
  int OpenNew();
  // Makes the new file as accessible as the one it replaces. Throws Error.
  void KeepAccess();
  // Gives the file a name, if it has none.
  void GiveName();
  [[noreturn]] void Fail(int error) const;

  std::string path_;
  std::string directory_;
  std::mutex name_mutex_;
  std::string name_;  // of the new file, "" where it has none
  bool is_new_ = true;
  Descriptor replaced_;  // the file at path_ until now; none if there is none
  std::unique_ptr<std::FILE, Close> stream_;
};

}  // namespace forkdb

#endif  // FORKDB_QUERY_PRINT_OUTPUT_FILE_H_
