#!/usr/bin/env python3
"""What recording costs when more processes are alive and call than the recorder
remembers. Prints Markdown.

usage: bench/callers.py BUILD --work DIR [--records N] [--callers N] [--calls N]

On top of a made-up history, some processes are created at 20,000 a second, as
one stream with it. Then they call in turn, so that each call's caller must be
looked up. Beside it, for comparison, as many calls of a single process.
"""

import argparse
import pathlib
import shutil
import sqlite3

import measure
import peers

PER_SECOND = 20_000
NS = 1_000_000_000
FIRST_PID = 5_000_000  # above those of the history
HEADER = "fork_info - version: 1 capacity: 16384\n"


class Continuation:
    """Records that follow on a recorded history."""

    def __init__(self, database):
        connection = sqlite3.connect(f"file:{database}?mode=ro", uri=True)
        self.seq, = connection.execute("SELECT next_seq FROM streams").fetchone()
        self.time_ns, self.start_ns = connection.execute(
            "SELECT max(time_ns), max(child_start_ns) FROM "
            "(SELECT * FROM records ORDER BY id DESC LIMIT 1000)").fetchone()
        connection.close()

    def fork(self, pid, start_ns, child):
        """One line, and the child's start."""
        self.time_ns += NS // PER_SECOND
        self.start_ns += NS // PER_SECOND
        values = {"seq": self.seq, "time_ns": self.time_ns, "flags": "0x1200000",
                  "exit_signal": 17, "uid": 0, "pid": pid, "tgid": pid, "ppid": 1,
                  "start_ns": start_ns, "pid_ns": 4026531836, "user_ns": 4026531837,
                  "ret": child, "child_pid": child, "child_start_ns": self.start_ns,
                  "child_pid_ns": 4026531836, "child_ns_pid": child,
                  "child_user_ns": 4026531837, "comm": "worker"}
        self.seq += 1
        line = " ".join(str(values[field]) for field in peers.FIELDS) + "\n"
        return line, self.start_ns


def write(path, lines):
    """A source with these records."""
    with path.open("w", encoding="ascii") as file:
        file.write(HEADER)
        file.writelines(lines)
    return path


def main():
    """The command line and the table."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n", maxsplit=1)[0])
    parser.add_argument("build", type=pathlib.Path)
    parser.add_argument("--work", type=pathlib.Path, required=True)
    parser.add_argument("--records", type=int, default=10_000_000)
    parser.add_argument("--callers", type=int, default=100_000)
    parser.add_argument("--calls", type=int, default=200_000)
    options = parser.parse_args()
    work = options.work
    history = measure.recorded(options.build, work, options.records)
    database = work / "callers.db"
    measure.remove_database(database)
    shutil.copyfile(history, database)
    following = Continuation(database)
    callers = []
    lines = []
    for pid in range(FIRST_PID, FIRST_PID + options.callers):
        line, start_ns = following.fork(1, 1000, pid)
        lines.append(line)
        callers.append((pid, start_ns))
    child = FIRST_PID + options.callers
    in_turn, one = [], []
    for number in range(options.calls):
        in_turn.append(following.fork(*callers[number % options.callers], child + number)[0])
    for number in range(options.calls):
        one.append(following.fork(*callers[0], child + options.calls + number)[0])
    rows = []
    for name, these in [(f"{options.callers:,} processes are created", lines),
                        ("they call in turn", in_turn),
                        ("one of them makes all calls", one)]:
        source = write(work / "callers.txt", these)
        run = measure.once(measure.record_command(options.build, source, database))
        rows.append((name, f"{len(these):,}", f"{run.cpu:.2f}", f"{run.wall:.2f}",
                     f"{run.cpu / len(these) * 1e6:.1f}", f"{run.peak_mb:.0f}"))
    unknown = sqlite3.connect(f"file:{database}?mode=ro", uri=True).execute(
        "SELECT count(*) FROM records WHERE tgid >= ? AND caller_id IS NULL",
        (FIRST_PID,)).fetchone()[0]
    measure.remove_database(database)
    if unknown:
        raise SystemExit(f"callers: {unknown} calls have no caller")
    print(f"On a history of {options.records:,} records:\n")
    print(measure.table(("", "records", "CPU s", "clock s", "CPU µs a record", "peak MiB"), rows))


if __name__ == "__main__":
    main()
