// How a process is named.

#ifndef FORKDB_QUERY_FILTER_PROCESS_H_
#define FORKDB_QUERY_FILTER_PROCESS_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <tuple>

namespace forkdb {

// One life of a process, by what the database knows it from; never a pid, which
// is reused. A plain value. Statements have the kind as its number.
struct Process {
  enum class Kind : int64_t {
    kCaller,    // id is a call that it made; nothing else names it
    kAlive,     // id is its row in the table alive; no record created it
    kRecorded,  // id is the record that created it, which may be pruned
  };

  Kind kind = Kind::kRecorded;
  int64_t id = 0;

  bool operator==(const Process& other) const {
    return kind == other.kind && id == other.id;
  }
  bool operator<(const Process& other) const {
    return std::tie(kind, id) < std::tie(other.kind, other.id);
  }
};

inline constexpr size_t kProcessKinds = 3;

// An index for a table of the kinds.
inline constexpr size_t IndexOf(const Process& process) {
  return static_cast<size_t>(process.kind);
}

}  // namespace forkdb

template <>
struct std::hash<forkdb::Process> {
  size_t operator()(const forkdb::Process& process) const {
    const auto id = static_cast<uint64_t>(process.id);
    return std::hash<uint64_t>()(id * forkdb::kProcessKinds +
                                 forkdb::IndexOf(process));
  }
};

#endif  // FORKDB_QUERY_FILTER_PROCESS_H_
