#!/usr/bin/env python3
"""Records a long made-up history with --max-size, and watches what it takes.

usage: bench/soak.py BUILD [--records 10000000] [--max-size-mb 256]
                     [--results bench/RESULTS.md]

Prints file and log together, and the recorder's resident memory, tenth by
tenth of the history; fails if the size is ever above --max-size, if in the last
tenth it stays more than 10 % below, if the memory grows in the second half by more than
10 %, or if the numbers do not add up. --results puts what it printed under
"## Soak".
"""

import argparse
import fcntl
import os
import pathlib
import re
import sqlite3
import subprocess
import tempfile
import time

MB = 1 << 20
F_SETPIPE_SZ = 1031  # fcntl has its name from Python 3.10 on
TENTHS = 10


def size_of(database):
    return sum(os.path.getsize(database + end) for end in ["", "-wal"])


def resident(process):
    status = pathlib.Path(f"/proc/{process.pid}/status").read_text(encoding="ascii")
    found = re.search(r"^VmRSS:\s+(\d+) kB", status, re.M)
    return int(found[1]) * 1024 if found else 0


def newest(connection):
    row = connection.execute("SELECT max(next_seq) - 1 FROM streams").fetchone()
    return row[0] or 0


def watch(options, database, fifo):
    """The largest size and memory of each tenth, and how long all took."""
    build = pathlib.Path(options.build)
    start = time.monotonic()
    peaks = [[0, 0] for _ in range(TENTHS)]
    with subprocess.Popen(
            [build / "forkdb", "record", "--db", database, "--source", fifo,
             "--max-size", f"{options.max_size_mb}M",
             # A pipe holds little: drained once a second it would be the brake.
             "--interval", "1ms"],
            stderr=subprocess.DEVNULL) as recorder:
        try:
            with open(fifo, "wb") as pipe, subprocess.Popen(
                    [build / "bench" / "generate", "--records", str(options.records)],
                    stdout=pipe):
                fcntl.fcntl(pipe, F_SETPIPE_SZ, MB)
                pipe.close()
                connection = None
                done = 0
                while done < options.records:
                    time.sleep(0.05)
                    if recorder.poll() is not None:
                        raise SystemExit("the recorder ended")
                    if connection is None:
                        if os.path.exists(database + "-shm"):
                            connection = sqlite3.connect(f"file:{database}?mode=ro", uri=True)
                        continue
                    done = newest(connection)
                    peak = peaks[min(TENTHS - 1, done * TENTHS // options.records)]
                    peak[0] = max(peak[0], size_of(database))
                    peak[1] = max(peak[1], resident(recorder))
        finally:
            recorder.terminate()  # leaving the block waits for it
    return peaks, time.monotonic() - start


def check(options, database, peaks):
    limit = options.max_size_mb * MB
    assert max(size for size, _ in peaks) <= limit, "larger than --max-size"
    assert peaks[-1][0] >= 0.9 * limit, "more was pruned than had to go"
    assert peaks[-1][1] <= 1.1 * peaks[TENTHS // 2 - 1][1], "memory grows"
    connection = sqlite3.connect(database)
    assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    rows, pruned, issued = connection.execute(
        "SELECT (SELECT count(*) FROM records), sum(pruned_seq), sum(next_seq - 1) "
        "FROM streams").fetchone()
    assert rows + pruned == issued == options.records, (rows, pruned, issued)
    return rows, pruned


def report(options, peaks, seconds, rows, pruned):
    lines = [f"`bench/soak.py BUILD --records {options.records} "
             f"--max-size-mb {options.max_size_mb}`: {seconds:.0f} s, "
             f"{rows:,} rows + {pruned:,} pruned = {options.records:,} issued.", "",
             "| tenth | file and log, MiB, at most | share of --max-size "
             "| recorder's memory, MiB, at most |", "|---|---|---|---|"]
    lines += [f"| {tenth} | {size / MB:.1f} | {size / MB / options.max_size_mb:.0%} "
              f"| {memory / MB:.1f} |"
              for tenth, (size, memory) in enumerate(peaks, 1)]
    return "\n".join(lines) + "\n"


def put(results, text):
    """Replaces the section, or adds it at the end."""
    path = pathlib.Path(results)
    old = path.read_text(encoding="utf-8")
    section = f"## Soak\n\n{text}"
    new, found = re.subn(r"^## Soak\n.*?(?=^## |\Z)", lambda _: section + "\n", old,
                         flags=re.M | re.S)
    path.write_text((new if found else f"{old.rstrip()}\n\n{section}").rstrip() + "\n",
                    encoding="utf-8")


def check_or_show(options, database, peaks):
    try:
        return check(options, database, peaks)
    except AssertionError:
        print([(f"{size / MB:.1f}", f"{memory / MB:.1f}") for size, memory in peaks])
        raise


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("build", help="folder of forkdb and bench/generate")
    parser.add_argument("--records", type=int, default=10_000_000)
    parser.add_argument("--max-size-mb", type=int, default=256)
    parser.add_argument("--results")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="forkdb-soak-") as directory:
        database = os.path.join(directory, "soak.db")
        fifo = os.path.join(directory, "fifo")
        os.mkfifo(fifo)
        peaks, seconds = watch(options, database, fifo)
        text = report(options, peaks, seconds, *check_or_show(options, database, peaks))
    print(text, end="")
    if options.results:
        put(options.results, text)


if __name__ == "__main__":
    main()
