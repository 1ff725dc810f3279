#include "store/lock_path.h"

#include <filesystem>
#include <system_error>

namespace forkdb {

std::string LockPath(const std::string& database) {
  std::error_code error;
  const auto path = std::filesystem::weakly_canonical(database, error);
  return (error ? database : path.string()) + "-lock";
}

}  // namespace forkdb
