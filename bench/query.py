#!/usr/bin/env python3
"""How fast questions are answered, whole processes with warm caches, against
ausearch, journalctl and grep, awk or tail on equal logs. Prints Markdown.

usage: bench/query.py BUILD --work DIR [--records N] [--rounds N]
                      [--peer-rounds N] [--logs N] [--db FILE] [--busy]
"""

import argparse
import pathlib
import shutil
import subprocess

import measure
import peers
import questions


def answers(command):
    """Lines that a command answers with."""
    done = subprocess.run(command, shell=isinstance(command, str), check=False,
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.DEVNULL)
    return done.stdout.count(b"\n")


def commands_for(asked, options, files):
    """{tool: command} of one question."""
    commands = {"forkdb": [options.build / "forkdb", asked["forkdb"][0], "--db", files["db"],
                           *asked["forkdb"][1:]]}
    if options.only_forkdb or "text" not in asked:
        return commands
    text = asked["text"]
    path = str(files["text"])
    text = text.replace("{}", path) if "{}" in text else f"{text} {path}"
    # GNU grep stops at the first match if it sees that it writes to /dev/null.
    commands["grep, awk"] = f"LC_ALL=C {text} | cat"
    if "floor" in asked:
        commands["floor"] = ["sqlite3", "-readonly", files["db"], asked["floor"]]
    if "journalctl" in asked and files.get("journal"):
        commands["journalctl"] = ["journalctl", "--quiet", "--utc", "--directory", files["journal"],
                                  *asked["journalctl"]]
    if "ausearch" in asked and files.get("audit"):
        commands["ausearch"] = (f"TZ=UTC LC_ALL=C ausearch --input {files['audit']} "
                                f"{asked['ausearch']}")
    return commands


def ask(commands, options):
    """{tool: [Run]}: forkdb in more rounds, for its answers take no time."""
    for name, command in commands.items():
        if name != "ausearch":  # may take minutes: its log is warm by then
            measure.once(command)  # warms up
    ours = {"forkdb": lambda: measure.once(commands["forkdb"])}
    runs = measure.in_turn(ours, options.rounds)
    others = {name: (lambda command=command: measure.once(command))
              for name, command in commands.items()}
    if len(others) > 1:
        pairs = measure.in_turn(others, options.peer_rounds)
        runs.update({name: these for name, these in pairs.items() if name != "forkdb"})
    return runs


def cells(name, runs, lines):
    """A question's row: forkdb's times, then each peer's with its ratio."""
    ours = runs["forkdb"]
    row = [name, f"{lines}", measure.spread(ours, "wall", 1000, 1),
           measure.spread(ours, "cpu", 1000, 1)]
    for peer in ("grep, awk", "ausearch", "journalctl"):
        if peer not in runs:
            row.append("–")
            continue
        times = measure.median(runs[peer], "cpu") / measure.median(ours, "cpu")
        row.append(f"{measure.spread(runs[peer], 'cpu')} s, {times:,.1f}×")
    return row


def equal_logs(options, records):
    """The files that each tool is asked of."""
    work = options.work
    files = {"db": options.db or measure.recorded(options.build, work, records)}
    if options.only_forkdb:
        return files
    files["text"] = measure.history(options.build, work, records)
    if records != options.logs:
        return files
    if shutil.which("ausearch"):
        files["audit"] = peers.audit_log(work, records, files["text"])
    if pathlib.Path("/lib/systemd/systemd-journal-remote").exists():
        files["journal"] = peers.journal(work, records, files["text"])
    return files


def print_sizes(files):
    """What each tool keeps for these records."""
    sizes = {name: sum(file.stat().st_size for file in
                       (path.iterdir() if path.is_dir() else [path]))
             for name, path in files.items()}
    named = {"db": "forkdb's database", "text": "text", "audit": "audit log", "journal": "journal"}
    print("On disk: " + ", ".join(f"{named[name]} {size / 1e6:,.0f} MB"
                                  for name, size in sizes.items()) + ".\n")


def report_targets(options, results):
    """The targets of 10 M records."""
    indexed = {name: measure.median(runs["forkdb"], "cpu" if options.busy else "wall") * 1000
               for name, runs in results.items() if name.startswith(("newest", "tree"))}
    slowest = max(indexed, key=indexed.get)
    unit = "ms of CPU" if options.busy else "ms"
    rows = [(f"indexed questions under 20 ms at {options.records:,}",
             f"slowest: {slowest}, {indexed[slowest]:.1f} {unit}",
             indexed[slowest] < 20 and not options.busy,
             "by the clock it has to be shown on a quiet machine: see the table"
             if options.busy else "see the table")]
    filters = {name: measure.median(runs["forkdb"], "cpu" if options.busy else "wall") * 1000
               for name, runs in results.items() if name.startswith(("filter", "newest", "tree"))}
    slowest = max(filters, key=filters.get)
    rows.append((f"each named filter's first 20 rows under 50 ms at {options.records:,}",
                 f"slowest: {slowest}, {filters[slowest]:.1f} {unit}", filters[slowest] < 50,
                 "see the table"))
    for name, runs in results.items():
        if not name.startswith(("scan", "count")) or "grep, awk" not in runs:
            continue
        text = measure.median(runs["grep, awk"], "cpu")
        times = text / measure.median(runs["forkdb"], "cpu")
        reason = "see the table"
        if "floor" in runs:
            floor = text / measure.median(runs["floor"], "cpu")
            reason = ("each row is decoded from SQLite's varints; the floor, sqlite3's scan of the "
                      f"table records alone, is {floor:.1f} times as fast as grep")
        rows.append((f"full scans 5 times faster than grep on the equal text: {name}",
                     f"{times:.1f} times", times >= 5, reason))
    print(measure.targets(rows))


def section(options, records):
    """Asks all questions of so many records; prints the table."""
    files = equal_logs(options, records)
    results, rows = {}, []
    for name, asked in questions.questions(files["db"]):
        if options.only_forkdb and name.startswith("scan"):
            continue
        commands = commands_for(asked, options, files)
        measure.say(name)
        results[name] = ask(commands, options)
        rows.append(cells(name, results[name], answers(commands["forkdb"])))
    print(f"{records:,} records; forkdb {options.rounds} rounds, the others "
          f"{options.peer_rounds}; warm caches; ratios of CPU time.\n")
    print(measure.table(("question", "lines", "forkdb, clock ms", "forkdb, CPU ms", "grep, awk",
                         "ausearch", "journalctl"), rows))
    print_sizes(files)
    return results


def main():
    """The command line, the tables, the targets."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n", maxsplit=1)[0])
    parser.add_argument("build", type=pathlib.Path)
    parser.add_argument("--work", type=pathlib.Path, required=True)
    parser.add_argument("--records", type=int, default=10_000_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--peer-rounds", type=int, default=5)
    parser.add_argument("--logs", type=int, default=10_000_000,
                        help="ausearch and journalctl are asked of so many records")
    parser.add_argument("--db", type=pathlib.Path, help="this database, without scans and others' logs")
    parser.add_argument("--busy", action="store_true",
                        help="hold CPU time against the targets: the machine is shared")
    options = parser.parse_args()
    options.only_forkdb = options.db is not None
    if options.logs != options.records and not options.only_forkdb:
        section(options, options.logs)
    results = section(options, options.records)
    if not options.only_forkdb:
        report_targets(options, results)


if __name__ == "__main__":
    main()
