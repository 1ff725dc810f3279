#include "query/answer.h"

#include <utility>

#include "base/time.h"
#include "query/filter/filter.h"
#include "store/supervise.h"

namespace forkdb {

void Answer(const Request& request, Output* output,
            std::function<void()> discard,
            const std::function<void(Databases*, int64_t)>& answer) {
  const int64_t now_ns = RealtimeNow();
  const Filter filter = ReadFilter(request.filter, now_ns);
  Supervision supervision;
  supervision.timeout_ns = request.timeout_ns;
  supervision.discard = std::move(discard);
  Supervise(supervision, output, [&](const Stop& stop) {
    Databases databases(request.databases, &stop, output->notes());
    databases.WarnOfMissingLogs();
    databases.SetFilter(request.filter, filter);
    databases.CheckUsers();
    databases.TellMixedNamespaces();
    answer(&databases, now_ns);
  });
}

}  // namespace forkdb
