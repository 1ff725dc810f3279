#include "bench/zipf.h"

#include <iterator>

namespace forkdb {
namespace {

constexpr size_t kMaxComm = 15;

// The commands of a build come first: the simulation uses their positions.
constexpr const char* kCommon[] = {"bash",
                                   "make",
                                   "sh",
                                   "cc",
                                   "cc1",
                                   "as",
                                   "collect2",
                                   "git",
                                   "python3",
                                   "grep",
                                   "sed",
                                   "cron",
                                   "find",
                                   "xargs",
                                   "perl",
                                   "node",
                                   "java",
                                   "awk",
                                   "cat",
                                   "run-parts",
                                   "tmux: server",
                                   "sshd",
                                   "ssh",
                                   "rsync",
                                   "apt-get",
                                   "dpkg",
                                   "docker",
                                   "runc:[2:INIT]",
                                   "containerd-shim",
                                   "(sd-pam)",
                                   "Isolated Web Co",
                                   "Web Content",
                                   "caf\303\251",
                                   "a\\b",
                                   "=cmd()"};

constexpr const char* kFirst[] = {
    "git",   "apt",   "kube", "pg",    "py",   "node", "cargo", "mvn",
    "qemu",  "lvm",   "net",  "nft",   "ip",   "snap", "gnome", "xdg",
    "dbus",  "gpg",   "ssl",  "mail",  "cups", "zfs",  "btrfs", "cloud",
    "acpi",  "alsa",  "vim",  "emacs", "tex",  "ruby", "php",   "redis",
    "nginx", "media", "disk", "user",  "log",  "text", "image", "test"};

constexpr const char* kSecond[] = {
    "d",      "-sync",  "-fetch",  "-ctl",   "-watch", "-worker", "-agent",
    "-build", "-dump",  "-load",   "-check", "-scan",  "-list",   "-info",
    "-init",  "-gc",    "-pack",   "-send",  "-recv",  "-main",   "-pool",
    "-shell", "-proxy", "-update", "-exec",  "-copy",  "-merge",  "-diff",
    "-index", "-cache", "-queue",  "-clean"};

}  // namespace

Zipf::Zipf(size_t count) {
  constexpr size_t kSlots = size_t{1} << (64 - kShift);
  double total = 0;
  for (size_t rank = 0; rank < count; ++rank) {
    total += 1 / static_cast<double>(rank + 1);
  }
  ranks_.reserve(kSlots);
  double reached = 0;
  for (size_t rank = 0; rank < count; ++rank) {
    reached += 1 / static_cast<double>(rank + 1);
    const auto end = static_cast<size_t>(reached / total * double{kSlots});
    while (ranks_.size() < end) ranks_.push_back(static_cast<uint16_t>(rank));
  }
  ranks_.resize(kSlots, 0);
}

std::vector<std::string> CommandNames(size_t count) {
  std::vector<std::string> names(std::begin(kCommon), std::end(kCommon));
  for (int version = 0; names.size() < count; ++version) {
    for (const char* second : kSecond) {
      for (const char* first : kFirst) {
        std::string name = std::string(first) + second;
        if (version > 0) name += std::to_string(version);
        names.push_back(name.substr(0, kMaxComm));
      }
    }
  }
  names.resize(count);
  return names;
}

}  // namespace forkdb
