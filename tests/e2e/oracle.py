#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""What strace saw: the process creations of one tree, as an ordered list.

Reads the files of `strace -ff --pidns-translation -X raw -e signal=none
-e trace=clone,clone3,fork,vfork,unshare,setns,setresuid -o DIR/t`, one
a thread, named by the thread's id in strace's pid namespace. DIR/root holds
the id of the process that strace started.

Usage: oracle.py DIR [KERNEL_RELEASE]     prints the list, one call a line
"""

import collections
import dataclasses
import errno
import os
import pathlib
import re
import sys

SIGCHLD = 17
CSIGNAL = 0xFF
CLONE_VM, CLONE_SIGHAND, CLONE_PARENT, CLONE_THREAD = 0x100, 0x800, 0x8000, 0x10000
CLONE_VFORK, CLONE_UNTRACED, CLONE_DETACHED = 0x4000, 0x800000, 0x400000
CLONE_NEWTIME, CLONE_NEWPID, CLONE_NEWUSER = 0x80, 0x20000000, 0x10000000
CLONE_CLEAR_SIGHAND, CLONE_INTO_CGROUP = 1 << 32, 1 << 33
CLONE3_FLAGS, CLONE3_FLAGS_7_1 = (1 << 34) - 1, (1 << 38) - 1
CLONE3_SIZES = (64, 4096)  # the oldest struct, and a page
CLONE3_CGROUP_END = 88
MAX_PID_NS_LEVEL = 32

# errno values between the kernel and itself, which errno.h does not have.
ERESTART = {"ERESTARTSYS": 512, "ERESTARTNOINTR": 513, "ERESTARTNOHAND": 514,
            "ERESTART_RESTARTBLOCK": 516}

CALL = re.compile(r"(clone3?|v?fork|unshare|setns|setresuid)\((.*)")
RESULT = re.compile(r"\)\s+= (.*)$")
TRANSLATED = re.compile(r"(-?\d+) /\* (\d+) in strace's PID NS \*/$")
RESUMED = re.compile(r" ?<unfinished \.\.\.>\n<\.\.\. \w+ resumed>")
FIELD = re.compile(r"(\w+)=(\[[^\]]*\]|[^,}\]]+)")


class OracleError(Exception):
    """A line of strace that this program does not understand."""


@dataclasses.dataclass
class Call:
    """One call. None: strace could not know (the caller died inside it)."""
    caller: int  # thread id, strace's namespace
    name: str
    flags: int
    exit_signal: int
    ret: int | None  # as the caller saw it, or -errno
    errno: str | None
    child: int | None  # in strace's namespace
    uid: int = 0
    unshared: bool = False  # the caller had changed its namespaces before
    refused: str | None = None  # why kernel_clone() was never reached


def version_of(release):
    """(7, 1) of "7.1.3-amd64"."""
    return tuple(map(int, re.match(r"(\d+)\.(\d+)", release).groups()))


def refused_clone3(fields, size, version):
    """Why clone3() of this kernel version refuses its argument before
    kernel_clone(), as an (errno, reason) pair, or None. Follows
    copy_clone_args_from_user() and clone3_args_valid() in the order of the
    kernel."""
    if size > CLONE3_SIZES[1]:
        return "E2BIG", "size over a page"
    if size < CLONE3_SIZES[0]:
        return "EINVAL", "size under the first version"
    if fields is None:
        return "EFAULT", "argument not readable"
    if fields["tail"]:
        return "E2BIG", "unknown trailing fields"
    flags, tids = fields["flags"], fields["set_tid"]
    if fields["set_tid_size"] > MAX_PID_NS_LEVEL:
        return "EINVAL", "set_tid_size over the deepest nesting"
    if (tids != "NULL") != (fields["set_tid_size"] > 0):
        return "EINVAL", "set_tid without set_tid_size, or the reverse"
    # Since 7.1 it is kernel_clone() that refuses numbers that are no signals.
    if not 0 <= fields["exit_signal"] <= (64 if version < (7, 1) else CSIGNAL):
        return "EINVAL", "exit_signal out of range"
    if flags & CLONE_INTO_CGROUP and (fields["cgroup"] > 0x7FFFFFFF
                                      or size < CLONE3_CGROUP_END):
        return "EINVAL", "cgroup out of range or missing"
    if tids != "NULL" and not tids.startswith("["):
        return "EFAULT", "set_tid not readable"
    if flags & ~(CLONE3_FLAGS if version < (7, 1) else CLONE3_FLAGS_7_1):
        return "EINVAL", "unknown flag"
    if flags & (CLONE_DETACHED | (CSIGNAL & ~CLONE_NEWTIME)):
        return "EINVAL", "CLONE_DETACHED or a signal in flags"
    if flags & CLONE_SIGHAND and flags & CLONE_CLEAR_SIGHAND:
        return "EINVAL", "CLONE_SIGHAND with CLONE_CLEAR_SIGHAND"
    if flags & (CLONE_THREAD | CLONE_PARENT) and fields["exit_signal"]:
        return "EINVAL", "exit_signal with CLONE_THREAD or CLONE_PARENT"
    if (fields["stack"] != "NULL") != (fields["stack_size"] > 0):
        return "EINVAL", "stack without stack_size, or the reverse"
    return None


def clone3_fields(text):
    """The members of a printed struct clone_args; None if only a pointer."""
    if not text.startswith("{"):
        return None
    before = text.split("} => {")[0]
    found = dict(FIELD.findall(before))
    fields = {name: int(found.get(name, "0"), 0) for name in
              ("flags", "exit_signal", "stack_size", "set_tid_size", "cgroup")}
    fields["set_tid"] = found.get("set_tid", "NULL")
    fields["stack"] = found.get("stack", "NULL")
    tail = re.search(r'/\* bytes \d+\.\.\d+ \*/ "([^"]*)"', before)
    fields["tail"] = bool(tail and tail[1].replace(r"\x00", ""))
    return fields


def parse_arguments(name, text, version):
    """Flags, exit signal and, if refused early, (errno, reason)."""
    if name == "fork":
        return 0, SIGCHLD, None
    if name == "vfork":
        return CLONE_VFORK | CLONE_VM, SIGCHLD, None
    if name == "clone":
        both = 0
        for part in re.search(r"flags=([^,)]+)", text)[1].split("|"):
            both |= int(part, 0)
        return both & 0xFFFFFFFF & ~CSIGNAL, both & CSIGNAL, None
    fields = clone3_fields(text)
    size = re.search(r", (\d+)$", text)  # comes last: missing in an unfinished call
    early = refused_clone3(fields, int(size[1]), version) if size else None
    if fields is None:
        return 0, 0, early
    return fields["flags"], fields["exit_signal"], early


def parse_result(text):
    """(ret, errno name, child in strace's namespace or None)."""
    translated = TRANSLATED.match(text)
    if translated:
        return int(translated[1]), None, int(translated[2])
    restart = re.match(r"\? (ERESTART\w+)", text)
    if restart:
        return -ERESTART[restart[1]], restart[1], None
    if text.startswith("?") or not text:
        return None, None, None
    failed = re.match(r"-1 (E\w+)", text)
    if failed:
        return -getattr(errno, failed[1]), failed[1], None
    return int(text.split()[0]), None, int(text.split()[0])


def split_line(line):
    """(name, arguments, result) of a call, or None for any other line."""
    # A thread that strace let go of, or that was killed, before strace knew the
    # call; had it made any that strace missed, the database would have more.
    if line in ("???( <detached ...>", "???( <unfinished ...>"):
        return None
    match = CALL.match(line)
    if not match:
        if line and not line.startswith(("+++", "---", "strace: ")):
            raise OracleError(f"not understood: {line}")
        return None
    name, rest = match.groups()
    end = RESULT.search(rest)
    if end:  # a caller that died inside the call may have both
        return name, rest[:end.start()].removesuffix(" <unfinished ...>"), end[1]
    if rest.endswith("<unfinished ...>"):
        return name, rest.removesuffix("<unfinished ...>").rstrip(" ,"), "?"
    raise OracleError(f"not understood: {line}")


class Trace:
    """All calls of the tree: `calls`, by thread in `by_thread`, `root`, and
    in `lost` the threads that strace followed but whose maker it could not
    name (a call whose `child` is None made each)."""

    def __init__(self, directory, release):
        directory, self.version = pathlib.Path(directory), version_of(release)
        self.root = int((directory / "root").read_text())
        self.by_thread = {int(path.suffix[1:]): self._read(path)
                          for path in directory.glob("t.*")}
        if self.root not in self.by_thread:
            raise OracleError(f"no file of the root process, {self.root}")
        self.calls = [c for tid in sorted(self.by_thread) for c in self.by_thread[tid]]
        self._forget_foreign_pids()
        self._inherit_users()
        made = {call.child for call in self.calls}
        self.lost = set(self.by_thread) - made - {self.root}

    def _read(self, path):
        """The calls of one thread, each with the user it had set by then."""
        calls, uid, unshared = [], None, False
        text = path.read_text(errors="backslashreplace")
        for line in RESUMED.sub("", text).splitlines():
            parts = split_line(line)
            if parts is None:
                continue
            name, arguments, result = parts
            if name == "setresuid" and result == "0":
                uid = int(arguments.split(",")[0])
            unshared |= name in ("unshare", "setns") and result == "0"
            if name not in ("clone", "clone3", "fork", "vfork"):
                continue
            flags, signal, early = parse_arguments(name, arguments, self.version)
            ret, code, child = parse_result(result)
            if early and early[0] != code:
                raise OracleError(f"{path.name}: expected {early}: {line}")
            calls.append(Call(int(path.suffix[1:]), name, flags, signal, ret, code,
                              child, uid, unshared, early[1] if early else None))
        return calls

    def _forget_foreign_pids(self):
        """Where strace could not translate (the child was already gone, or is
        nested too deep for it), a caller in a pid namespace of its own got a
        number that means nothing outside: such a child becomes None. So do
        those of callers that no chain of known calls joins to the root, and
        those that strace translated into a thread that it does not follow, or
        into one that another call made."""
        claims = collections.Counter(call.child for call in self.calls)
        for call in self.calls:
            if claims[call.child] > 1 and call.ret != call.child:
                call.child = None
            if call.child not in self.by_thread and not call.flags & CLONE_UNTRACED:
                call.child = None
        nested, reached, threads = set(), {self.root}, [self.root]
        while threads:
            for call in self.by_thread.get(threads.pop(), ()):
                if call.child is None or call.caller in nested and call.ret == call.child:
                    continue
                if call.flags & CLONE_NEWPID or call.unshared or call.caller in nested:
                    nested.add(call.child)
                reached.add(call.child)
                threads.append(call.child)
        for call in self.calls:
            if call.ret == call.child and (call.caller in nested
                                           or call.caller not in reached):
                call.child = None

    def _inherit_users(self):
        """Gives every call the real user of its caller, from maker to child;
        None where the maker is not known."""
        users, threads = {self.root: 0}, [self.root]
        while threads:
            tid = threads.pop()
            for call in self.by_thread.get(tid, ()):
                if call.uid is None:
                    call.uid = users[tid]
                if call.child is not None:
                    users[call.child] = call.uid
                    threads.append(call.child)


def main():
    if len(sys.argv) not in (2, 3):
        sys.exit(__doc__)
    trace = Trace(sys.argv[1], sys.argv[2] if len(sys.argv) == 3 else os.uname().release)
    for call in trace.calls:
        print(call.caller, call.name, hex(call.flags), call.exit_signal, call.ret,
              call.errno, call.child, call.uid, call.refused or "", sep="\t")
    print(f"{len(trace.calls)} calls, {len(trace.by_thread)} threads, "
          f"lost {sorted(trace.lost)}", file=sys.stderr)


if __name__ == "__main__":
    main()
