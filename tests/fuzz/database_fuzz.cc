// Whatever a database holds, every command answers or refuses, and shows no
// byte of it raw. The input says which command, and how the database of a short
// recording is changed before it runs: values of rows, rows, bytes of pages.

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>
#include <fmt/core.h>
#include <sanitizer/common_interface_defs.h>
#include <sys/mman.h>
#include <unistd.h>

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <limits>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "app.h"
#include "base/error.h"
#include "query/database/reader.h"
#include "query/report/report_json.h"
#include "recorder/ingest/writer.h"
#include "recorder/source/parser.h"
#include "recorder/source/source.h"
#include "store/database.h"
#include "store/record.h"
#include "store/statement.h"
#include "terminal/value.h"
#include "tests/fuzz/require.h"

namespace forkdb {
namespace {

constexpr int64_t kStartNs = 1'764'000'000'000'000'000;

using Words = std::vector<std::string>;

// Each runs with --db.
const std::vector<Words>& Commands() {
  static const auto* const commands = new std::vector<Words>{
      {"query", "--columns", "all", "--format", "csv"},
      {"query", "--columns", "all", "--format", "json", "--order", "time_ns"},
      {"query", "--failed", "--explain"},
      {"query", "--comm", "s*", "--user", "root", "-n", "3"},
      {"query", "--since", "2020-01-01", "--until", "2030-01-01", "--reverse"},
      {"query", "--under", "100"},
      {"query", "--under", "10001"},
      {"query", "--group-by", "kind"},
      {"query", "--group-by", "comm,errno"},
      {"query", "--group-by", "errno"},
      {"query", "--group-by", "username", "--since", "2020-01-01"},
      {"query", "--burst", "2/1s"},
      {"query", "--boot", "0", "--kind", "kthread", "--kind", "fork"},
      {"query", "--ns", "4026531836", "--child", "10001"},
      {"query", "--cursor-file", "cursor"},
      {"query", "--db", "other.db"},
      {"tree", "100"},
      {"tree", "10001", "--threads", "--failed", "--format", "json"},
      {"tree", "50", "--up"},
      {"stats", "--deep"},
      {"stats", "--format", "json"},
      {"stats", "--since", "2025-11-24", "--compare"},
      {"status"},
      {"export", "--format", "tsv"},
      {"prune", "--keep", "1d", "--dry-run"},
      {"prune", "--max-size", "32M", "--dry-run"},
      {"prune", "--before", "2026-01-01"},
      {"record", "--once", "--source", "source.txt"},
      {"report"},
  };
  return *commands;
}

// Cuts numbers off the input; zeros behind its end.
class Input {
 public:
  Input(const uint8_t* data, size_t size) : rest_(data, data + size) {}

  bool empty() const { return next_ >= rest_.size(); }
  uint64_t Take(int bytes) {
    uint64_t number = 0;
    for (int i = 0; i < bytes; ++i) {
      number = number << 8 | (next_ < rest_.size() ? rest_[next_] : 0U);
      ++next_;
    }
    return number;
  }

 private:
  std::vector<uint8_t> rest_;
  size_t next_ = 0;
};

Value TakeValue(Input* input) {
  constexpr int64_t kMin = std::numeric_limits<int64_t>::min();
  constexpr int64_t kMax = std::numeric_limits<int64_t>::max();
  static const auto* const wild = new std::vector<Value>{
      kMin,
      kMin + 1,
      int64_t{-4096},
      int64_t{-1},
      int64_t{0},
      int64_t{1},
      int64_t{65536},
      int64_t{999'999'999'999},
      int64_t{1'000'000'000'000},
      int64_t{9'000'000'000'000'000'000},
      kMax - 1,
      kMax,
      Value(),
      0.5,
      -1e300,
      1e300,
      std::string(),
      std::string("\x1b]0;x\x07\x9b\n\r\xe2\x80\xae"),
      std::string(3000, 'x'),
      std::string("[1,2"),
      std::string("[1,99999999999999999999]"),
      Blob{std::string("\xff\x1b\0", 3)},
  };
  const uint64_t choice = input->Take(1);
  if (choice < wild->size()) return (*wild)[choice];
  return static_cast<int64_t>(input->Take(8));
}

std::vector<std::string> Texts(SQLite::Database* database,
                               const std::string& sql) {
  SQLite::Statement statement(*database, sql);
  std::vector<std::string> texts;
  while (statement.executeStep()) {
    texts.push_back(statement.getColumn(0).getString());
  }
  return texts;
}

class Target {
 public:
  Target() {
    // Not on a disk: a recorder waits until what it wrote is there.
    std::string directory = std::filesystem::is_directory("/dev/shm")
                                ? "/dev/shm/forkdb-fuzz-XXXXXX"
                                : "/tmp/forkdb-fuzz-XXXXXX";
    Require(mkdtemp(directory.data()) != nullptr, "there is a directory");
    std::filesystem::current_path(directory);
    Record();
    std::ifstream file("fork.db", std::ios::binary);
    sound_ = {std::istreambuf_iterator<char>(file), {}};
    __sanitizer_set_report_fd(
        reinterpret_cast<void*>(static_cast<intptr_t>(dup(STDERR_FILENO))));
  }

  void Try(Input* input) {
    const Words& command = Commands()[input->Take(1) % Commands().size()];
    for (const auto& entry : std::filesystem::directory_iterator(".")) {
      std::filesystem::remove_all(entry.path());
    }
    std::string bytes = sound_;
    Put("other.db", bytes);
    std::vector<std::pair<size_t, char>> changes;
    Put("fork.db", bytes);
    ChangeRows(input, &changes);
    if (!changes.empty()) {
      std::ifstream file("fork.db", std::ios::binary);
      bytes = {std::istreambuf_iterator<char>(file), {}};
      file.close();
      for (const auto& [at, byte] : changes) bytes[at % bytes.size()] = byte;
      Put("fork.db", bytes);
    }
    Put("source.txt", "fork_info - version: 1 capacity: 16\n" +
                          FormatRecord(MakeRecord(61)) + "\n");
    const std::string shown = Run(command);
    for (const char c : shown) {
      Require((c >= ' ' && c != '\x7f') || c < 0 || c == '\n' || c == '\t',
              "no control byte is shown");
    }
  }

 private:
  static forkdb::Record MakeRecord(int64_t seq) {
    forkdb::Record record;
    record.seq = seq;
    record.time_ns = kStartNs + seq * 1'000'000;
    record.flags = seq % 7 == 0 ? 0x10000 : 0x1200000;
    record.exit_signal = 17;
    record.pid = record.tgid = static_cast<int32_t>(100 + seq % 5);
    record.ppid = 1;
    record.start_ns = 1000;
    record.pid_ns = record.user_ns = 4026531836;
    record.comm = "sh" + std::to_string(seq % 3);
    if (seq % 4 == 0) {
      record.ret = -11;
      return record;
    }
    record.ret = record.child_pid = record.child_ns_pid =
        static_cast<int32_t>(10'000 + seq);
    record.child_start_ns = seq;
    record.child_pid_ns = record.child_user_ns = 4026531836;
    return record;
  }

  static void Put(const std::string& name, const std::string& bytes) {
    std::ofstream(name, std::ios::binary) << bytes;
  }

  // A short recording, with a process of each kind, in small pages, whose
  // columns take values of any type.
  static void Record() {
    {
      SQLite::Database database = OpenForWriting("fork.db");
      Writer writer(&database, "fork.db");
      Stream stream;
      stream.source = kProc;
      stream.boot.boot_id = "boot";
      stream.hook = "hook";
      Batch batch;
      for (int64_t seq = 1; seq <= 60; ++seq) {
        if (seq < 20 || seq > 30) batch.records.push_back(MakeRecord(seq));
      }
      writer.Write(stream, &batch, kStartNs);
    }
    SQLite::Database database("fork.db", SQLite::OPEN_READWRITE);
    database.exec(
        "PRAGMA journal_mode = DELETE; PRAGMA ignore_check_constraints = ON; "
        "INSERT INTO alive (id, boot, start_tick, pid, ppid, parent, uid, "
        "username, comm, seen_ns) VALUES "
        "(1, 1, 0, 1, 0, NULL, 0, 'root', 'init', 5),"
        "(2, 1, 0, 50, 1, 1, 0, 'root', 'sshd', 5),"
        "(3, 1, 0, 100, 50, 2, 0, 'root', 'sh', 5);"
        "INSERT INTO blocks SELECT min(id) / 4096, count(*), min(time_ns), "
        "max(time_ns), min(child_pid), max(child_pid), min(child_start_ns), "
        "max(child_start_ns) FROM records");
    for (const auto& [table, column] :
         {std::pair("comm", "comm"), std::pair("user", "user"),
          std::pair("flag_set", "flag_set"), std::pair("errno", "ret"),
          std::pair("namespace_set", "namespace_set")}) {
      database.exec(fmt::format(
          "INSERT INTO {0}_blocks SELECT {1}, id / 4096, count(*) FROM records "
          "WHERE {1} < 0 OR '{1}' <> 'ret' GROUP BY 1, 2",
          table, column));
    }
    database.exec(
        "PRAGMA writable_schema = ON; UPDATE sqlite_schema SET sql = "
        "replace(replace(sql, 'WITHOUT ROWID, STRICT', 'WITHOUT ROWID'), "
        "') STRICT', ')') WHERE type = 'table'; "
        "PRAGMA writable_schema = RESET; PRAGMA page_size = 512; VACUUM");
  }

  static void ChangeRows(Input* input,
                         std::vector<std::pair<size_t, char>>* changes) {
    SQLite::Database database("fork.db", SQLite::OPEN_READWRITE);
    database.exec(
        "PRAGMA ignore_check_constraints = ON; PRAGMA synchronous = OFF; "
        "PRAGMA journal_mode = MEMORY");
    const std::vector<std::string> tables =
        Texts(&database, "SELECT name FROM sqlite_schema WHERE type = 'table'");
    constexpr int kMostChanges = 16;
    for (int i = 0; i < kMostChanges && !input->empty(); ++i) {
      const uint64_t kind = input->Take(1);
      if (kind % 4 == 0) {
        const size_t at = input->Take(3);
        changes->emplace_back(at, static_cast<char>(input->Take(1)));
        continue;
      }
      const std::string& table = tables[input->Take(1) % tables.size()];
      const auto row = static_cast<int64_t>(input->Take(1) % 64);
      try {
        if (kind % 16 == 1) {
          Execute(fmt::format("DELETE FROM {} LIMIT 1 OFFSET ?1", table), {row},
                  &database);
          continue;
        }
        const std::vector<std::string> columns = Texts(
            &database,
            fmt::format("SELECT name FROM pragma_table_info('{}')", table));
        const std::string& column = columns[input->Take(1) % columns.size()];
        const Value value = TakeValue(input);
        const bool all = kind % 4 == 3;
        Execute(fmt::format("UPDATE OR REPLACE {} SET {} = ?1 {}", table,
                            column, all ? "" : "LIMIT 1 OFFSET ?2"),
                all ? Row{value} : Row{value, row}, &database);
      } catch (const SQLite::Exception&) {  // a key, or what is generated
      }
    }
  }

  static void Execute(const std::string& sql, const Row& values,
                      SQLite::Database* database) {
    SQLite::Statement statement(*database, sql);
    BindAll(values, &statement);
    statement.exec();
  }

  // What the command printed.
  static std::string Run(const Words& command) {
    std::fflush(stdout);
    std::fflush(stderr);
    const int shown = memfd_create("shown", MFD_CLOEXEC);
    const std::array<int, 2> streams = {STDOUT_FILENO, STDERR_FILENO};
    std::array<int, 2> saved{};
    for (size_t i = 0; i < streams.size(); ++i) {
      saved[i] = dup(streams[i]);
      dup2(shown, streams[i]);
    }
    Execute(command);
    std::fflush(stdout);
    std::fflush(stderr);
    for (size_t i = 0; i < streams.size(); ++i) {
      dup2(saved[i], streams[i]);
      close(saved[i]);
    }
    std::string text(static_cast<size_t>(lseek(shown, 0, SEEK_END)), '\0');
    Require(pread(shown, text.data(), text.size(), 0) ==
                static_cast<ssize_t>(text.size()),
            "what was shown can be read");
    close(shown);
    return text;
  }

  static void Execute(const Words& command) {
    try {
      if (command.front() == "report") {
        Reader reader("fork.db");
        std::printf("%s\n",
                    ReportJson(reader.ReadReport({}, kStartNs), {}).c_str());
        return;
      }
      Words words = command;
      words.insert(words.end(), {"--db", "fork.db"});
      if (command.front() != "prune" && command.front() != "record") {
        words.insert(words.end(), {"--timeout", "5"});
      }
      std::reverse(words.begin(), words.end());  // as CLI11 wants them
      NewApp()->parse(words);
    } catch (const CLI::ParseError& e) {
      Require(false, e.what());
    } catch (const std::bad_variant_access&) {
      Require(false, "values of any type are taken");
    } catch (const std::logic_error& e) {
      Require(false, e.what());
    } catch (const std::exception& e) {
      // main.cc prints it, escaped.
    }
  }

  std::string sound_;
};

}  // namespace
}  // namespace forkdb

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static forkdb::Target target;
  forkdb::Input input(data, size);
  target.Try(&input);
  return 0;
}
