# SPDX-License-Identifier: MIT
"""What the host checks of each scenario, from the files that it left.

Each check(directory, problems) returns one line with its figures.
"""

import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "e2e"))
import check
import database
from scenarios import WANTED

HANDFUL = 10  # calls of root that another user's load may hide, counted


def losses(connection):
    """(in gaps, missed): numbers without a row, and calls that took no number."""
    in_gaps = connection.execute(
        "SELECT ifnull(sum(last_seq - first_seq + 1), 0) FROM gaps").fetchone()[0]
    tables = connection.execute("SELECT name FROM sqlite_schema WHERE name = 'missed'")
    missed = 0
    if tables.fetchone():
        missed = connection.execute("SELECT ifnull(sum(calls), 0) FROM missed").fetchone()[0]
    return in_gaps, missed


def check_oracle(directory, problems):
    """strace and the database, call by call."""
    return check.run(directory / "fork.db", directory / "strace", WANTED, problems)


def read_made(path):
    """What the load printed, by name."""
    lines = path.read_text().splitlines()
    return {name: int(value) for name, value in map(str.split, lines)}


def check_clock(directory, problems):
    """Every record has the time that the clock showed at the call, however it was
    set before the record was read."""
    connection = database.open_database(directory / "fork.db")
    rows, _ = database.check_all(connection, problems)
    found = []
    for path in sorted(directory.glob("made.*")):
        made = read_made(path)
        found.append(sum(made["from_ns"] <= row["time_ns"] <= made["to_ns"] for row in rows))
        problems.expect(found[-1] == made["forks"] > 0,
                        f"{path.name}: {found[-1]} rows of {made['forks']} calls in their time")
    problems.expect(len(found) == 3, f"{len(found)} loads of 3")
    return f"{' + '.join(map(str, found))} calls, each at the time that the clock showed"


def check_load(directory, problems):
    """Every call that the kernel saw while the load ran is a row or a loss, and
    no loss is another's: rows and losses are the calls made, to the digit."""
    made = read_made(directory / "made")
    connection = database.open_database(directory / "fork.db")
    rows, _ = database.check_all(connection, problems)
    inside = [row for row in rows if made["from_ns"] <= row["time_ns"] <= made["to_ns"]]
    good = sum(row["ret"] > 0 for row in inside)
    bad = len(inside) - good
    in_gaps, missed = losses(connection)
    calls = made["forks"] + made["bad"]
    problems.expect(made["forks"] >= made["good"] > 0, f"the load counted {made}")
    problems.expect(len(inside) + in_gaps + missed == calls,
                    f"{calls} calls made, but {len(inside)} rows + {in_gaps} in gaps + "
                    f"{missed} missed = {len(inside) + in_gaps + missed}")
    problems.expect(good <= made["forks"] and bad <= made["bad"], "more rows than calls")
    if "root_pid" in made:
        found = sum(row["pid"] == made["root_pid"] for row in inside)
        hidden = made["root_calls"] - found
        problems.expect(0 <= hidden <= HANDFUL,
                        f"{hidden} of root's {made['root_calls']} calls are hidden")
    hook = connection.execute("SELECT hook FROM streams").fetchone()[0]
    return (f"{calls} calls ({made['forks']} good, {made['bad']} failing) = {len(inside)} rows "
            f"({good} good, {bad} failing) + {in_gaps} in gaps + {missed} missed, by {hook}")
