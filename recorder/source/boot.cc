#include "recorder/source/boot.h"

#include <sys/utsname.h>
#include <time.h>

#include <fstream>

#include "base/error.h"
#include "base/time.h"

namespace forkdb {
namespace {

constexpr char kBootIdPath[] = "/proc/sys/kernel/random/boot_id";
constexpr char kMachineIdPath[] = "/etc/machine-id";

std::string FirstLine(const char* path) {
  std::ifstream file(path);
  std::string line;
  std::getline(file, line);
  return line;
}

}  // namespace

Boot CurrentBoot() {
  Boot boot;
  boot.boot_id = FirstLine(kBootIdPath);
  if (boot.boot_id.empty()) {
    throw Error(std::string("cannot read the boot id: ") + kBootIdPath +
                ": mount /proc");
  }
  boot.machine_id = FirstLine(kMachineIdPath);
  utsname names{};
  if (uname(&names) == 0) {
    boot.host = names.nodename;
    boot.kernel_release = names.release;
  }
  timespec since_boot{};
  clock_gettime(CLOCK_BOOTTIME, &since_boot);
  boot.boot_ns =
      RealtimeNow() - (since_boot.tv_sec * kNsPerSecond + since_boot.tv_nsec);
  return boot;
}

}  // namespace forkdb
