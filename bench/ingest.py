#!/usr/bin/env python3
"""How fast text becomes a database, against sqlite3's .import of the decoded
rows, SQLite alone (floor) and parsing alone (parse). Prints Markdown.

usage: bench/ingest.py BUILD --work DIR [--records N] [--large N]
                       [--rounds N] [--large-rounds N]
"""

import argparse
import pathlib
import subprocess

import measure

SCHEMA = pathlib.Path(__file__).resolve().parent.parent / "schema.sql"


def csv_of(work, records, database):
    """The view forks as CSV, as .import takes it; made if missing."""
    path = work / f"{records}.csv"
    if not path.exists():
        part = path.with_suffix(".part")
        with part.open("wb") as file:
            subprocess.run(["sqlite3", "-readonly", "-csv", database, "SELECT * FROM forks"],
                           stdout=file, check=True)
        part.rename(path)
    return path


def columns_of(database):
    """Names of the view's columns."""
    return subprocess.run(
        ["sqlite3", "-readonly", database, "SELECT group_concat(name) FROM pragma_table_info('forks')"],
        stdout=subprocess.PIPE, check=True, text=True).stdout.strip()


def peers_of(options, records):
    """{name: function} for this many records; each starts with no file, and
    with what it reads in the page cache."""
    build, work = options.build, options.work
    source = measure.history(build, work, records)
    template = measure.recorded(build, work, records)
    csv = csv_of(work, records, template)
    create = f"CREATE TABLE forks ({columns_of(template)})"

    def floor():
        measure.remove_database(work / "floor.db")
        output = work / "floor.txt"
        with output.open("wb") as file:
            run = measure.once([build / "bench/floor", SCHEMA, template, work / "floor.db",
                                str(records)], file)
        # Without its reading of the rows that it repeats.
        run.wall, run.cpu = map(float, output.read_text(encoding="ascii").split())
        return run

    return {
        "forkdb record": measure.fresh(measure.record_command(build, source, work / "ingest.db"),
                                       source, work / "ingest.db"),
        ".import": measure.fresh(["sqlite3", work / "import.db", create, ".mode csv",
                                  f".import {csv} forks"], csv, work / "import.db"),
        "floor": floor,
        "parse": measure.fresh([build / "bench/parse", source], source),
    }


def section(options, records, rounds):
    """The table, and what the targets need of it."""
    runs = measure.in_turn(peers_of(options, records), rounds)
    sizes = {name: (options.work / file).stat().st_size / records
             for name, file in [("forkdb record", "ingest.db"), (".import", "import.db"),
                                ("floor", "floor.db")]}
    for file in ("ingest.db", "import.db", "floor.db"):
        measure.remove_database(options.work / file)
    ours = runs["forkdb record"]
    rows = [(name, f"{records / measure.median(these, 'cpu'):,.0f}",
             measure.spread(these, "cpu"), measure.spread(these, "wall"),
             f"{measure.ratio(these, ours):.2f}", f"{measure.median(these, 'peak_mb'):.0f}",
             f"{sizes[name]:.1f}" if name in sizes else "") for name, these in runs.items()]
    print(f"{records:,} records, {rounds} rounds:\n")
    print(measure.table(("", "records a CPU second", "CPU s, median (range)", "clock s",
                         "CPU to forkdb's", "peak MiB", "bytes a record"), rows))
    return {"import": measure.ratio(runs[".import"], ours),
            "floor": measure.ratio(ours, runs["floor"]),
            "floor_import": measure.ratio(runs[".import"], runs["floor"]),
            "floor_each": measure.median(runs["floor"], "cpu") / records,
            "each": measure.median(ours, "cpu") / records, "bytes": sizes["forkdb record"]}


def main():
    """The command line, the tables, the targets."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n", maxsplit=1)[0])
    parser.add_argument("build", type=pathlib.Path)
    parser.add_argument("--work", type=pathlib.Path, required=True)
    parser.add_argument("--records", type=int, default=1_000_000)
    parser.add_argument("--large", type=int, default=10_000_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--large-rounds", type=int, default=5)
    options = parser.parse_args()
    print("`.import` takes the rows of the view forks, already decoded, as CSV into a plain "
          "table without an index: all its columns, raw beside decoded, which costs .import more than "
          "a table that says each thing once; floor steps prepared INSERTs of forkdb's rows into forkdb's "
          "schema; parse only reads the text.\n")
    small = section(options, options.records, options.rounds)
    large = section(options, options.large, options.large_rounds)
    growth = large["each"] / small["each"] - 1
    print(measure.targets([
        ("ingest at least 2 times faster than .import", f"{small['import']:.2f} times at "
         f"{options.records:,}, {large['import']:.2f} at {options.large:,}",
         min(small["import"], large["import"]) >= 2,
         f"SQLite's own work: the floor itself is {small['floor_import']:.2f} and "
         f"{large['floor_import']:.2f} times as fast as .import. By hand, on the floor: pages of "
         "16 KiB save 10 %, but a drain of 20 records then writes 2.8 times as much; no CHECKs save "
         "6 %, no STRICT nothing"),
        ("ingest within 1.3 of the floor", f"{small['floor']:.2f} and {large['floor']:.2f}",
         max(small["floor"], large["floor"]) <= 1.3, "see the profile"),
        (f"ingest flat from {options.records:,} to {options.large:,} within 10 %",
         f"{growth:+.1%} CPU a record", growth <= 0.1,
         f"the floor, in the same run: {large['floor_each'] / small['floor_each'] - 1:+.1%}. Half of it is "
         "the system's: 65,536 records fill 1,470 pages, and their keys (comm, block) and (pid, block) "
         "reach 300 more at 1 M and 1,860 at 10 M, counted by strace -c"),
        ("at most 100 bytes a record", f"{small['bytes']:.1f} and {large['bytes']:.1f}",
         max(small["bytes"], large["bytes"]) <= 100, "later times and ids take more bytes; the floor has the same rows")]))


if __name__ == "__main__":
    main()
