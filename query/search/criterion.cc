#include "query/search/criterion.h"

#include <fmt/core.h>

#include <algorithm>
#include <vector>

#include "store/dimensions.h"
#include "store/schema.h"

namespace forkdb {
namespace {

// As the view forks has it; false, not NULL, where the call failed.
#define IS_KTHREAD "(tgid = 2 AND ppid = 0 OR tgid = 0 AND child_pid IS 2)"
#define KTHREAD_BLOCK                                                        \
  "EXISTS (SELECT 1 FROM pid_blocks AS t WHERE t.block = d.block AND t.pid " \
  "IN (0, 2))"

// Those that are no dimension (store/dimensions.h).
std::vector<Criterion> OtherCriteria() {
  return {
      {"pid", "pid_blocks", false,
       "EXISTS (SELECT 1 FROM pid_blocks AS p WHERE p.block = d.block AND "
       "p.pid IN temp.wanted_pid)",
       "(pid IN temp.wanted_pid OR tgid IN temp.wanted_pid)"},
      {"child_pid", "", false,
       "EXISTS (SELECT 1 FROM blocks AS b, temp.wanted_child_pid AS w WHERE "
       "b.block = d.block AND w.value BETWEEN b.first_child_pid AND "
       "b.last_child_pid)",
       "child_pid IN temp.wanted_child_pid"},
      {"tgid", "", false,
       "EXISTS (SELECT 1 FROM pid_blocks AS p WHERE p.block = d.block AND "
       "p.pid IN temp.wanted_tgid)",
       "tgid IN temp.wanted_tgid"},
      // Successful calls are left, too.
      {"not_ret", "", false, "1", "ret NOT IN temp.wanted_not_ret"},
      // No block knows parents: a table of them costs 7 % of recording.
      {"ppid", "", false, "1", "ppid IN temp.wanted_ppid"},
      {"id", "", false,
       FormatSql(
           "EXISTS (SELECT 1 FROM temp.wanted_id AS i WHERE i.value BETWEEN "
           "d.block * {kBlockRecords} AND "
           "(d.block + 1) * {kBlockRecords} - 1)"),
       // The + keeps SQLite on the run of ids that is being read.
       "+records.id IN temp.wanted_id"},
      {"range", "", false,
       FormatSql(
           "(SELECT g.last_id FROM temp.wanted_range AS g WHERE g.value "
           "< (d.block + 1) * {kBlockRecords} ORDER BY g.value DESC LIMIT 1) "
           ">= d.block * {kBlockRecords}"),
       "(SELECT g.last_id FROM temp.wanted_range AS g WHERE g.value <= "
       "records.id ORDER BY g.value DESC LIMIT 1) >= records.id"},
      {"stream", "", false,
       FormatSql("d.block / {kStreamBlocks} IN temp.wanted_stream"),
       FormatSql("id / {kSeqLimit} IN temp.wanted_stream")},
      {"kind", "", false,
       "(EXISTS (SELECT 1 FROM flag_set_blocks AS k WHERE k.block = d.block "
       "AND k.flag_set IN temp.wanted_kind) OR " KTHREAD_BLOCK ")",
       "(" IS_KTHREAD " OR flag_set IN temp.wanted_kind)"},
      {"kthread", "", false, KTHREAD_BLOCK, IS_KTHREAD},
      {"no_kthread", "", false, "1", "NOT " IS_KTHREAD},
      {"success", "", false, "1", "ret > 0"},
      // As ConditionsOf() has it. 0x20000000 is CLONE_NEWPID.
      {"changed_ns", "", false, "1",
       "EXISTS (SELECT 1 FROM namespace_sets AS n "
       "WHERE n.id = namespace_set AND (n.user_ns <> "
       "(SELECT b.child_user_ns FROM records AS m "
       "JOIN namespace_sets AS b ON b.id = m.namespace_set "
       "WHERE m.id = records.caller_id) OR n.child_pid_ns <> n.pid_ns "
       "AND NOT (SELECT f.flags & 0x20000000 FROM flag_sets AS f "
       "WHERE f.id = records.flag_set)))"},
  };
}

#undef IS_KTHREAD
#undef KTHREAD_BLOCK

std::vector<Criterion> AllCriteria() {
  std::vector<Criterion> criteria = OtherCriteria();
  for (const Dimension& dimension : kDimensions) {
    const std::string_view name = dimension.name();
    criteria.push_back(
        {name, dimension.blocks, dimension.of_failures,
         fmt::format("EXISTS (SELECT 1 FROM {1} AS c WHERE c.block = d.block "
                     "AND c.{0} IN temp.wanted_{0})",
                     name, dimension.blocks),
         fmt::format("{1}{0} IN temp.wanted_{0}", name,
                     dimension.of_failures ? "ret < 0 AND " : "")});
  }
  return criteria;
}

}  // namespace

const Criterion* FindCriterion(std::string_view name) {
  static const std::vector<Criterion> kCriteria = AllCriteria();
  return &*std::find_if(
      kCriteria.begin(), kCriteria.end(),
      [&](const Criterion& criterion) { return criterion.name == name; });
}

}  // namespace forkdb
