# SPDX-License-Identifier: MIT
"""What a guest of the emulator is made of, and how it is listened to. Used by
run.py here and by ../../bench/kernel_cost.py."""

import pathlib
import re
import selectors
import shutil
import subprocess
import time

HERE = pathlib.Path(__file__).resolve().parent
PASSWD = """root:x:0:0::/tmp:/bin/sh
alice:x:1000:1000::/tmp:/bin/sh
bob:x:1001:1001::/tmp:/bin/sh
"""
GROUP = "root:x:0:\nalice:x:1000:\nbob:x:1001:\nforkdb:x:200:alice\n"


class Failure(Exception):
    """Something that ends the run, as one line."""


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


def verdict_lines(process, timeout):
    """The lines of the guest's second serial port, until it ends."""
    selector, rest = selectors.DefaultSelector(), b""
    selector.register(process.stdout, selectors.EVENT_READ)
    deadline = time.monotonic() + timeout
    while True:
        if not selector.select(max(0, deadline - time.monotonic())):
            raise Failure(f"the guest hangs: no end after {timeout} s")
        data = process.stdout.read1(4096)
        if not data:
            return
        *lines, rest = (rest + data).split(b"\n")
        for line in lines:
            yield line.decode("ascii", "replace").strip()
