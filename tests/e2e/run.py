#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Boots the patched kernel in an emulator, lets the guest run the scenarios,
and checks what they left. Exit 0 if all is well, 1 if not. See README.md."""

import argparse
import pathlib
import re
import shutil
import sys
import time

sys.dont_write_bytecode = True  # the sources stay clean
import database
import scenarios
from emulator import (Failure, alarms, compile_static, make_root, pack, qemu_command,
                      retry_once, run_tool, try_boot, which)
from watch import GUEST_SILENCE_S, Watch

HERE = pathlib.Path(__file__).resolve().parent
DEFAULT = "comm show access wake module reload oracle overflow kill reuse clock power again".split()
EXTRA = ["beside"]  # needs a kernel with BTF and a forkdb with eBPF
DEBUG_DEFAULT = "show module oracle overflow".split()  # the kernel's part
OWN_BOOT = ("power", "again")  # the rest share one
TOOLS = ("strace", "sqlite3", "prlimit")

def build_initramfs(args, work):
    """All that the guest is made of, as one compressed archive."""
    root, archive = work / "root", work / "initramfs.gz"
    make_root(root, {"forkdb": args.forkdb, **{tool: which(tool) for tool in TOOLS}})
    for script in (HERE / "guest").glob("*.sh"):
        shutil.copy(script, root / "e2e")
    shutil.copy(args.kernel / "fork_info.ko", root / "e2e")
    compile_static(root / "e2e/storm", HERE / "storm.c")
    compile_static(root / "e2e/workload", HERE / "workload.c", HERE / "workload_clone3.c")
    pack(root, archive)
    return archive


def guest_command(args, initramfs, wanted, work, disk):
    """The emulator's command line for these scenarios."""
    more = ["-drive", f"file={disk},format=raw,if=virtio,cache=writeback"] if disk else []
    return qemu_command(args.kernel / "bzImage", initramfs, work / "share",
                        console_of(work, wanted), f"forkdb.scenario={','.join(wanted)}",
                        memory_mib=1536 if args.debug else 768, accel=args.accel, more=more)


def console_of(work, wanted):
    """The file of the console of the guest that runs these scenarios."""
    return work / f"console.{wanted[0]}"


def check_console(path, debug, problems):
    """The kernel reported nothing, and its KUnit suite, if built in, passed."""
    text = path.read_text(errors="replace")
    for line in alarms(text):
        problems.add(f"on the console: {line}")
    figures = f"{problems.count} reports of the kernel's"
    if not debug:
        return figures
    suite = re.search(r"(?:^|\] )ok \d+ fork_info\S*", text, re.M)
    cases = re.findall(r"\bok \d+ fork_info\w+", text)
    problems.expect(suite, "no passed KUnit suite on the console")
    for name in ("KernelAddressSanitizer initialized", "Lock dependency validator"):
        problems.expect(name in text, f"not in this kernel: {name}")
    return f"{figures}; KUnit: {len(cases)} ok"


def take_disk_apart(disk, target, work):
    """The database files of a disk whose guest lost its power. The journal is
    replayed in a copy: the guest's next boot shall do it for itself."""
    copy = work / "disk.copy"
    run_tool("cp", "--sparse=always", disk, copy)
    run_tool(which("e2fsck"), "-fy", copy, ok=(0, 1))
    target.mkdir(parents=True, exist_ok=True)
    for suffix in ("", "-wal", "-shm"):
        run_tool(which("debugfs"), "-R", f"dump /fork.db{suffix} {target}/fork.db{suffix}",
                 copy)
    copy.unlink()


def run_guests(args, work):
    """Boots what is needed for the scenarios wanted. Returns the failures."""
    for old in list(work.glob("console.*")) + [work / "share"]:
        shutil.rmtree(old) if old.is_dir() else old.unlink(missing_ok=True)
    (work / "share").mkdir(parents=True)
    initramfs = build_initramfs(args, work)

    def run(wanted, disk=None):
        return try_boot(guest_command(args, initramfs, wanted, work, disk),
                        console_of(work, wanted), Watch(args.silence))

    shared = [name for name in args.scenarios if name not in OWN_BOOT]
    failures = run(shared) if shared else []
    if "power" in args.scenarios:
        disk = work / "disk"
        disk.unlink(missing_ok=True)
        run_tool("truncate", "-s", "256M", disk)
        run_tool(which("mkfs.ext4"), "-q", "-F", disk)
        failures += run(["power"], disk)
        take_disk_apart(disk, work / "share/out/power", work)
        if "again" in args.scenarios:
            failures += run(["again"], disk)
    return failures


def check_results(args, work, results):
    """All checks of the host. Returns the number of problems, having printed
    one line of figures a scenario."""
    failed = 0
    for console in sorted(work.glob("console.*")):
        problems = database.Problems()
        report(console.name, check_console(console, args.debug, problems), problems)
        failed += problems.count
    for name in args.scenarios:
        problems = database.Problems()
        try:
            figures = getattr(scenarios, f"check_{name}")(results / name, problems)
        except Exception as error:  # a check that breaks is a check that fails
            figures = "broken off"
            problems.add(f"{type(error).__name__}: {error}")
        report(name, figures, problems)
        failed += problems.count
    return failed


def report(name, figures, problems):
    """One line, and what was wrong."""
    print(f"{'FAIL' if problems.count else 'ok'}  {name}: {figures}")
    for problem in problems:
        print(f"      {problem}")
    if problems.count > len(problems):
        print(f"      and {problems.count - len(problems)} more")


def arguments():
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kernel", type=pathlib.Path, required=True,
                        help="directory with bzImage and fork_info.ko")
    parser.add_argument("--forkdb", type=pathlib.Path, required=True)
    parser.add_argument("--out", type=pathlib.Path, required=True)
    parser.add_argument("--scenarios", type=lambda text: text.split(","),
                        help=f"of {','.join(DEFAULT)} (again needs power); with --debug "
                        f"only {','.join(DEBUG_DEFAULT)} unless named")
    parser.add_argument("--debug", action="store_true",
                        help="the kernel has KASAN, lockdep and KUnit: insist on them")
    parser.add_argument("--silence", type=float, default=GUEST_SILENCE_S,
                        help="seconds of an idle machine without a word of the guest")
    parser.add_argument("--accel", default="tcg,thread=multi")
    args = parser.parse_args()
    args.scenarios = args.scenarios or (DEBUG_DEFAULT if args.debug else DEFAULT)
    if unknown := set(args.scenarios) - set(DEFAULT + EXTRA):
        parser.error(f"no such scenario: {', '.join(sorted(unknown))}")
    return args


def main():
    """Everything in order."""
    args, started = arguments(), time.monotonic()
    work = args.out.resolve()
    try:
        failures = retry_once(lambda: run_guests(args, work))
    except Failure as failure:
        sys.exit(f"FAIL: {failure}")
    problems = check_results(args, work, work / "share" / "out")
    print(f"{time.monotonic() - started:.0f} s, {problems} problems, files in {work}")
    if failures or problems:
        sys.exit("; ".join(failures) or f"FAIL: {problems} problems")
    print("PASS")


if __name__ == "__main__":
    main()
