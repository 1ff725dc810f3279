# SPDX-License-Identifier: MIT
"""What a guest of the emulator is made of, and how it is listened to. Used by
run.py here, by ../stock and by ../../bench/vm."""

import pathlib
import re
import shutil
import subprocess
import sys
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))
from watch import Hang, chunks

PASSWD = """root:x:0:0::/tmp:/bin/sh
alice:x:1000:1000::/tmp:/bin/sh
bob:x:1001:1001::/tmp:/bin/sh
"""
GROUP = "root:x:0:\nalice:x:1000:\nbob:x:1001:\nforkdb:x:200:alice\n"
ALARMS = re.compile(r"BUG:|WARNING:|KASAN: |INFO: |\[ INFO|suspicious|possible .*deadlock"
                    r"|Oops|general protection|Call Trace|Kernel panic|not ok ")
# QEMU (seen with 7.2) may let a processor run a breakpoint that another one, which
# was patching the kernel's code, has already taken away. The kernel dies of it.
EMULATOR_FAULT = re.compile(r"\bint3: 0000 \[#1\]")
# A guest whose processors the host keeps waiting reports no fault of its own for
# that: the longest limits that its kernel's watchdogs take.
PATIENT = ("rcupdate.rcu_cpu_stall_timeout=300 watchdog_thresh=60 "
           "sysctl.kernel.hung_task_timeout_secs=3600")


class Failure(Exception):
    """Something that ends the run, as one line."""


class EmulatorFault(Failure):
    """The guest died of a fault that is known to be QEMU's own."""


def run_tool(*command, ok=(0,)):
    """Runs a program of the host and returns what it printed."""
    result = subprocess.run([str(word) for word in command], text=True,
                            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    if result.returncode not in ok:
        raise Failure(f"{command[0]} failed: {result.stdout.strip()[-2000:]}")
    return result.stdout


def which(name):
    """The path of a program of the host."""
    path = shutil.which(name)
    if not path:
        raise Failure(f"no {name} here: install it (see README.md)")
    return pathlib.Path(path)


def compile_static(program, *sources):
    """A C program that needs nothing of the guest."""
    program.parent.mkdir(parents=True, exist_ok=True)
    run_tool("cc", "-static", "-pthread", "-O2", "-Wall", "-Wextra", "-Werror",
             "-o", program, *sources)


def libraries(program):
    """The files that a dynamic program needs, as ldd knows them."""
    found = re.findall(r"(/\S+) \(0x", run_tool("ldd", program, ok=(0, 1)))
    return [pathlib.Path(path) for path in found]


def install(program, root, name):
    """A program into the guest's /bin, its libraries where they are here."""
    shutil.copy(program, root / "bin" / name)
    for library in libraries(program):
        target = root / library.relative_to("/")
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(library, target)


def make_root(root, programs):
    """A fresh directory with what every guest has: the first process, busybox,
    users, and the programs given by name. Its scripts go into /e2e."""
    shutil.rmtree(root, ignore_errors=True)
    for directory in ("bin", "e2e", "etc"):
        (root / directory).mkdir(parents=True)
    shutil.copy(which("busybox"), root / "bin/busybox")
    for name, program in programs.items():
        install(program, root, name)
    for applet in run_tool(which("busybox"), "--list").split():
        if not (root / "bin" / applet).exists():
            (root / "bin" / applet).symlink_to("busybox")
    (root / "etc/passwd").write_text(PASSWD)
    (root / "etc/group").write_text(GROUP)
    (root / "etc/nsswitch.conf").write_text("passwd: files\ngroup: files\n")
    compile_static(root / "init", HERE / "guest/init.c")


def pack(root, archive):
    """The directory as a compressed initramfs."""
    run_tool("sh", "-c", 'cd "$0" && find . | cpio --quiet -o -H newc -R 0:0 '
             '| gzip -1 >"$1"', root, archive)


def verdict_lines(process, watch, console=None):
    """The lines of the guest's second serial port, until it ends. The guest lives
    as long as these or its console, if given as a file, go on."""
    rest, size = b"", 0
    try:
        for data in chunks(process.stdout, watch):
            if console and console.exists() and console.stat().st_size != size:
                size = console.stat().st_size
                watch.moved()
            *lines, rest = (rest + data).split(b"\n")
            for line in lines:
                yield line.decode("ascii", "replace").strip()
    except Hang as hang:
        raise Failure(f"the guest {hang}") from None


def qemu_command(kernel, initramfs, share, console, append, *, memory_mib=768,
                 accel="tcg,thread=multi", more=()):
    """A guest with two processors. Console to a file, verdict to standard output,
    one shared directory."""
    command = ["qemu-system-x86_64", "-accel", accel, "-cpu", "max", "-smp", "2",
               "-m", memory_mib, "-nodefaults", "-display", "none",
               "-no-reboot", "-kernel", kernel, "-initrd", initramfs,
               "-append", f"console=ttyS0 panic=-1 panic_on_warn=1 oops=panic {PATIENT} "
               f"{append}",
               "-serial", f"file:{console}", "-serial", "stdio",
               "-fsdev", f"local,id=share,path={share},security_model=none",
               "-device", "virtio-9p-pci,fsdev=share,mount_tag=share", *more]
    return [str(word) for word in command]


def boot(command, console, watch):
    """Runs one guest to its end, or to the loss of its power ("ready"). Raises
    unless its last word was PASS (a guest that panics has none)."""
    started, last = time.monotonic(), "no verdict: it panicked or stopped"
    with subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT) as process:
        try:
            for line in verdict_lines(process, watch, console):
                print(f"  {time.monotonic() - started:6.1f} s  {line}", flush=True)
                if line == "ready":
                    process.kill()
                    last = "PASS"
                elif line.startswith(("PASS", "FAIL", "qemu")):
                    last = line
        finally:
            process.kill()
    if last != "PASS":
        raise Failure(last)


def try_boot(command, console, watch):
    """As boot(), but a failure is printed, with the console's end, and is
    returned as a list, empty if there was none. Raises EmulatorFault."""
    try:
        boot(command, console, watch)
        return []
    except Failure as failure:
        text = console.read_text(errors="replace") if console.exists() else ""
        print(*text.splitlines()[-40:], sep="\n")
        if EMULATOR_FAULT.search(text):
            raise EmulatorFault("QEMU ran a breakpoint that was not there") from failure
        return [str(failure)]


def retry_once(attempt):
    """What attempt() returns. It is called a second time if the first dies of an
    EmulatorFault; it must not use what the first one left."""
    try:
        return attempt()
    except EmulatorFault as fault:
        print(f"{fault}; trying once more", flush=True)
        return attempt()


def alarms(text):
    """The lines of a console in which the kernel reports a fault of its own."""
    return [line.strip() for line in text.splitlines() if ALARMS.search(line)]
