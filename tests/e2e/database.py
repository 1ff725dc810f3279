# SPDX-License-Identifier: MIT
"""The database as the checks read it, and what must hold in any of them."""

import pathlib
import sqlite3

COLUMNS = """id time username comm pid kind flags child_pid ret errno stream seq
boot time_ns flags_raw exit_signal uid tgid ppid start_ns pid_ns user_ns
child_start_ns child_pid_ns child_ns_pid child_user_ns caller_id""".split()
SEQS_PER_STREAM = 1_000_000_000_000


class Problems(list):
    """What a check found wrong. Only the first few of a kind are kept in
    words, all are counted."""
    LIMIT = 20

    def __init__(self):
        super().__init__()
        self.count = 0

    def add(self, text):
        """One more problem."""
        self.count += 1
        if self.count <= self.LIMIT:
            self.append(text)

    def expect(self, condition, text):
        """A problem unless the condition holds."""
        if not condition:
            self.add(text)


def open_database(path):
    """Opened as a reader would, writable only so that a write-ahead log that
    a power loss left behind is taken into account."""
    if not pathlib.Path(path).is_file():
        raise FileNotFoundError(f"no database: {path}")
    connection = sqlite3.connect(f"file:{path}", uri=True)
    connection.row_factory = sqlite3.Row
    return connection


def load_rows(connection):
    """All rows of the view, oldest first."""
    return connection.execute("SELECT * FROM forks ORDER BY id").fetchall()


def check_file(connection, problems):
    """The file is whole, and the view has the columns that it promises."""
    result = [row[0] for row in connection.execute("PRAGMA integrity_check")]
    problems.expect(result == ["ok"], f"integrity_check: {result[:3]}")
    broken = connection.execute("PRAGMA foreign_key_check").fetchall()
    problems.expect(not broken, f"foreign_key_check: {len(broken)} rows")
    view = connection.execute("SELECT * FROM forks LIMIT 0")
    columns = [column[0] for column in view.description]
    problems.expect(columns == COLUMNS, f"the view's columns are {columns}")


def check_numbering(connection, rows, problems):
    """Below each stream's next_seq, every number is a row or lies in a gap,
    and never both. Returns how many numbers lie in gaps."""
    missing = 0
    for stream, next_seq in connection.execute("SELECT id, next_seq FROM streams"):
        seqs = [row["seq"] for row in rows if row["stream"] == stream]
        gaps = connection.execute("SELECT first_seq, last_seq FROM gaps"
                                  " WHERE stream = ?", (stream,)).fetchall()
        in_gaps = sum(last - first + 1 for first, last in gaps)
        missing += in_gaps
        problems.expect(len(set(seqs)) == len(seqs), f"stream {stream}: a seq twice")
        problems.expect(len(seqs) + in_gaps == next_seq - 1,
                        f"stream {stream}: {len(seqs)} rows + {in_gaps} in gaps, "
                        f"but next_seq is {next_seq}")
        covered = sorted([(seq, seq) for seq in seqs] + [tuple(gap) for gap in gaps])
        expected = 1
        for first, last in covered:
            problems.expect(first == expected,
                            f"stream {stream}: {first} follows {expected - 1}")
            expected = last + 1
    for row in rows:
        problems.expect(row["id"] == row["stream"] * SEQS_PER_STREAM + row["seq"],
                        f"id {row['id']} is not stream {row['stream']}, seq {row['seq']}")
    return missing


def check_values(rows, problems):
    """A failed call has an error and no child; a successful one the reverse."""
    child_columns = [column for column in COLUMNS if column.startswith("child_")]
    for row in rows:
        known = [row[column] is not None for column in child_columns]
        failed = row["ret"] < 0
        problems.expect((row["errno"] is not None) == failed
                        and known == [not failed] * len(known),
                        f"row {row['id']}: ret {row['ret']}, errno {row['errno']}, "
                        f"child {row['child_pid']}")
        problems.expect((row["flags"] is None) == (row["flags_raw"] == 0),
                        f"row {row['id']}: flags {row['flags']} of {row['flags_raw']:#x}")


def check_callers(rows, problems):
    """caller_id is the record that created the caller's process: found here
    anew from pid and start time. Returns how many rows have one."""
    creators = {}
    for row in rows:
        if row["child_pid"] is not None:
            creators[row["boot"], row["child_pid"], row["child_start_ns"]] = row["id"]
    for row in rows:
        creator = creators.get((row["boot"], row["tgid"], row["start_ns"]))
        problems.expect(row["caller_id"] == creator,
                        f"row {row['id']}: caller_id {row['caller_id']}, not {creator}")
        problems.expect(creator is None or creator < row["id"],
                        f"row {row['id']}: its caller was created later, by {creator}")
    return sum(row["caller_id"] is not None for row in rows)


def check_all(connection, problems):
    """Everything above. Returns the rows and the numbers in gaps."""
    check_file(connection, problems)
    rows = load_rows(connection)
    missing = check_numbering(connection, rows, problems)
    check_values(rows, problems)
    check_callers(rows, problems)
    return rows, missing


def read_dump(path):
    """A saved copy of /proc/fork_info: {seq: fields} of its records."""
    records = {}
    for line in pathlib.Path(path).read_text().splitlines():
        if line[:1].isdigit():
            fields = line.split(" ", 17)
            records[int(fields[0])] = fields
    return records
