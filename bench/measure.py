"""What the benchmarks share: timing whole processes, and tables in Markdown.

CPU time is user and system time of the process and its children, as the kernel
counts them; on a busy machine it says more than the clock does.
"""

import dataclasses
import os
import pathlib
import statistics
import subprocess
import sys
import time


@dataclasses.dataclass
class Run:
    """One run of a command."""
    wall: float    # seconds
    cpu: float     # seconds
    peak_mb: float  # resident, of the largest process


def once(command, output=subprocess.DEVNULL):
    """Runs an argument list, or a text with a shell; fails if any of it fails."""
    if isinstance(command, str):
        command = ["bash", "-c", f"set -o pipefail; {command}"]
    started = time.monotonic()
    with subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=output,
                          stderr=subprocess.PIPE) as process:
        said = process.stderr.read()
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.monotonic() - started
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        command = " ".join(map(str, command))
        raise SystemExit(f"{command}: {process.returncode}: {said.decode()}")
    return Run(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)


def in_turn(peers, rounds):
    """Calls each of {name: function returning a Run} once a round, so that a
    machine whose speed drifts does not favour one: {name: [Run]}."""
    runs = {name: [] for name in peers}
    for number in range(1, rounds + 1):
        for name, measure in peers.items():
            runs[name].append(measure())
            last = runs[name][-1]
            say(f"{number}/{rounds} {name}: {last.cpu:.3f} s CPU, {last.wall:.3f} s")
    return runs


def say(text):
    """Progress."""
    print(text, file=sys.stderr, flush=True)


def median(runs, field):
    """Of one field of the runs."""
    return statistics.median(getattr(run, field) for run in runs)


def spread(runs, field, scale=1.0, digits=2):
    """The median, and the lowest and highest where there are several."""
    values = [getattr(run, field) * scale for run in runs]
    middle = f"{statistics.median(values):,.{digits}f}"
    if len(values) == 1:
        return middle
    return f"{middle} ({min(values):,.{digits}f}–{max(values):,.{digits}f})"


def ratio(runs, base, field="cpu"):
    """Median of the rounds' ratios to the base of the same round."""
    return statistics.median(getattr(a, field) / max(getattr(b, field), 1e-3)
                             for a, b in zip(runs, base))


def table(heading, rows):
    """A table of texts."""
    lines = ["| " + " | ".join(heading) + " |", "|" + "---|" * len(heading)]
    lines += ["| " + " | ".join(row) + " |" for row in rows]
    return "\n".join(lines) + "\n"


TARGET_HEADING = ("target", "measured", "met", "why not, and the floor")


def targets(rows):
    """(target, measured, whether met, reason) as the table that run.py gathers."""
    return table(TARGET_HEADING, [
        (target, measured, "met" if met else "**missed**", "" if met else reason)
        for target, measured, met, reason in rows])


def remove_database(path):
    """With the files beside it."""
    for end in ("", "-wal", "-shm", "-lock", "-journal"):
        pathlib.Path(f"{path}{end}").unlink(missing_ok=True)


def history(build, work, records):
    """A made-up history of so many records as a file, made if missing."""
    path = work / f"{records}.txt"
    if not path.exists():
        say(f"making {records:,} records")
        part = path.with_suffix(".part")
        with part.open("wb") as file:
            subprocess.run([build / "bench/generate", "--records", str(records)],
                           stdout=file, check=True)
        part.rename(path)
    return path


def warm(path):
    """Reads a file, so that what reads it next finds it in the page cache."""
    with pathlib.Path(path).open("rb") as file:
        while file.read(1 << 20):
            pass


def fresh(command, reads, database=None):
    """For in_turn(): runs the command with what it reads in the page cache, and
    without the database that it makes, if any."""
    def run():
        if database is not None:
            remove_database(database)
        warm(reads)
        return once(command)
    return run


def record_command(build, source, database):
    """What records a saved history."""
    return [build / "forkdb", "record", "--once", "--source", source, "--db", database,
            "--boot-id", "bench"]


def recorded(build, work, records):
    """The history's database, made if missing."""
    path = work / f"{records}.db"
    if not path.exists():
        source = history(build, work, records)
        say(f"recording {records:,} records")
        part = work / "part.db"
        remove_database(part)
        once(record_command(build, source, part))
        remove_database(path)
        part.rename(path)
    return path
