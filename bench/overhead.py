#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""What a recorder costs a loop of fork, exit and wait on this machine's kernel:
forkdb with eBPF, forkstat, an audit rule, strace, against nothing attached.

Usage: overhead.py FORKDB [--forks N] [--rounds N]     as root

Every round times each of them once, in turn, so that a machine whose speed
drifts does not favour one. Prints a table in Markdown: the median of the
rounds, its range, and the median of the rounds' ratios to nothing attached.
What is not installed, or what the kernel does not have, is said and left out.
"""

import argparse
import contextlib
import pathlib
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent


def compile_loop(directory):
    """The loop: the end-to-end tests' storm, whose every call is a child."""
    program = directory / "storm"
    subprocess.run(["cc", "-O2", "-o", program, HERE.parent / "tests/e2e/storm.c"],
                   check=True)
    return program


@contextlib.contextmanager
def nothing(_):
    """The base line."""
    yield []


@contextlib.contextmanager
def forkdb(args):
    """A recorder on its default settings; it says when it has attached."""
    database = args.work / "overhead.db"
    for old in args.work.glob("overhead.db*"):
        old.unlink()
    with subprocess.Popen([args.forkdb, "record", "--source", "ebpf", "--db", database],
                          stderr=subprocess.PIPE, text=True) as process:
        line = process.stderr.readline()
        if "recording into" not in line:
            raise RuntimeError(line.strip())
        try:
            yield []
        finally:
            process.terminate()
            process.communicate()


@contextlib.contextmanager
def forkstat(args):
    """Fork events only, to a file; its heading comes with the first event."""
    log = args.work / "forkstat.txt"
    with log.open("w") as output:
        with subprocess.Popen(["forkstat", "-e", "fork"], stdout=output) as process:
            while process.poll() is None and log.stat().st_size == 0:
                subprocess.run(["true"], check=True)
            try:
                yield []
            finally:
                process.terminate()


@contextlib.contextmanager
def audit(_):
    """The rule that an administrator would write for the four system calls."""
    rule = ["always,exit", "-F", "arch=b64", "-S", "fork,vfork,clone,clone3"]
    result = subprocess.run(["auditctl", "-a", *rule], check=False, text=True,
                            stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    if result.returncode != 0 or "Error" in result.stdout:
        raise RuntimeError(result.stdout.strip() or "auditctl failed")
    subprocess.run(["auditctl", "-e", "1"], check=True, stdout=subprocess.DEVNULL)
    try:
        yield []
    finally:
        subprocess.run(["auditctl", "-e", "0"], check=True, stdout=subprocess.DEVNULL)
        subprocess.run(["auditctl", "-d", *rule], check=False,
                       stdout=subprocess.DEVNULL)


@contextlib.contextmanager
def strace(args):
    """The loop under strace, as people do it when nothing else is there."""
    yield ["strace", "-f", "-qq", "-e", "trace=fork,vfork,clone,clone3",
           "-o", args.work / "strace.txt"]


PEERS = {"nothing": nothing, "forkdb record (eBPF)": forkdb, "forkstat": forkstat,
         "audit rule": audit, "strace -f": strace}
NEEDS = {"forkstat": "forkstat", "audit rule": "auditctl", "strace -f": "strace"}


def usable(args):
    """The peers that work here; says why of the others."""
    found = {}
    for name, attach in PEERS.items():
        if name in NEEDS and not shutil.which(NEEDS[name]):
            print(f"left out: {name}: no {NEEDS[name]} here", file=sys.stderr)
            continue
        try:
            with attach(args):
                found[name] = attach
        except RuntimeError as error:
            print(f"left out: {name}: {error}", file=sys.stderr)
    return found


def measure(args, loop, attach):
    """Seconds for the loop with one of them attached."""
    with attach(args) as prefix:
        started = time.monotonic()
        subprocess.run([*prefix, loop, "forks", str(args.forks)], check=True)
        return time.monotonic() - started


def main():
    """The command line, the rounds, the table."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n", maxsplit=1)[0])
    parser.add_argument("forkdb", type=pathlib.Path)
    parser.add_argument("--forks", type=int, default=20_000)
    parser.add_argument("--rounds", type=int, default=7)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as work:
        args.work = pathlib.Path(work)
        loop = compile_loop(args.work)
        peers = usable(args)
        times = {name: [] for name in peers}
        measure(args, loop, nothing)  # warms up
        for _ in range(args.rounds):
            for name, attach in peers.items():
                times[name].append(measure(args, loop, attach))
    print(f"{args.forks} children, {args.rounds} rounds, Linux {platform.release()}\n")
    print("| attached | µs a child, median (range) | ratio to nothing |")
    print("|---|---|---|")
    for name, values in times.items():
        each = [value / args.forks * 1e6 for value in values]
        ratios = [value / base for value, base in zip(values, times["nothing"])]
        print(f"| {name} | {statistics.median(each):.1f} ({min(each):.1f}–{max(each):.1f}) "
              f"| {statistics.median(ratios):.2f} |")
    print("\nWhere two ranges overlap, the machine's noise is about as large as what they differ by; "
          "no\nprogram costs less than nothing. Nobody reads the audit rule's records but the "
          "kernel's log.")


if __name__ == "__main__":
    main()
