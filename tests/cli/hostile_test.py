"""A database that somebody else made: whatever it holds, every command ends in
an answer or in one line of reason, and no byte of it reaches a terminal raw.

Databases with random damage are read by as many commands as a few seconds
allow; tests/fuzz/database_fuzz.cc goes on from there.
"""

import contextlib
import os
import random
import re
import sqlite3
import unittest

import harness

ESCAPE = "\x1b]0;forged\x07\x1b[2J\n\r\u202e\x9b"
LOWEST, HIGHEST = -2**63, 2**63 - 1
WILD = [LOWEST, LOWEST + 1, -10**12, -4096, -1, 0, 1, 4096, 10**12 - 1, 10**12,
        10**12 + 1, 9 * 10**18, HIGHEST - 1, HIGHEST, None, 0.5, -1e300, 1e300,
        "", ESCAPE, "9" * 30, b"\xff\x1b[2J\0", "x" * 2000, "[1,2", "[5]"]
COMMANDS = [
    ["query"], ["query", "--columns", "all", "--format", "json"],
    ["query", "--columns", "all", "--format", "csv"],
    ["query", "--columns", "all", "--format", "tsv", "--order", "time_ns DESC"],
    ["query", "--failed", "--explain"], ["query", "--comm", "s*", "-n", "3"],
    ["query", "--user", "root", "--count"],
    ["query", "--since", "2020-01-01", "--until", "2030-01-01"],
    ["query", "--under", "100"], ["query", "--under", "10001"],
    ["query", "--group-by", "kind"], ["query", "--group-by", "comm,username"],
    ["query", "--group-by", "errno"], ["query", "--group-by", "stream,boot"],
    ["query", "--burst", "2/1s"], ["query", "--boot", "0", "--new-ns"],
    ["query", "--kind", "kthread", "--kind", "fork"],
    ["query", "--cursor-file", "cursor"], ["query", "--cursor-file", "cursor"],
    ["query", "--sql", "SELECT * FROM streams, boots, gaps"],
    ["query", "--db", "fork.db", "--db", "other.db"],
    ["tree", "100"], ["tree", "10001", "--threads", "--failed"],
    ["tree", "1000000000003", "--format", "json"], ["tree", "50", "--up"],
    ["stats"], ["stats", "--deep", "--format", "json"],
    ["stats", "--since", "2025-11-24", "--compare"],
    ["status"], ["status", "--format", "json"],
    ["export"], ["export", "--format", "json"],
    ["prune", "--keep", "1d", "--dry-run"],
    ["prune", "--max-size", "32M", "--dry-run"],
]


class Hostile(harness.CliTest):
    def setUp(self):
        super().setUp()
        self.record(harness.HEADER + b"".join(
            harness.line(seq, comm=b"sh%d" % (seq % 3), pid=100 + seq % 5,
                         error=11 if seq % 4 == 0 else 0)
            for seq in [*range(1, 30), *range(40, 60)]))
        with self.open() as database:
            database.executescript(
                "INSERT INTO alive (id, boot, start_tick, pid, ppid, parent, "
                "uid, username, comm, seen_ns) VALUES "
                "(1, 1, 0, 1, 0, NULL, 0, 'root', 'init', 5),"
                "(2, 1, 0, 50, 1, 1, 0, 'root', 'sshd', 5),"
                "(3, 1, 0, 100, 50, 2, 0, 'root', 'sh', 5)")
            # Summaries of closed blocks, as a longer recording has them.
            database.executescript(
                "INSERT INTO blocks SELECT min(id) / 4096, count(*), "
                "min(time_ns), max(time_ns), min(child_pid), max(child_pid), "
                "min(child_start_ns), max(child_start_ns) FROM records;" +
                "".join(f"INSERT INTO {table}_blocks SELECT {column}, "
                        "id / 4096, count(*) FROM records "
                        f"WHERE {column} < 0 OR '{table}' <> 'errno' "
                        "GROUP BY 1, 2;" for table, column in
                        [("comm", "comm"), ("user", "user"),
                         ("flag_set", "flag_set"), ("errno", "ret"),
                         ("namespace_set", "namespace_set")]))
        with open(self.db, "rb") as file:
            self.sound = file.read()
        self.write("other.db", self.sound)

    @contextlib.contextmanager
    def open(self):
        """The database, with nothing to hold anybody back."""
        with contextlib.closing(sqlite3.connect(self.db)) as database:
            database.executescript(
                "PRAGMA ignore_check_constraints = ON; "
                "PRAGMA foreign_keys = OFF")
            yield database
            database.commit()
            database.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def restore(self):
        for name in os.listdir(self.dir):
            if name.startswith("fork.db-") or name.startswith("cursor"):
                os.remove(self.path(name))
        self.write("fork.db", self.sound)

    def forget_types(self, database):
        """Columns take values of any type from now on."""
        database.executescript(
            "PRAGMA writable_schema = ON; UPDATE sqlite_schema SET sql = "
            "replace(replace(sql, 'WITHOUT ROWID, STRICT', 'WITHOUT ROWID'), "
            "') STRICT', ')') WHERE type = 'table'; "
            "PRAGMA writable_schema = RESET")

    def check(self, command, result):
        self.assertIn(result.returncode, (0, 1, 2), (command, result))
        for text in (result.stdout, result.stderr):
            self.assertNotRegex(text, rb"[\0-\x08\x0b-\x1f\x7f]", command)
            shown = text.decode("utf-8", "strict")
            self.assertNotRegex(shown, "[\x80-\x9f\u202e]", command)
        self.assertNotRegex(result.stderr, rb"std::|variant|basic_string|"
                            rb"vector|No row|terminate")
        if result.returncode > 0:
            self.assertTrue(result.stderr.startswith(b"forkdb: "), result)

    def ask(self, commands=tuple(COMMANDS)):
        for command in commands:
            database = [] if "--db" in command else ["--db", self.db]
            self.check(command, self.run_forkdb(*command, *database,
                                                "--timeout", "20")
                       if command[0] != "prune" else
                       self.run_forkdb(*command, *database))

    def record_and_prune(self):
        """What writes, last."""
        self.write("source.txt", harness.HEADER + harness.lines(60, 70))
        for command in (["record", "--once", "--source", self.source],
                        ["prune", "--before", "2025-01-01"],
                        ["prune", "--before", "2026-01-01"]):
            self.check(command, self.run_forkdb(*command, "--db", self.db))

    def test_a_sound_database_is_read(self):
        self.ask()
        self.record_and_prune()

    def test_parents_that_are_not_there(self):
        for change in ("parent = 99 WHERE id = 3", "parent = 3 WHERE id = 1",
                       f"parent = {LOWEST}", f"id = {LOWEST} WHERE id = 2",
                       "boot = 9"):
            self.restore()
            with self.open() as database:
                database.execute(f"UPDATE alive SET {change}")
            self.ask([["tree", "100"], ["tree", "50"], ["tree", "1", "--down"],
                      ["query", "--under", "50"], ["tree", "101"]])
            result = self.run_forkdb("export", "--html", "x.html", "--db",
                                     self.db, "--timeout", "20")
            self.check("export --html", result)

    def test_counts_of_rows_that_are_not_there(self):
        chosen = random.Random(1)
        for table in ("comms", "users", "flag_sets", "namespace_sets", "errnos",
                      "blocks", "records", "boots", "streams"):
            self.restore()
            with self.open() as database:
                database.execute(f"DELETE FROM {table}")
            with self.subTest(table):
                self.ask(chosen.sample(COMMANDS, 12))
            self.record_and_prune()

    def test_a_count_of_kernel_threads_that_no_block_has(self):
        with self.open() as database:
            database.executescript(
                "UPDATE records SET tgid = 2, ppid = 0; "
                "UPDATE pid_blocks SET pid = 2 WHERE pid = 100; "
                "DELETE FROM flag_set_blocks")
        self.ask([["query", "--group-by", "kind"]])

    def test_escapes_in_every_column(self):
        with self.open() as database:
            self.forget_types(database)
            tables = database.execute(
                "SELECT name FROM sqlite_schema WHERE type = 'table'")
            for (table,) in tables.fetchall():
                for column in database.execute(
                        f"SELECT name FROM pragma_table_info('{table}')"
                        " WHERE type IN ('TEXT', 'ANY') AND name <> 'calls'"
                        ).fetchall():
                    database.execute(f"UPDATE OR IGNORE {table} "
                                     f"SET {column[0]} = ?", (ESCAPE,))
        self.ask()
        result = self.run_forkdb("status", "--db", self.db)
        self.assertIn(b"\\033]0;forged\\007", result.stdout)

    def test_numbers_of_any_size(self):
        """Each column in turn, of all rows."""
        with self.open() as database:
            columns = [(table, column) for (table,) in database.execute(
                "SELECT name FROM sqlite_schema WHERE type = 'table'").fetchall()
                       for (column,) in database.execute(
                           f"SELECT name FROM pragma_table_info('{table}') "
                           "WHERE type = 'INTEGER'").fetchall()]
        chosen = random.Random(1)
        for table, column in columns:
            self.restore()
            with self.open() as database:
                self.forget_types(database)
                database.execute(
                    f"UPDATE OR REPLACE {table} SET {column} = ?",
                    (chosen.choice([LOWEST, HIGHEST, -1, 10**12]),))
            with self.subTest(table=table, column=column):
                self.ask(chosen.sample(COMMANDS, 3))

    def test_random_damage(self):
        for seed in range(8):
            self.restore()
            chosen = random.Random(seed)
            with self.open() as database:
                self.forget_types(database)
                tables = [row[0] for row in database.execute(
                    "SELECT name FROM sqlite_schema WHERE type = 'table'")]
                for _ in range(chosen.randint(1, 8)):
                    table = chosen.choice(tables)
                    column = chosen.choice([row[1] for row in database.execute(
                        f"PRAGMA table_info({table})")])
                    with contextlib.suppress(sqlite3.Error):
                        database.execute(
                            f"UPDATE OR REPLACE {table} SET {column} = ? "
                            f"WHERE random() % {chosen.randint(1, 4)} = 0",
                            (chosen.choice(WILD),))
            with self.subTest(seed=seed):
                self.ask(chosen.sample(COMMANDS, 12))
                self.record_and_prune()

    def test_random_bytes(self):
        for seed in range(8):
            self.restore()
            chosen = random.Random(seed)
            data = bytearray(self.sound)
            for _ in range(chosen.choice([1, 10, 100])):
                data[chosen.randrange(100, len(data))] = chosen.choice(
                    [0, 1, 0x7f, 0x80, 0xff, chosen.randrange(256)])
            self.write("fork.db", data)
            with self.subTest(seed=seed):
                self.ask(chosen.sample(COMMANDS, 8))
                self.record_and_prune()

    def test_the_last_number_of_a_stream(self):
        last = 999_999_999_999
        self.restore()
        os.remove(self.db)
        self.record(harness.HEADER + harness.line(1) +
                    harness.line(7).replace(b"7 ", b"%d " % last, 1))
        asked = ["query", "--db", self.db, "--cursor-file", "cursor",
                 "--columns", "seq", "--format", "csv"]
        self.assertEqual(self.ok(*asked), b"seq\n1\n%d\n" % last)
        self.assertEqual(self.ok(*asked), b"seq\n")
        process = self.start("query", "--db", self.db, "--follow", "--columns",
                             "seq", "--format", "csv")
        for row in (b"seq", b"1", b"%d" % last):
            self.assertEqual(process.stdout.readline(), row + b"\n")
        self.ok("prune", "--before", "2026-01-01", "--yes", "--db", self.db)
        self.write("source.txt", harness.HEADER + harness.lines(1, 2))
        self.ok("record", "--once", "--source", self.source, "--boot-id",
                "another", "--db", self.db)
        self.assertEqual(process.stdout.readline(), b"1\n")
        self.assertEqual(process.stdout.readline(), b"2\n")
        self.assertEqual(self.ok(*asked), b"seq\n1\n2\n")


class Sql(harness.CliTest):
    def setUp(self):
        super().setUp()
        self.record(harness.HEADER + harness.lines(1, 3))

    def refused(self, reason, condition):
        for command in (["query"], ["query", "--count"], ["stats"], ["export"],
                        ["query", "--order", "pid"], ["query", "--follow"]):
            self.fails(2, reason, *command, condition, "--db", self.db)
        self.fails(2, reason, "show", condition, "--source", self.source)

    def test_functions_that_are_not_known_to_be_harmless_are_refused(self):
        for call in ("fts3_tokenizer('x', x'4141414141414141')",
                     "fts3_tokenizer('simple')", "load_extension('x')",
                     "rtreecheck('x')"):
            self.refused("not authorized to use function", f"{call} IS NULL")
            self.fails(2, "not authorized to use function", "query", "--sql",
                       f"SELECT {call}", "--db", self.db)

    def test_a_condition_is_one_expression(self):
        for condition, reason in (
                ("pid = ?1", "parameters (?) are not supported"),
                ("seq = :a", "parameters (?) are not supported"),
                ("0) OR (SELECT 1", "syntax error"),
                ("1; SELECT 2", "syntax error"),
                ("1 LIMIT 1", "syntax error"),
                ("1 /*", "incomplete input")):
            self.refused(reason, condition)


class Source(unittest.TestCase):
    def test_only_one_place_writes_to_the_terminal(self):
        """What is written by another way would have to be escaped there."""
        root = os.path.join(os.path.dirname(__file__), "..", "..")
        allowed = {"terminal/tell.cc", "store/supervise.cc", "main.cc",
                   "recorder/prune_command.cc"}
        printers = {"terminal/line.cc", "terminal/row_printer.cc",
                    "terminal/table_printer.cc", "terminal/output.cc"}
        for folder in ("query", "recorder", "store", "."):
            for name in os.listdir(os.path.join(root, folder)):
                path = os.path.normpath(os.path.join(folder, name))
                if not path.endswith(".cc"):
                    continue
                with open(os.path.join(root, path), encoding="utf-8") as file:
                    text = file.read()
                if path not in allowed:
                    self.assertNotRegex(text, r"print\(stderr|std::cerr|perror\(",
                                        path)
                if path not in printers and folder in ("query", "store"):
                    self.assertIsNone(re.search(r"(?<![\w:.>])Write\(out", text),
                                      path)


if __name__ == "__main__":
    unittest.main()
