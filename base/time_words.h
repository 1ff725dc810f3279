// Parses times that consist of words, such as "Mon Nov 23 10:00:00 CET 2026".

#ifndef FORKDB_BASE_TIME_WORDS_H_
#define FORKDB_BASE_TIME_WORDS_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/error.h"
#include "base/time.h"

namespace forkdb {

// Returns an error that says why the text is not a time.
UsageError BadTime(std::string_view text, std::string_view reason);

// Collects the words of a time, which can come in any order, each kind once.
// ParseTime() lists them. Throws UsageError. Not thread-safe.
class TimeWords {
 public:
  // whole is the text of all words, for messages. It must outlive this.
  TimeWords(std::string_view whole, Zone zone) : whole_(whole) {
    if (zone == Zone::kUtc) offset_s_ = 0;
  }

  void Take(std::string_view word);
  // Returns ns since the epoch. now_ns completes days without a year and times
  // without a day.
  int64_t Resolve(int64_t now_ns) const;

 private:
  template <typename T>
  void Set(std::optional<T>* field, T value);

  bool TakeName(std::string_view word);
  bool TakeDate(std::string_view word);
  void TakeZone(std::string_view word);
  // Days since 1970-01-01.
  int64_t Day(int64_t now_ns) const;
  int64_t TimeOfDayNs() const;
  int64_t ToEpoch(int64_t local_s) const;

  std::string_view whole_;
  std::optional<int64_t> day_;  // since 1970-01-01
  std::optional<int64_t> days_from_now_;
  std::optional<std::string_view> period_;
  std::optional<unsigned> weekday_, month_, day_of_month_;
  std::optional<int> year_;
  std::optional<int64_t> time_ns_;
  std::optional<bool> is_afternoon_;
  std::optional<int64_t> offset_s_;  // nullopt for the local zone
  std::optional<std::string> zone_name_;
  bool has_zone_ = false;
};

}  // namespace forkdb

#endif  // FORKDB_BASE_TIME_WORDS_H_
