#!/usr/bin/env python3
"""The recorder's parts with Google Benchmark, as Markdown.

usage: bench/parts.py BUILD [--rounds N]
"""

import argparse
import json
import pathlib
import statistics
import subprocess
import sys

import measure

NAMES = {"BM_ParseRecord": "parse a line", "BM_UnescapeComm": "decode a name's escapes",
         "BM_Intern": "intern name, flags and namespaces",
         "BM_WriteBatch": "write, in a full batch, into memory"}


def main():
    """The command line and the table."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n", maxsplit=1)[0])
    parser.add_argument("build", type=pathlib.Path)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    program = options.build / "bench/parts"
    if not program.exists():
        sys.exit("parts: not built: install libbenchmark-dev, then configure and build again")
    done = subprocess.run(
        [program, "--benchmark_format=json", f"--benchmark_repetitions={options.rounds}",
         "--benchmark_enable_random_interleaving=true", "--benchmark_min_time=0.2"],
        stdout=subprocess.PIPE, check=True)
    speeds = {}
    for run in json.loads(done.stdout)["benchmarks"]:
        if run["run_type"] == "iteration":
            speeds.setdefault(run["run_name"], []).append(1e9 / run["items_per_second"])
    rows = [(NAMES[name], f"{statistics.median(each):,.0f} ({min(each):,.0f}–{max(each):,.0f})")
            for name, each in speeds.items()]
    print(measure.table(("part", "CPU ns a record, median (range)"), rows))


if __name__ == "__main__":
    main()
