#include "base/time_words.h"

#include <date/date.h>
#include <fmt/core.h>

#include <array>
#include <vector>

#include "base/duration.h"
#include "base/local_zone.h"
#include "base/time_text.h"

namespace forkdb {
namespace {

// The index of a name or of its first three letters, from 1 on.
template <size_t N>
std::optional<unsigned> IndexOf(const std::array<std::string_view, N>& names,
                                std::string_view word) {
  constexpr size_t kShort = 3;
  for (size_t i = 0; i < N; ++i) {
    if (word == names[i] || word == names[i].substr(0, kShort)) {
      return static_cast<unsigned>(i + 1);
    }
  }
  return std::nullopt;
}

constexpr std::array<std::string_view, 7> kWeekdays = {
    "Monday", "Tuesday",  "Wednesday", "Thursday",
    "Friday", "Saturday", "Sunday"};
constexpr std::array<std::string_view, 12> kMonths = {
    "January", "February", "March",     "April",   "May",      "June",
    "July",    "August",   "September", "October", "November", "December"};

// Returns days since 1970-01-01. Throws UsageError about the text `whole`.
int64_t CheckedDay(std::string_view whole, date::year_month_day day) {
  if (!day.ok()) throw BadTime(whole, "not a time");
  if (day.year() < date::year(1970) || day.year() > date::year(2261)) {
    throw BadTime(whole, "it is not between 1970 and 2262");
  }
  return date::sys_days(day).time_since_epoch().count();
}

// Returns the first day of the period that today is in. Weeks begin on Monday.
int64_t FirstDay(std::string_view period, int64_t today) {
  const date::sys_days day{date::days(today)};
  if (period == "this-week") {
    return today - (date::weekday(day).iso_encoding() - 1);
  }
  const date::year_month_day now(day);
  const date::month month = period == "this-year" ? date::January : now.month();
  return date::sys_days(now.year() / month / 1).time_since_epoch().count();
}

}  // namespace

UsageError BadTime(std::string_view text, std::string_view reason) {
  return UsageError(fmt::format(
      "time '{}': {}; write \"2026-11-23 10:00\", \"yesterday\", \"-1h\" or "
      "\"@1764000000\"",
      text, reason));
}

template <typename T>
void TimeWords::Set(std::optional<T>* field, T value) {
  if (field->has_value()) throw BadTime(whole_, "not a time");
  *field = value;
}

bool TimeWords::TakeName(std::string_view word) {
  if (word == "today") return Set<int64_t>(&days_from_now_, 0), true;
  if (word == "yesterday") return Set<int64_t>(&days_from_now_, -1), true;
  if (word == "tomorrow") return Set<int64_t>(&days_from_now_, 1), true;
  for (const std::string_view period :
       {"this-week", "this-month", "this-year"}) {
    if (word == period) return Set(&period_, period), true;
  }
  if (word == "AM" || word == "PM") {
    return Set(&is_afternoon_, word == "PM"), true;
  }
  if (const auto weekday = IndexOf(kWeekdays, word)) {
    return Set(&weekday_, *weekday), true;
  }
  if (const auto month = IndexOf(kMonths, word)) {
    return Set(&month_, *month), true;
  }
  return false;
}

// Takes "2026-11-23", "23" or "2026". A "T" and a time may follow.
bool TimeWords::TakeDate(std::string_view word) {
  const std::string_view whole_word = word;
  std::string_view rest = word;
  if (const auto year = ConsumeDigits(4, 4, &rest)) {
    if (rest.empty()) return Set(&year_, static_cast<int>(*year)), true;
    if (!ConsumePrefix("-", &rest)) return false;
    const auto month = ConsumeDigits(2, 2, &rest);
    if (!month || !ConsumePrefix("-", &rest)) return false;
    const auto day = ConsumeDigits(2, 2, &rest);
    if (!day) return false;
    Set(&day_, CheckedDay(whole_, date::year(static_cast<int>(*year)) /
                                      static_cast<unsigned>(*month) /
                                      static_cast<unsigned>(*day)));
    if (rest.empty()) return true;
    if (rest == "Z") return TakeZone(rest), true;
    if (!ConsumePrefix("T", &rest) || rest.empty()) return false;
    Take(rest);
    return time_ns_.has_value();
  }
  rest = whole_word;
  const auto day = ConsumeDigits(1, 2, &rest);
  if (!day || !rest.empty()) return false;
  return Set(&day_of_month_, static_cast<unsigned>(*day)), true;
}

void TimeWords::TakeZone(std::string_view word) {
  if (has_zone_ || word.empty()) throw BadTime(whole_, "not a time");
  has_zone_ = true;
  if (word == "UTC" || word == "GMT" || word == "Z") {
    offset_s_ = 0;
  } else if (const std::optional<int64_t> offset_s = ParseOffset(word)) {
    offset_s_ = offset_s;
  } else if (word.size() >= 3 &&
             word.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ") ==
                 std::string_view::npos) {
    offset_s_.reset();
    zone_name_ = std::string(word);
  } else {
    throw BadTime(whole_, "not a time");
  }
}

void TimeWords::Take(std::string_view word) {
  if (TakeName(word)) return;
  if (word.find(':') != std::string_view::npos && word.front() != '+' &&
      word.front() != '-' && word.find('-') != 4) {
    const std::optional<int64_t> time_ns = ConsumeTimeOfDay(&word);
    if (!time_ns) throw BadTime(whole_, "not a time");
    Set(&time_ns_, *time_ns);
    if (!word.empty()) TakeZone(word);
    return;
  }
  if (!TakeDate(word)) TakeZone(word);
}

int64_t TimeWords::Day(int64_t now_ns) const {
  const int64_t now_s = now_ns / kNsPerSecond;
  const int64_t today =
      (offset_s_ ? now_s + *offset_s_ : LocalOf(now_s)) / kDayS;
  const bool has_month = month_ && day_of_month_;
  const int ways = day_.has_value() + days_from_now_.has_value() +
                   period_.has_value() + has_month;
  if (ways > 1 || month_.has_value() != day_of_month_.has_value() ||
      (year_ && !has_month)) {
    throw BadTime(whole_, "not a time");
  }
  if (day_) return *day_;
  if (days_from_now_) return today + *days_from_now_;
  if (period_) return FirstDay(*period_, today);
  if (!has_month) return today;
  const auto in_year = [&](date::year year) {
    return CheckedDay(whole_, year / *month_ / *day_of_month_);
  };
  if (year_) return in_year(date::year(*year_));
  // Times in logs have no year: choose the latest such day until tomorrow.
  const date::year_month_day tomorrow{date::sys_days(date::days(today + 1))};
  const bool is_past =
      date::month_day(date::month(*month_), date::day(*day_of_month_)) <=
      date::month_day(tomorrow.month(), tomorrow.day());
  return in_year(is_past ? tomorrow.year() : tomorrow.year() - date::years(1));
}

int64_t TimeWords::TimeOfDayNs() const {
  constexpr int64_t kHourNs = kHourS * kNsPerSecond;
  const int64_t time_ns = time_ns_.value_or(0);
  if (!is_afternoon_) return time_ns;
  const int64_t hour = time_ns / kHourNs;
  if (!time_ns_ || hour < 1 || hour > 12) throw BadTime(whole_, "not a time");
  return time_ns - (hour == 12 ? 12 * kHourNs : 0) +
         (*is_afternoon_ ? 12 * kHourNs : 0);
}

int64_t TimeWords::ToEpoch(int64_t local_s) const {
  if (offset_s_) return local_s - *offset_s_;
  if (zone_name_) {
    for (const int64_t time_s : MomentsOf(local_s)) {
      if (ZoneNameAt(time_s) == *zone_name_) return time_s;
    }
    throw BadTime(whole_, fmt::format("{} is not this machine's zone at that "
                                      "time: write an offset such as +01:00",
                                      *zone_name_));
  }
  // A clock change can skip or repeat midnight. The day begins with its first
  // moment.
  if (!time_ns_) return FirstMomentOf(local_s);
  const std::vector<int64_t> moments = MomentsOf(local_s);
  if (moments.empty()) throw BadTime(whole_, "a clock change skips it");
  if (moments.size() > 1) {
    throw BadTime(
        whole_,
        fmt::format("it occurs twice because of a clock change: add {} or {}",
                    ZoneNameAt(moments[0]), ZoneNameAt(moments[1])));
  }
  return moments.front();
}

int64_t TimeWords::Resolve(int64_t now_ns) const {
  const int64_t day = Day(now_ns);
  const bool has_day = day_ || days_from_now_ || period_ || month_;
  if (!has_day && !time_ns_) throw BadTime(whole_, "not a time");
  if (weekday_) {
    const date::weekday weekday{date::sys_days(date::days(day))};
    if (weekday.iso_encoding() != *weekday_) {
      throw BadTime(whole_, fmt::format("that day is a {}",
                                        kWeekdays[weekday.iso_encoding() - 1]));
    }
  }
  const int64_t time_of_day_ns = TimeOfDayNs();
  const int64_t time_s = ToEpoch(day * kDayS + time_of_day_ns / kNsPerSecond);
  // East of Greenwich, 1970-01-01 begins before the epoch.
  if (time_s < 0 && day == 0 && !time_ns_) return 0;
  if (time_s < 0) throw BadTime(whole_, "it is before 1970");
  return time_s * kNsPerSecond + time_of_day_ns % kNsPerSecond;
}

}  // namespace forkdb
