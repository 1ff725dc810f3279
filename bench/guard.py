#!/usr/bin/env python3
"""Counts the instructions that recording 10,000 made-up records takes, and
fails if they are more than 5 % away from bench/guard.txt.

usage: bench/guard.py BUILD [--update]

The count is callgrind's: it does not depend on the machine's speed or load, but
it does on the compiler and the libraries, which are Debian 12's. --update
writes the new figure; say in the commit why it moved.
"""

import argparse
import pathlib
import re
import subprocess
import sys
import tempfile

FIGURE = pathlib.Path(__file__).resolve().with_name("guard.txt")
RECORDS = 10_000
TOLERANCE = 0.05


def count(build, work):
    """Instructions of one forkdb record --once, under callgrind."""
    # Names of a fixed length, and no environment: both end up on the stack.
    source, database, profile = (work / name for name in ["source", "db", "out"])
    with source.open("wb") as file:
        subprocess.run([build / "bench/generate", "--records", str(RECORDS)],
                       stdout=file, check=True)
    result = subprocess.run(
        ["valgrind", "--tool=callgrind", f"--callgrind-out-file={profile}",
         build / "forkdb", "record", "--once", "--source", source,
         "--db", database, "--boot-id", "guard"],
        env={"PATH": "/usr/bin:/bin", "LC_ALL": "C"}, cwd=work, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False)
    if result.returncode != 0 or f"{RECORDS} records" not in result.stderr:
        raise SystemExit(f"guard: recording failed:\n{result.stderr}")
    return int(re.search(r"Collected : (\d+)", result.stderr)[1])


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n", maxsplit=1)[0])
    parser.add_argument("build", type=pathlib.Path)
    parser.add_argument("--update", action="store_true", help="write the figure")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="forkdb-guard-") as work:
        counted = count(options.build.resolve(), pathlib.Path(work))
    if options.update:
        FIGURE.write_text(f"{counted}\n", encoding="ascii")
        print(f"{FIGURE}: {counted:,}")
        return 0
    wanted = int(FIGURE.read_text(encoding="ascii"))
    off = counted / wanted - 1
    print(f"{RECORDS:,} records: {counted:,} instructions, {wanted:,} committed: {off:+.2%}")
    if abs(off) <= TOLERANCE:
        return 0
    print(f"guard: more than {TOLERANCE:.0%} off: if that is meant, run bench/guard.py "
          f"{options.build} --update and commit bench/guard.txt", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
