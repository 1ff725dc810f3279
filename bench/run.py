#!/usr/bin/env python3
"""Runs the benchmarks and writes bench/RESULTS.md.

usage: sudo bench/run.py BUILD [--only ingest,query] [--work DIR] [--results FILE]
                         [--arguments SECTION="…"]...

BUILD is the folder of a build of the default preset; bench/packages.txt names
the Debian packages that the benchmarks need beside those of the tests. Each
section is a program of its own that prints Markdown; --only runs some and
leaves the others of the file as they are; --arguments are for one section's
program: --arguments ingest="--large-rounds 1". The work directory takes some 30
GB, and is kept, for the next run needs it too. All of it takes some two hours.

Ends with an error if a section fails, and goes on with the next one first.
"""

import argparse
import datetime
import os
import pathlib
import platform
import re
import shlex
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
TARGET_HEADING = "| target | measured | met | why not, and the floor |"

# Heading, and what is run: {build} and {work} are put in.
SECTIONS = {
    "ingest": ("Ingest", "ingest.py {build} --work {work}"),
    "callers": ("Callers that are not remembered", "callers.py {build} --work {work}"),
    "recorder": ("Recorder", "recorder_cost.py {build} --work {work}"),
    "query": ("Query", "query.py {build} --work {work}"),
    "parts": ("Parts", "parts.py {build}"),
    "kernel": ("Kernel cost", "kernel_cost.py {build} --kernels {work}/kernel"),
    "overhead": ("What recording costs a loop of vfork, exit and wait",
                 "overhead.py {build}/forkdb --forks 10000"),
    "soak": ("Soak", "soak.py {build}"),
}


def version_of(command):
    """The first line of what a tool says of itself; nothing if it is not there."""
    try:
        done = subprocess.run(command, check=False, stdout=subprocess.PIPE,
                              stderr=subprocess.DEVNULL, text=True)
    except FileNotFoundError:
        return None
    lines = done.stdout.strip().splitlines()
    return lines[0] if lines else None


def machine():
    """What it was run on."""
    model = re.search(r"^model name\s*:\s*(.*)", pathlib.Path("/proc/cpuinfo").read_text(
        encoding="utf-8"), re.M)
    pages = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    release = re.search(r'^PRETTY_NAME="(.*)"', pathlib.Path("/etc/os-release").read_text(
        encoding="utf-8"), re.M)
    versions = [version_of(command) for command in (
        ["c++", "--version"], ["sqlite3", "--version"], ["ausearch", "--version"],
        ["journalctl", "--version"], ["grep", "--version"], ["mawk", "-W", "version"],
        ["valgrind", "--version"])]
    versions = [" ".join(version.split()[:4]) for version in versions if version]
    return (f"{os.cpu_count()} CPUs ({model[1] if model else platform.machine()}), "
            f"{pages / 2**30:.0f} GiB, {release[1] if release else platform.system()}, "
            f"Linux {platform.release()}; load when the last section began "
            f"{os.getloadavg()[0]:.1f}.\n\nVersions: {'; '.join(versions)}.\n")


def read_sections(path):
    """{heading: text} of the file's sections, in order."""
    if not path.exists():
        return {}
    parts = re.split(r"^## (.*)\n", path.read_text(encoding="utf-8"), flags=re.M)
    return dict(zip(parts[1::2], (text.strip() + "\n" for text in parts[2::2])))


def gather_targets(sections):
    """The rows of all sections' tables of targets, as one."""
    rows = []
    for heading, text in sections.items():
        lines = text.splitlines()
        for start, line in enumerate(lines):
            if line != TARGET_HEADING or heading == "Targets":
                continue
            for row in lines[start + 2:]:
                if not row.startswith("|"):
                    break
                rows.append(row)
    return "\n".join([TARGET_HEADING, "|---|---|---|---|", *rows]) + "\n"


def write(path, sections):
    """The file: the machine, the targets, then the sections in SECTIONS' order."""
    known = [heading for heading, _ in SECTIONS.values()]
    order = [heading for heading in known if heading in sections]
    order += [heading for heading in sections
              if heading not in known and heading not in ("Machine", "Targets")]
    sections["Machine"] = machine()
    sections["Targets"] = gather_targets(sections)
    text = ("# Results\n\nWritten by `sudo bench/run.py BUILD`; each section says which command "
            "ran, and when. Ratios are what to compare: each is of one run, on one machine, "
            "against a named peer. CPU times say more than the clock where a machine has "
            "other work.\n")
    for heading in ["Machine", "Targets", *order]:
        text += f"\n## {heading}\n\n{sections[heading]}"
    path.write_text(text, encoding="utf-8")


def run_section(name, options):
    """What the section prints, below the command and the day."""
    _, command = SECTIONS[name]
    command = shlex.split(command.format(build=options.build, work=options.work))
    for text in options.arguments:
        section, _, arguments = text.partition("=")
        if section == name:
            command += shlex.split(arguments)
    print(f"== {name}: {shlex.join(command)}", file=sys.stderr, flush=True)
    done = subprocess.run([sys.executable, "-B", HERE / command[0], *command[1:]],
                          stdout=subprocess.PIPE, text=True, check=False)
    if done.returncode != 0:
        return None
    shown = shlex.join(command).replace(str(options.build), "BUILD").replace(
        str(options.work), "DIR")
    today = datetime.datetime.now(datetime.timezone.utc).date()
    return f"`bench/{shown}`, {today}, load {os.getloadavg()[0]:.1f} at its end:\n\n" \
           f"{done.stdout.strip()}\n"


def main():
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("build", type=pathlib.Path)
    parser.add_argument("--only", default=",".join(SECTIONS),
                        help="sections: %(default)s")
    parser.add_argument("--work", type=pathlib.Path, default="/var/tmp/forkdb-bench")
    parser.add_argument("--results", type=pathlib.Path, default=HERE / "RESULTS.md")
    parser.add_argument("--arguments", action="append", default=[], metavar="SECTION=ARGUMENTS")
    options = parser.parse_args()
    names = options.only.split(",")
    unknown = set(names) - set(SECTIONS)
    if unknown:
        parser.error(f"no such section: {', '.join(unknown)}")
    options.build = options.build.resolve()
    options.work = options.work.resolve()
    options.work.mkdir(parents=True, exist_ok=True)
    failed = []
    for name in names:
        text = run_section(name, options)
        if text is None:
            failed.append(name)
            continue
        # Read again each time: a section may take an hour.
        sections = read_sections(options.results)
        sections[SECTIONS[name][0]] = text
        write(options.results, sections)
    if failed:
        raise SystemExit(f"failed: {', '.join(failed)}")


if __name__ == "__main__":
    main()
