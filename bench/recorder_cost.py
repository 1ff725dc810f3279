#!/usr/bin/env python3
"""What a recorder takes: CPU and memory a million records, and how often it
wakes up when there is nothing to record. Prints Markdown.

usage: bench/recorder_cost.py BUILD --work DIR [--records N] [--rounds N] [--idle SECONDS]
"""

import argparse
import os
import pathlib
import re
import subprocess
import time

import measure


def idle(build, work, seconds):
    """How often it wakes up in so long, with a FIFO that nobody writes to."""
    fifo = work / "idle.fifo"
    fifo.unlink(missing_ok=True)
    os.mkfifo(fifo)
    measure.remove_database(work / "idle.db")
    calls = work / "idle.strace"
    with subprocess.Popen([build / "forkdb", "record", "--source", fifo, "--db", work / "idle.db"],
                          stderr=subprocess.PIPE, text=True) as process, fifo.open("wb"):
        try:
            process.stderr.readline()  # it is recording
            time.sleep(65)  # and has no checkpoint left to do
            subprocess.run(["timeout", "-s", "INT", str(seconds), "strace", "-qq", "-o", calls,
                            "-e", "trace=poll", "-p", str(process.pid)], check=False)
        finally:
            process.terminate()
            process.stderr.read()
    # Each sleep that ended; the one that strace left it in has no result.
    return len(re.findall(r"^.*poll.* = \d", calls.read_text(encoding="utf-8"), re.M))


def main():
    """The command line, the table, the targets."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n", maxsplit=1)[0])
    parser.add_argument("build", type=pathlib.Path)
    parser.add_argument("--work", type=pathlib.Path, required=True)
    parser.add_argument("--records", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--idle", type=int, default=60)
    options = parser.parse_args()
    source = measure.history(options.build, options.work, options.records)
    database = options.work / "cost.db"
    record = measure.fresh(measure.record_command(options.build, source, database), source, database)
    runs = measure.in_turn({"record": record}, options.rounds)["record"]
    measure.remove_database(database)
    millions = options.records / 1e6
    wakeups = idle(options.build, options.work, options.idle)
    print(measure.table(("", "median (range)"), [
        ("CPU seconds a million records", measure.spread(runs, "cpu", 1 / millions)),
        ("peak memory, MiB", measure.spread(runs, "peak_mb", 1, 1)),
        (f"wake-ups in {options.idle} idle seconds", f"{wakeups}")]))
    hourly = wakeups * 3600 / options.idle
    print(measure.targets([("no wake-ups an hour when idle", f"{hourly:.0f}", hourly == 0,
                            "something is due by time")]))


if __name__ == "__main__":
    main()
