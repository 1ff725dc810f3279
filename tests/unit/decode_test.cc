#include "store/decode.h"

#include <gtest/gtest.h>

#include <cctype>
#include <cerrno>
#include <csignal>
#include <string>
#include <utility>
#include <vector>

namespace forkdb {
namespace {

// clone(2), clone3(2) and include/uapi/linux/sched.h.
const std::vector<std::pair<uint64_t, std::string>>& Flags() {
  static const auto* const flags =
      new std::vector<std::pair<uint64_t, std::string>>{
          {0x00000080, "CLONE_NEWTIME"},
          {0x00000100, "CLONE_VM"},
          {0x00000200, "CLONE_FS"},
          {0x00000400, "CLONE_FILES"},
          {0x00000800, "CLONE_SIGHAND"},
          {0x00001000, "CLONE_PIDFD"},
          {0x00002000, "CLONE_PTRACE"},
          {0x00004000, "CLONE_VFORK"},
          {0x00008000, "CLONE_PARENT"},
          {0x00010000, "CLONE_THREAD"},
          {0x00020000, "CLONE_NEWNS"},
          {0x00040000, "CLONE_SYSVSEM"},
          {0x00080000, "CLONE_SETTLS"},
          {0x00100000, "CLONE_PARENT_SETTID"},
          {0x00200000, "CLONE_CHILD_CLEARTID"},
          {0x00400000, "CLONE_DETACHED"},
          {0x00800000, "CLONE_UNTRACED"},
          {0x01000000, "CLONE_CHILD_SETTID"},
          {0x02000000, "CLONE_NEWCGROUP"},
          {0x04000000, "CLONE_NEWUTS"},
          {0x08000000, "CLONE_NEWIPC"},
          {0x10000000, "CLONE_NEWUSER"},
          {0x20000000, "CLONE_NEWPID"},
          {0x40000000, "CLONE_NEWNET"},
          {0x80000000, "CLONE_IO"},
          {0x100000000, "CLONE_CLEAR_SIGHAND"},
          {0x200000000, "CLONE_INTO_CGROUP"},
          {0x400000000, "CLONE_AUTOREAP"},
          {0x800000000, "CLONE_NNP"},
          {0x1000000000, "CLONE_PIDFD_AUTOKILL"},
          {0x2000000000, "CLONE_EMPTY_MNTNS"},
      };
  return *flags;
}

TEST(CloneFlags, HaveTheNamesOfTheKernelsHeader) {
  for (const auto& [bit, name] : Flags()) {
    EXPECT_EQ(CloneFlagNames(bit), name);
  }
  EXPECT_EQ(AllCloneFlagNames().size(), Flags().size());
}

TEST(CloneFlags, AreJoinedLowestBitFirst) {
  EXPECT_EQ(CloneFlagNames(0), "");
  EXPECT_EQ(CloneFlagNames(0x4100), "CLONE_VM|CLONE_VFORK");
  EXPECT_EQ(CloneFlagNames(0x2000000080), "CLONE_NEWTIME|CLONE_EMPTY_MNTNS");
}

TEST(CloneFlags, ShowBitsWithoutANameInHex) {
  EXPECT_EQ(CloneFlagNames(0x1), "0x1");
  EXPECT_EQ(CloneFlagNames(0x7f), "0x7f");
  EXPECT_EQ(CloneFlagNames(0x4000000000), "0x4000000000");
  EXPECT_EQ(CloneFlagNames(0x8000000000000111), "CLONE_VM|0x8000000000000011");
}

TEST(CloneFlags, AreFoundByNameInAnyCaseWithOrWithoutThePrefix) {
  for (const auto& [bit, name] : Flags()) {
    std::string lower;
    for (const char c : name) {
      lower += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    }
    for (const std::string& text :
         {name, name.substr(6), lower, lower.substr(6)}) {
      EXPECT_EQ(CloneFlagFromName(text), bit) << text;
    }
  }
}

TEST(CloneFlags, AreNotFoundByOtherNames) {
  for (const char* name : {"", "CLONE_", "CLONE", "NEW", "VM ",
                           "CLONE_CLONE_VM", "0x100", "VM|FS", "SIGCHLD"}) {
    EXPECT_FALSE(CloneFlagFromName(name).has_value()) << name;
  }
}

TEST(Errno, HasItsNameAndWords) {
  const std::vector<std::pair<int, std::string>> cases = {
      {EPERM, "EPERM"},        {EAGAIN, "EAGAIN"},
      {ENOMEM, "ENOMEM"},      {EINVAL, "EINVAL"},
      {ENOSPC, "ENOSPC"},      {EUSERS, "EUSERS"},
      {512, "ERESTARTSYS"},    {513, "ERESTARTNOINTR"},
      {514, "ERESTARTNOHAND"}, {516, "ERESTART_RESTARTBLOCK"},
      {515, "E515"},           {4095, "E4095"},
  };
  for (const auto& [number, name] : cases) {
    EXPECT_EQ(ErrnoName(number), name);
    EXPECT_EQ(ErrnoFromName(name), number) << name;
    EXPECT_NE(ErrnoDescription(number), "") << name;
  }
  EXPECT_EQ(ErrnoDescription(EAGAIN), "Resource temporarily unavailable");
  EXPECT_NE(ErrnoDescription(513), ErrnoDescription(514));
}

TEST(Errno, IsFoundInAnyCaseAndNotByAnythingElse) {
  EXPECT_EQ(ErrnoFromName("eagain"), EAGAIN);
  for (const char* name : {"", "AGAIN", "11", "-11", "E4096", "EAGAIN "}) {
    EXPECT_FALSE(ErrnoFromName(name).has_value()) << name;
  }
}

TEST(Signal, HasItsName) {
  const std::vector<std::pair<int, std::string>> cases = {
      {SIGHUP, "SIGHUP"},   {SIGKILL, "SIGKILL"}, {SIGUSR1, "SIGUSR1"},
      {SIGCHLD, "SIGCHLD"}, {SIGSYS, "SIGSYS"},   {32, "SIG32"},
      {33, "SIG33"},        {34, "SIGRTMIN"},     {35, "SIGRTMIN+1"},
      {64, "SIGRTMIN+30"},  {65, "SIG65"},        {255, "SIG255"}};
  for (const auto& [number, name] : cases) EXPECT_EQ(SignalName(number), name);
}

}  // namespace
}  // namespace forkdb
