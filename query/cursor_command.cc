#include "query/cursor_command.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <sys/stat.h>
#include <unistd.h>

#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <array>
#include <cerrno>

#include "base/error.h"
#include "terminal/tell.h"

namespace forkdb {
namespace {

// "" if there is no file.
std::string ReadText(const std::string& path) {
  const auto fail = [&](const std::string& reason) {
    return Error(fmt::format("--cursor-file: {}: {}", path, reason));
  };
  const int fd = open(
      path.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
  if (fd < 0 && errno == ENOENT) return "";
  if (fd < 0 && errno == ELOOP) {
    throw fail("is a symbolic link: give the file itself");
  }
  if (fd < 0) throw fail(ErrnoText(errno));
  struct stat status = {};
  std::string text;
  std::array<char, 4096> part{};
  constexpr off_t kLargest = 1 << 20;
  fstat(fd, &status);
  ssize_t size = -1;
  if (S_ISREG(status.st_mode) && status.st_size <= kLargest) {
    while ((size = read(fd, part.data(), part.size())) > 0) {
      text.append(part.data(), static_cast<size_t>(size));
    }
  }
  close(fd);
  if (size < 0) throw fail("not a cursor file: give another file");
  text.erase(text.find_last_not_of(" \r\n") + 1);
  return text;
}

}  // namespace

void AddCursorOptions(CLI::App* command, CursorOptions* options) {
  CLI::Option* after = command
                           ->add_option("--after-cursor", options->after,
                                        "Only records stored after CURSOR.")
                           ->type_name("CURSOR");
  CLI::Option* file =
      command
          ->add_option(
              "--cursor-file", options->file,
              "Only records stored after the cursor in FILE, or all if there "
              "is no FILE; then write the new cursor to FILE. With -n N, the "
              "oldest N of them; -n 0 only moves the cursor to the end.")
          ->type_name("FILE")
          ->excludes(after);
  CLI::Option* show =
      command->add_flag("--show-cursor", options->show,
                        "Print the cursor after the last record to stderr.");
  for (CLI::Option* option : {after, file, show}) {
    option->excludes(command->get_option("--burst"))
        ->excludes(command->get_option("--until"));
  }
}

CursorKeeper::CursorKeeper(const CursorOptions& options)
    : show_(options.show), path_(options.file) {
  if (options.after) begin_ = ParseCursor(*options.after);
  if (!options.file) return;
  const std::string text = ReadText(*options.file);
  if (!text.empty()) {
    try {
      begin_ = ParseCursor(text);
    } catch (const UsageError& e) {
      throw UsageError(
          fmt::format("--cursor-file: {}: {}", *options.file, e.what()));
    }
  }
  file_ = std::make_unique<OutputFile>(*options.file, Links::kReplace);
}

void CursorKeeper::Save(const Cursor& end) {
  if (!path_) return;
  if (!file_) file_ = std::make_unique<OutputFile>(*path_, Links::kReplace);
  fmt::print(file_->stream(), "{}\n", FormatCursor(end));
  file_->Commit();
  file_.reset();
}

void CursorKeeper::Keep(const Cursor& end) {
  Save(end);
  if (show_) TellLines(fmt::format("-- cursor: {}", FormatCursor(end)));
}

void CursorKeeper::Discard() {
  if (file_) file_->Discard();
}

void WarnOfLosses(const NewRecords& news, const Notes& notes) {
  if (news.pruned > 0) {
    notes.Tell(fmt::format(
        "after the cursor, up to {} pruned before they could be shown",
        news.pruned == 1 ? "1 record was"
                         : fmt::format("{} records were", news.pruned)));
  }
  if (news.missing > 0) {
    notes.Tell(
        fmt::format("{} after the cursor: the answer may be incomplete",
                    news.missing == 1
                        ? "1 record is missing"
                        : fmt::format("{} records are missing", news.missing)));
  }
  for (const std::string& line : Describe(news.downtimes, notes.zone)) {
    notes.Tell(line);
  }
}

}  // namespace forkdb
