#include <algorithm>
#include <iterator>

#include "query/wanted.h"

namespace forkdb {
namespace {

// As the view forks has it; false, not NULL, where the call failed.
#define IS_KTHREAD "(tgid = 2 AND ppid = 0 OR tgid = 0 AND child_pid IS 2)"
#define KTHREAD_BLOCK                                                        \
  "EXISTS (SELECT 1 FROM pid_blocks AS t WHERE t.block = d.block AND t.pid " \
  "IN (0, 2))"

constexpr WantedKind kKinds[] = {
    {"pid", "pid_blocks", false,
     "EXISTS (SELECT 1 FROM pid_blocks AS p WHERE p.block = d.block AND "
     "p.pid IN temp.wanted_pid)",
     "(pid IN temp.wanted_pid OR tgid IN temp.wanted_pid)"},
    {"ret", "errno_blocks", true,
     "EXISTS (SELECT 1 FROM errno_blocks AS e WHERE e.block = d.block AND "
     "e.ret IN temp.wanted_ret)",
     "ret < 0 AND ret IN temp.wanted_ret"},
    {"comm", "comm_blocks", false,
     "EXISTS (SELECT 1 FROM comm_blocks AS c WHERE c.block = d.block AND "
     "c.comm IN temp.wanted_comm)",
     "comm IN temp.wanted_comm"},
    {"user", "user_blocks", false,
     "EXISTS (SELECT 1 FROM user_blocks AS u WHERE u.block = d.block AND "
     "u.user IN temp.wanted_user)",
     "user IN temp.wanted_user"},
    {"flag_set", "flag_set_blocks", false,
     "EXISTS (SELECT 1 FROM flag_set_blocks AS f WHERE f.block = d.block AND "
     "f.flag_set IN temp.wanted_flag_set)",
     "flag_set IN temp.wanted_flag_set"},
    {"namespace_set", "namespace_set_blocks", false,
     "EXISTS (SELECT 1 FROM namespace_set_blocks AS n WHERE n.block = d.block "
     "AND n.namespace_set IN temp.wanted_namespace_set)",
     "namespace_set IN temp.wanted_namespace_set"},
    {"child_pid", nullptr, false,
     "EXISTS (SELECT 1 FROM blocks AS b, temp.wanted_child_pid AS w WHERE "
     "b.block = d.block AND w.value BETWEEN b.first_child_pid AND "
     "b.last_child_pid)",
     "child_pid IN temp.wanted_child_pid"},
    {"id", nullptr, false,
     "EXISTS (SELECT 1 FROM temp.wanted_id AS i WHERE i.value BETWEEN "
     "d.block * 4096 AND d.block * 4096 + 4095)",
     // The + keeps SQLite on the run of ids that is being read.
     "+records.id IN temp.wanted_id"},
    {"range", nullptr, false,
     "(SELECT g.last_id FROM temp.wanted_range AS g WHERE g.value <= "
     "d.block * 4096 + 4095 ORDER BY g.value DESC LIMIT 1) >= d.block * 4096",
     "(SELECT g.last_id FROM temp.wanted_range AS g WHERE g.value <= "
     "records.id ORDER BY g.value DESC LIMIT 1) >= records.id"},
    {"stream", nullptr, false, "d.block / 244140625 IN temp.wanted_stream",
     "id / 1000000000000 IN temp.wanted_stream"},
    {"kind", nullptr, false,
     "(EXISTS (SELECT 1 FROM flag_set_blocks AS k WHERE k.block = d.block AND "
     "k.flag_set IN temp.wanted_kind) OR " KTHREAD_BLOCK ")",
     "(" IS_KTHREAD " OR flag_set IN temp.wanted_kind)"},
    {"kthread", nullptr, false, KTHREAD_BLOCK, IS_KTHREAD},
    {"no_kthread", nullptr, false, "1", "NOT " IS_KTHREAD},
    {"success", nullptr, false, "1", "ret > 0"},
};

#undef IS_KTHREAD
#undef KTHREAD_BLOCK

}  // namespace

const WantedKind* FindWantedKind(std::string_view name) {
  return std::find_if(
      std::begin(kKinds), std::end(kKinds),
      [&](const WantedKind& kind) { return kind.name == name; });
}

}  // namespace forkdb
