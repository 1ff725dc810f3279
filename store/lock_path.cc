#include "store/lock_path.h"

#include "store/own_file.h"

namespace forkdb {

std::string LockPath(const std::string& database) {
  return ResolveLinks(database) + "-lock";
}

}  // namespace forkdb
