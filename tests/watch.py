#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Finds tests that hang. Every limit of time in the tests comes from here.

A limit is given in seconds of an idle machine. A clock that runs slower when the
machine is slower or busy measures it: a short known loop is timed every few
seconds, and the seconds that passed are divided by how much longer than usual it
took. What counts as a hang is silence: for that long, no output and no process that
starts or ends. The limit for the whole run is only there for what never rests.

Usage: watch.py [--silence SECONDS] [--total SECONDS] COMMAND...
Runs the command in a session of its own and passes on what it prints and its exit
status. One that hangs is killed with all that it started: status 124.
"""

import argparse
import contextlib
import os
import pathlib
import selectors
import signal
import subprocess
import sys
import time

SILENCE_S = 120
GUEST_SILENCE_S = 300  # a scenario may have nothing to say for long
TOTAL_S = 1800
STEP_S = 5  # between two measurements of the machine's speed
LOOP = range(4_000_000)
LOOP_S = 0.09  # what the loop takes on an idle machine with two cores of 2023


class Hang(Exception):
    """Nothing moved for longer than allowed, as one line."""


def processes(session):
    """The ids of the processes of a session."""
    found = set()
    for path in pathlib.Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = path.read_text(errors="replace").rpartition(")")[2].split()
        except OSError:
            continue  # it has ended
        if fields[3] == str(session):
            found.add(path.parent.name)
    return found


def slowness():
    """How much longer than usual the machine takes for the known loop now; 1 if
    it is idle, or faster. Costs that loop."""
    started = time.monotonic()
    sum(LOOP)
    for _ in LOOP:
        pass
    return max(1.0, (time.monotonic() - started) / LOOP_S)


class Clock:
    """Seconds of an idle machine since the construction, as of the last
    advance(). Not thread-safe."""

    def __init__(self):
        self.seconds = 0.0
        self._read = time.monotonic()

    def advance(self):
        """Adds what passed since the last time, if that is a step or more."""
        passed = time.monotonic() - self._read
        if passed >= STEP_S:
            self.seconds += passed / slowness()
            self._read += passed


class Watch:
    """Limits for one thing that runs. Call check() once a second or so, and
    moved() whenever it showed that it lives."""

    def __init__(self, silence_s=SILENCE_S, total_s=TOTAL_S):
        self.silence_s, self.total_s = silence_s, total_s
        self._clock, self._moved_s = Clock(), 0.0

    def moved(self):
        """It lives: the silence begins anew."""
        self._moved_s = self._clock.seconds

    def check(self):
        """Raises Hang if a limit is over."""
        self._clock.advance()
        if self._clock.seconds - self._moved_s > self.silence_s:
            raise Hang(f"hangs: nothing new for {self.silence_s} s")
        if self._clock.seconds > self.total_s:
            raise Hang(f"does not end: not in {self.total_s} s")


def wait_until(condition, what, silence_s=60):
    """Polls until the condition is true. Raises Hang, with what was waited for."""
    watch = Watch(silence_s, silence_s)
    while not condition():
        try:
            watch.check()
        except Hang:
            raise Hang(f"waited in vain: {what}") from None
        time.sleep(0.01)


def chunks(stream, watch):
    """What comes out of the stream, as it comes, until its end; nothing once a
    second meanwhile. Raises Hang."""
    with selectors.DefaultSelector() as selector:
        selector.register(stream, selectors.EVENT_READ)
        while True:
            if selector.select(1):
                data = stream.read1(65536)
                if not data:
                    return
                watch.moved()
                yield data
            else:
                yield b""  # a second without output
            watch.check()


def run(command, watch):
    """The exit status of the command; 124 if it was killed."""
    alive = set()
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          start_new_session=True) as process:
        try:
            for data in chunks(process.stdout, watch):
                sys.stdout.buffer.write(data)
                sys.stdout.buffer.flush()
                if not data and alive != (now := processes(process.pid)):
                    alive = now
                    watch.moved()
        except Hang as hang:
            for pid in processes(process.pid):
                with contextlib.suppress(ProcessLookupError):
                    os.kill(int(pid), signal.SIGKILL)
            print(f"\nFAIL: {' '.join(command)}: {hang}", flush=True)
            return 124
        status = process.wait()
        return status if status >= 0 else 128 - status


def main():
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n", maxsplit=1)[0])
    parser.add_argument("--silence", type=float, default=SILENCE_S)
    parser.add_argument("--total", type=float, default=TOTAL_S)
    parser.add_argument("command", nargs=argparse.REMAINDER)
    args = parser.parse_args()
    if not args.command:
        parser.error("a command is needed")
    return run(args.command, Watch(args.silence, args.total))


if __name__ == "__main__":
    sys.exit(main())
