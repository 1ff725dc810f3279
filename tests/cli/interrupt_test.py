"""Questions that take long: Ctrl-C, --timeout, and what a terminal shows."""

import contextlib
import csv
import io
import os
import pathlib
import resource
import signal
import sqlite3
import subprocess
import unittest

import harness
import terminal

TICKS_PER_S = os.sysconf("SC_CLK_TCK")
# Takes a step, and no row, for ever.
ENDLESS = ("WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) "
           "SELECT count(*) FROM n")
# Rows, then an endless search for one more.
ROWS = ("WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) "
        "SELECT x, 'a,b' AS y FROM n WHERE x <= 500")
# Within one call of a function, where SQLite does not look for an interrupt.
STUCK = ("ltrim(printf('%.*c', 800000, 'a'), "
         "printf('%.*c', 50000, 'b') || 'a')")


class InterruptTest(harness.CliTest):
    def setUp(self):
        super().setUp()
        self.record(harness.HEADER + harness.lines(1, 9))
        self.environment = {"FORKDB_DB": self.db, "TERM": "xterm", "PAGER": "",
                            "PATH": os.environ["PATH"]}

    def ask(self, sql, *args, stdout=None, **environment):
        job = terminal.Terminal(
            [harness.FORKDB, "query", "--sql", sql, *args], cwd=self.dir,
            env={**self.environment, **environment}, stdout=stdout)
        self.addCleanup(job.close)
        return job

    def test_the_interrupt_key_ends_a_question(self):
        job = self.ask(ENDLESS)
        job.read_until(b"reading for")
        job.press(b"\x03")
        code, _ = job.end()
        self.assertEqual(code, 130)

    def test_rows_that_were_read_are_printed_whole(self):
        for form in ("csv", "tsv", "json", "table"):
            with self.subTest(form):
                with open(self.path("out"), "wb") as out:
                    job = self.ask(ROWS, "--format", form, stdout=out)
                    job.read_until(b"reading for")
                    job.press(b"\x03")
                    self.assertEqual(job.end()[0], 130)
                with open(self.path("out"), encoding="utf-8") as out:
                    text = out.read()
                self.assertEqual(len(text.splitlines()),
                                 500 + (form != "json"))
                self.assertTrue(text.endswith("\n"))
                if form == "csv":
                    self.assertEqual(list(csv.reader(io.StringIO(text)))[-1],
                                     ["500", "a,b"])

    def test_every_command_ends(self):
        # Each record of a second costs a while.
        slow = "(SELECT count(*) FROM forks a, forks b, forks c, forks d, " \
               "forks e, forks f, forks g, forks h, forks i) > 0"
        for command in (["query", slow], ["query", "--count", slow],
                        ["query", "--group-by", "comm", slow],
                        ["query", "--order", "pid", slow], ["stats", slow],
                        ["export", slow], ["export", "-o", "x.csv", slow]):
            with self.subTest(command):
                process = self.start(*command, env=self.environment)
                self.wait_until_busy(process)
                code, _, err = self.stop(process, signal.SIGINT)
                self.assertEqual((code, err), (130, b""))
                self.assertFalse(os.path.exists(self.path("x.csv")))
                result = self.run_forkdb(*command, "--timeout", "200ms",
                                         env=self.environment)
                self.assertEqual(result.returncode, 1)
                self.assertIn(b"no complete answer within 0.2 s: narrow the query",
                              result.stderr)

    def test_a_second_interrupt_ends_it_at_once(self):
        # The heading is printed, so that the first one alone waits for SQLite.
        job = self.ask(f"SELECT {STUCK}", "--format", "csv",
                       stdout=subprocess.DEVNULL)
        job.read_until(b"reading for")
        shown = len(job.seen)
        job.press(b"\x03")
        while not job.seen[shown:].endswith(b"\r\x1b[K"):
            job.read()
        self.assertIsNone(job.process.poll())
        job.press(b"\x03")
        code, text = job.end()
        self.assertEqual(code, 130)
        self.assertNotIn(b"reading for", text[text.rindex(b"\x1b[K"):])

    def test_one_interrupt_ends_what_has_printed_nothing(self):
        job = self.ask(f"SELECT {STUCK}")
        job.read_until(b"reading for")
        job.press(b"\x03")
        self.assertEqual(job.end()[0], 130)

    def test_a_timeout_ends_what_sqlite_does_not(self):
        where = f"{STUCK} <> ''"
        for command in (["query", where], ["stats", where],
                        ["export", "-o", "x.csv", where],
                        ["show", "--source", self.source, where]):
            with self.subTest(command):
                before = sorted(os.listdir(self.dir))
                result = self.run_forkdb(*command, "--timeout", "100ms",
                                         env=self.environment)
                self.assertEqual(result.returncode, 1)
                self.assertRegex(result.stderr, rb"\Aforkdb: no complete answer "
                                 rb"within 0.1 s.*\n\Z")
                self.assertEqual(sorted(os.listdir(self.dir)), before)

    def test_show_ends(self):
        for args, number, code in ((["--timeout", "200ms"], None, 1),
                                   ([], signal.SIGINT, 130),
                                   ([], signal.SIGTERM, 130)):
            with self.subTest(args):
                process = self.start("show", "--source", self.source,
                                     f"({ENDLESS}) > 0", *args)
                if number:
                    self.wait_until_busy(process)
                    process.send_signal(number)
                process.communicate(timeout=harness.PATIENCE)
                self.assertEqual(process.returncode, code)

    def test_each_round_of_following_ends(self):
        condition = f"seq < 10 OR ({ENDLESS}) > 0"
        for args, number, code in ((["--timeout", "1s"], None, 1),
                                   ([], signal.SIGINT, 130),
                                   ([], signal.SIGTERM, 130)):
            with self.subTest(args):
                for suffix in ("", "-wal", "-shm"):
                    pathlib.Path(self.db + suffix).unlink(missing_ok=True)
                self.record(harness.HEADER + harness.lines(1, 9))
                process = self.start("query", "--follow", "--columns", "seq",
                                     "--format", "csv", condition, *args,
                                     env=self.environment)
                for row in [b"seq", *(b"%d" % seq for seq in range(1, 10))]:
                    self.assertEqual(process.stdout.readline(), row + b"\n")
                self.record(harness.HEADER + harness.lines(1, 10))
                if number:
                    self.wait_until_busy(process)
                    process.send_signal(number)
                _, err = process.communicate(timeout=harness.PATIENCE)
                self.assertEqual(process.returncode, code)
                self.assertEqual(b"no complete answer" in err, number is None)

    def test_opening_and_finding_end(self):
        endless = ("WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 "
                   "FROM n) SELECT ")
        with contextlib.closing(sqlite3.connect(self.db)) as database:
            columns = [row[1] for row in database.execute(
                "SELECT * FROM pragma_table_info('forks')")]
            database.executescript(
                "DROP VIEW forks; CREATE VIEW forks AS " + endless +
                ", ".join(f"-x AS {column}" for column in columns) +
                " FROM n; DROP VIEW open_blocks; CREATE VIEW open_blocks AS " +
                endless + "-x AS block FROM n; ALTER TABLE rejects RENAME TO old; "
                "CREATE VIEW rejects AS " + endless + "x FROM n")
        for command in (["tree", "10001"], ["status"],
                        ["query", "--under", "10001"],
                        ["stats", "--under", "10001"],
                        ["export", "--under", "10001"]):
            with self.subTest(command):
                result = self.run_forkdb(*command, "--timeout", "200ms",
                                         env=self.environment)
                self.assertEqual(result.returncode, 1)
                self.assertIn(b"no complete answer within 0.2 s", result.stderr)
                process = self.start(*command, env=self.environment)
                self.wait_until_busy(process)
                self.assertEqual(self.stop(process, signal.SIGINT)[0], 130)

    @harness.skip_under_sanitizers("its shadow memory is larger than the limit")
    def test_memory_is_bounded(self):
        # Each name stands for twice the one before.
        doubling = "WITH n0 AS (SELECT 1 AS x)" + "".join(
            f", n{i} AS (SELECT a.x FROM n{i-1} AS a JOIN n{i-1} AS b)"
            for i in range(1, 40)) + " SELECT count(*) FROM n39"
        for sql, code, reason in (
                (doubling, 1, b"memory"),
                ("SELECT length(zeroblob(2000000))", 2, b"SQL: string or blob too big"),
                ("SELECT length(replace(hex(zeroblob(400000)), '0', 'xxxx'))",
                 2, b"SQL: string or blob too big"),
                ("WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM "
                 "n LIMIT 1000) SELECT printf('%.*c', 900000, 'x') FROM n", 0,
                 b"")):
            with self.subTest(sql[:60]):
                result = self.run_forkdb(
                    "query", "--sql", sql, env=self.environment,
                    stdout=subprocess.DEVNULL,
                    preexec_fn=lambda: resource.setrlimit(
                        resource.RLIMIT_AS, (600 << 20, 600 << 20)))
                self.assertEqual(result.returncode, code, result.stderr)
                self.assertIn(reason, result.stderr)

    def wait_until_busy(self, process):
        """It handles SIGINT, and has used processor time since then that only a
        question takes."""
        harness.wait_until(lambda: harness.blocks(process, signal.SIGINT),
                           "forkdb handling SIGINT")
        self.wait_until_it_uses(0.2, process)

    @staticmethod
    def wait_until_it_uses(seconds, process):
        def used():
            with open(f"/proc/{process.pid}/stat", encoding="ascii") as stat:
                return int(stat.read().rsplit(")")[1].split()[11]) / TICKS_PER_S
        end = used() + seconds
        harness.wait_until(lambda: used() > end, "forkdb at work")

    def test_an_ignored_interrupt_stays_ignored(self):
        process = self.start("query", "--sql", ENDLESS, "--timeout", "8s",
                             env=self.environment, preexec_fn=lambda:
                             signal.signal(signal.SIGINT, signal.SIG_IGN))
        self.wait_until_it_uses(0.2, process)
        code, _, err = self.stop(process, signal.SIGINT)
        self.assertEqual(code, 1, err)

    def test_progress_is_shown_and_erased(self):
        job = self.ask(ENDLESS, "--timeout", "2.5s")
        code, text = job.end()
        self.assertEqual(code, 1)
        self.assertRegex(text, rb"\A(\r\x1b\[Kforkdb: reading for \d s; Ctrl-C "
                         rb"ends it){2}\r\x1b\[K.*count.*\nforkdb: no complete answer")

    def test_progress_is_for_terminals_and_slow_questions(self):
        for sql, args, environment in [(ENDLESS, ["--timeout", "2"],
                                        {"TERM": "dumb"}),
                                       ("SELECT 1", [], {})]:
            _, text = self.ask(sql, *args, **environment).end()
            self.assertNotIn(b"reading for", text)
        result = self.run_forkdb("query", "--sql", ENDLESS, "--timeout", "2",
                                 env=self.environment)
        self.assertEqual(result.returncode, 1)
        self.assertRegex(result.stderr, rb"\Aforkdb: no complete answer.*\n\Z")

    def test_a_timeout_does_not_count_the_reading_of_pages(self):
        job = self.ask("WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT "
                       "x + 1 FROM n LIMIT 300000) SELECT x FROM n",
                       "--timeout", "1",
                       PAGER="echo READY; read x </dev/tty; tail -n 1")
        job.read_until(b"READY")
        # The pipe is full for longer than the timeout.
        try:
            job.process.wait(timeout=1.5)
        except subprocess.TimeoutExpired:
            pass
        job.press(b"\n")
        code, text = job.end()
        self.assertEqual(code, 0, text)
        self.assertIn(b"300000", text)

    def test_head_ends_it_quietly(self):
        result = subprocess.run(
            ["sh", "-c", '"$0" query --sql "$1" --format csv | head -n 2',
             harness.FORKDB, "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL "
             "SELECT x + 1 FROM n) SELECT x FROM n"], env=self.environment,
            capture_output=True, check=False, timeout=harness.PATIENCE)
        self.assertEqual((result.stdout, result.stderr), (b"x\n1\n", b""))

    def test_bad_timeouts_are_told(self):
        for text, reason in (("0", "--timeout 0: not above zero"),
                             ("-1", "duration '-1': write"),
                             ("soon", "duration 'soon': write"),
                             ("", "duration '': write")):
            self.fails(2, reason, "query", "--db", self.db, "--timeout", text)


if __name__ == "__main__":
    unittest.main()
