#include "query/print/boots_printer.h"

#include <memory>
#include <optional>
#include <string>

#include "base/duration.h"
#include "base/time.h"
#include "terminal/row_printer.h"
#include "terminal/value.h"

namespace forkdb {
namespace {

Value Moment(const std::optional<int64_t>& time_ns) {
  if (!time_ns) return {};
  return FormatUtc(*time_ns);
}

}  // namespace

void PrintBoots(const std::vector<BootSummary>& boots, const Output& output) {
  const bool is_table = output.format == Format::kTable;
  const std::unique_ptr<RowPrinter> printer = NewRowPrinter(
      output, {"boot", "boot_id", "host", "first", "last", "records", "missing",
               is_table ? "downtime" : "downtime_ns"});
  PrintAll(printer.get(), [&] {
    auto number = 1 - static_cast<int64_t>(boots.size());
    for (const BootSummary& boot : boots) {
      const Value downtime = is_table ? Value(FormatLength(boot.downtime_ns))
                                      : Value(boot.downtime_ns);
      printer->Print({number++, boot.boot_id,
                      boot.host.empty() ? Value() : Value(boot.host),
                      Moment(boot.first_ns), Moment(boot.last_ns), boot.records,
                      boot.missing, downtime});
    }
  });
}

}  // namespace forkdb
