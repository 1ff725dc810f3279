#include "query/ancestry/tree.h"

#include <fmt/core.h>

#include <algorithm>
#include <optional>
#include <unordered_set>
#include <utility>
#include <vector>

#include "base/error.h"
#include "query/ancestry/alive.h"
#include "query/ancestry/relatives.h"

namespace forkdb {
namespace {

class Walker {
 public:
  Walker(const TreeOptions& options, SQLite::Database* database,
         const std::function<void(const TreeNode&)>& take)
      : options_(options), take_(take), relatives_(database) {}

  void Walk();

 private:
  void WalkUp();
  // Adds those that were not met before, up to so many in all.
  void Show(const std::vector<Process>& children, int64_t limit,
            std::vector<Process>* shown);
  // Takes the node, and gives the children to show.
  std::vector<Process> Visit(const Process& process, TreeNode node);
  void WalkDown();

  const TreeOptions& options_;
  const std::function<void(const TreeNode&)>& take_;
  Relatives relatives_;
  // A forged source could name a record as its own ancestor.
  std::unordered_set<Process> seen_;
};

void Walker::WalkUp() {
  std::vector<TreeNode> ancestors;
  Process process = options_.root;
  bool whole = false;
  while (seen_.insert(process).second &&
         static_cast<int64_t>(ancestors.size()) < options_.depth) {
    const std::optional<Process> above = relatives_.FindAbove(process);
    if (!above) {
      whole = true;
      if (!relatives_.IsTop(process)) {
        ancestors.push_back(relatives_.UnknownAbove(process));
      }
      break;
    }
    process = *above;
    ancestors.push_back(relatives_.Read(process));
  }
  if (!ancestors.empty() && !whole) {
    ancestors.back().note = "its ancestors are left out: raise --depth";
  }
  for (auto depth = static_cast<int64_t>(ancestors.size()); depth > 0;
       --depth) {
    TreeNode& node = ancestors[static_cast<size_t>(depth - 1)];
    node.depth = -depth;
    take_(node);
  }
}

void Walker::Show(const std::vector<Process>& children, int64_t limit,
                  std::vector<Process>* shown) {
  for (const Process& child : children) {
    if (static_cast<int64_t>(shown->size()) == limit) return;
    if (seen_.insert(child).second) shown->push_back(child);
  }
}

std::vector<Process> Walker::Visit(const Process& process, TreeNode node) {
  std::vector<Process> shown;
  if (options_.down) {
    const Relatives::Counts counts = relatives_.Count(process);
    const std::vector<Process> alive = relatives_.AliveChildren(process);
    int64_t children = counts.processes + static_cast<int64_t>(alive.size());
    (options_.threads ? children : node.threads) += counts.threads;
    if (options_.failed) children += counts.failed;
    if (node.depth < options_.depth) {
      Show(alive, options_.limit, &shown);
      const int64_t left = options_.limit - static_cast<int64_t>(shown.size());
      Show(relatives_.Children(process, options_, left), options_.limit,
           &shown);
    }
    node.more = children - static_cast<int64_t>(shown.size());
  }
  take_(node);
  std::reverse(shown.begin(), shown.end());
  return shown;
}

void Walker::WalkDown() {
  // Of each level the children still to come, the next one last.
  std::vector<std::vector<Process>> levels = {{options_.root}};
  while (!levels.empty()) {
    if (levels.back().empty()) {
      levels.pop_back();
      continue;
    }
    const Process process = levels.back().back();
    levels.back().pop_back();
    TreeNode node = relatives_.Read(process);
    node.depth = static_cast<int64_t>(levels.size()) - 1;
    node.is_last = levels.back().empty();
    levels.push_back(Visit(process, std::move(node)));
  }
}

void Walker::Walk() {
  if (!relatives_.Has(options_.root)) {
    throw UsageError(
        fmt::format("record {}: not in the database: give a pid, or an id that "
                    "forkdb query prints",
                    options_.root.id));
  }
  if (options_.up) WalkUp();
  seen_.insert(options_.root);
  WalkDown();
}

}  // namespace

void ReadTree(const TreeOptions& options, SQLite::Database* database,
              const std::function<void(const TreeNode&)>& take) {
  StoreMade(BootOf(options.root, database), database);
  Walker(options, database, take).Walk();
}

}  // namespace forkdb
