#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What CONFIG_FORK_INFO costs a kernel: exact counts of instructions, in QEMU.

usage: bench/kernel_cost.py BUILD [--kernels DIR] [--repeats 5] [--rounds 5]

Builds Linux 6.1 with and without CONFIG_FORK_INFO into DIR (BUILD/kernel unless
told; minutes, and nothing if they are there), boots them, and prints a section
for RESULTS.md. What it does meanwhile is told on stderr. Needs what
tests/e2e/run.py needs.
"""

import argparse
import contextlib
import pathlib
import sqlite3
import subprocess
import sys

sys.dont_write_bytecode = True
HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE / "vm"))
import guest
import cost_report
import stepper

SERIES = "6.1"
LOCK = 40  # offset of the lock in struct fork_info_ring
CALLS = {"fork": 2048, "exec": 512, "fail": 8192}  # how many are counted
DRAINED = 4096  # two times the half ring that wakes the recorder
PROCESSORS = 8
STORM = 200  # children of each of them


def progress(text):
    """A line for who waits."""
    print(f"kernel_cost: {text}", file=sys.stderr, flush=True)


def build_kernels(directory):
    """The directories of both kernels, "off" and "on"."""
    kernels = {"off": directory / f"{SERIES}-off", "on": directory / f"{SERIES}-plain"}
    for path in kernels.values():
        progress(f"kernel {path}: minutes, if it is not there yet")
        subprocess.run([HERE.parent / "tests/e2e/build_kernel.sh", SERIES,
                        path.name.removeprefix(f"{SERIES}-"), path],
                       stdout=sys.stderr, check=True)
    return kernels


def count_calls(machine, repeats, scale=1):
    """Instructions of one call, repeats times each, by the name of the call."""
    machine.ask("fork", CALLS["fork"] // 4)  # what the boot left to be done
    return {call: [machine.ask(call, count // scale)[0] / (count // scale)
                   for _ in range(repeats)] for call, count in CALLS.items()}


def count_recorded(machine, repeats):
    """The fork loop beside a recorder: for each repeat the instructions of a
    fork, those of them in the processes that fork, and in the recorder."""
    ticks, nanoseconds = machine.ask("clock")
    recorder, = machine.ask("record")
    found = []
    for _ in range(repeats):
        total, forking, recording = machine.ask("fork", DRAINED, recorder)
        found.append([total / DRAINED, *(used * ticks / nanoseconds / DRAINED
                                         for used in (forking, recording))])
    machine.ask("stop")
    return found


def count_forking(machine, repeats):
    """The same without one: what the forking processes themselves ran."""
    ticks, nanoseconds = machine.ask("clock")
    return [machine.ask("fork", DRAINED)[1] * ticks / nanoseconds / DRAINED
            for _ in range(repeats)]


def step_through(machine, kernel, socket):
    """One call of the hook, and one of a reader's copying, step by step."""
    found = {}
    for function, *command in (("fork_info_record", "fork", 1), ("fork_info_get", "drain")):
        with stepper.connect(socket, kernel / "linux/System.map") as stepping:
            lock = stepping.addresses["fork_info_ring"] + LOCK
            found[function] = stepping.call(function, lock,
                                            lambda words=command: machine.tell(*words))
        machine.answer()
    return found


def check_recording(directory, least):
    """That the recorder did record meanwhile, and missed nothing."""
    with contextlib.closing(sqlite3.connect(directory / "fork.db")) as database:
        rows, span = database.execute(
            "SELECT count(*), max(seq) - min(seq) + 1 FROM forks").fetchone()
    if rows < least or rows != span:
        raise guest.Failure(f"the recorder has {rows} of {span} rows, {least} or more were "
                            "due, and all: the figures are worth nothing")


def measure_exactly(args, kernels, work):
    """All counts of instructions, by name."""
    found = {}
    progress("counting instructions without CONFIG_FORK_INFO")
    with guest.Guest(kernels["off"], args.forkdb, work / "off", guest.EXACT) as machine:
        found["off"] = count_calls(machine, args.repeats)
        found["off, shorter"] = count_calls(machine, args.repeats, scale=4)
        found["off, forking"] = count_forking(machine, args.repeats)
        machine.end()
    socket = work / "gdb"
    socket.unlink(missing_ok=True)
    progress("counting instructions with it")
    with guest.Guest(kernels["on"], args.forkdb, work / "on",
                     guest.EXACT + ["-gdb", f"unix:{socket},server=on,wait=off"]) as machine:
        found["on"] = count_calls(machine, args.repeats)
        found["on, shorter"] = count_calls(machine, args.repeats, scale=4)
        found["on, forking"] = count_forking(machine, args.repeats)
        found["drain"] = [machine.ask("drain") for _ in range(args.repeats)]
        found["steps"] = step_through(machine, kernels["on"], socket)
        progress("the same beside a recorder")
        found["recorded"] = count_recorded(machine, args.repeats)
        check_recording(machine.end(), args.repeats * DRAINED)
    return found


def measure_contention(args, kernels, work):
    """Forks a second of eight processors: a list of rounds, each by name. Both
    guests are up all the time, and take turns."""
    rounds, options = [], guest.parallel(PROCESSORS)
    with guest.Guest(kernels["off"], args.forkdb, work / "off-smp", options) as off, \
            guest.Guest(kernels["on"], args.forkdb, work / "on-smp", options) as on:
        def storm(machine):
            return PROCESSORS * STORM / machine.ask("storm", PROCESSORS, STORM)[0] * 1e9

        for machine in (off, on):
            storm(machine)  # warms up
        for number in range(args.rounds):
            progress(f"{PROCESSORS} processors, round {number + 1} of {args.rounds}")
            found = {"off": storm(off), "on": storm(on), "off again": storm(off)}
            on.ask("record")
            found["recorded"] = storm(on)
            on.ask("stop")
            rounds.append(found)
        off.end()
        check_recording(on.end(), PROCESSORS * STORM)
    return rounds


def main():
    """Everything in order."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("build", type=pathlib.Path, help="folder of forkdb")
    parser.add_argument("--kernels", type=pathlib.Path, help="default: BUILD/kernel")
    parser.add_argument("--repeats", type=int, default=5, help="of each count")
    parser.add_argument("--rounds", type=int, default=5, help="of the eight processors")
    args = parser.parse_args()
    args.forkdb = args.build.resolve() / "forkdb"
    work = args.build.resolve() / "bench/kernel_cost"
    work.mkdir(parents=True, exist_ok=True)
    try:
        kernels = build_kernels((args.kernels or args.build / "kernel").resolve())
        section = cost_report.section(measure_exactly(args, kernels, work),
                                             measure_contention(args, kernels, work))
    except (guest.Failure, subprocess.CalledProcessError) as failure:
        sys.exit(f"kernel_cost: {failure}")
    print(section)


if __name__ == "__main__":
    main()
