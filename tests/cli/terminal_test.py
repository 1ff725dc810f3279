"""What is different on a terminal: widths, colors, the pager."""

import os
import pathlib
import re
import stat
import subprocess
import unittest

import harness
import terminal

HOSTILE = b"\x1b[31m\nx\x7f\x9b"
COLOR = re.compile(rb"\x1b\[[0-9;]*m")
MANY = ("WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n "
        "LIMIT 2000000) SELECT x FROM n")


class TerminalTest(harness.CliTest):
    def setUp(self):
        super().setUp()
        self.record(harness.HEADER + b"".join([
            harness.line(1, b"make"), harness.line(2, HOSTILE, flags=0x3d0f00),
            harness.line(3, b"bomb", error=11)]))
        self.environment = {"FORKDB_DB": self.db, "TERM": "xterm",
                            "PATH": os.environ["PATH"], "TZ": "UTC",
                            "PAGER": ""}

    def start_on_terminal(self, *args, columns=120, stdout=None, **environment):
        job = terminal.Terminal([harness.FORKDB, *args], columns, self.dir,
                                {**self.environment, **environment}, stdout)
        self.addCleanup(job.close)
        return job

    def on_terminal(self, *args, **options):
        code, text = self.start_on_terminal(*args, **options).end()
        self.assertEqual(code, 0, text)
        return text

    def pager(self, script):
        path = self.write("pager.sh", b"#!/bin/sh\n" + script)
        os.chmod(path, stat.S_IRWXU)
        return path


class Width(TerminalTest):
    def test_tables_are_cut_to_the_terminal_with_a_mark(self):
        for columns in (60, 100, 120, 130):
            text = self.on_terminal("query", columns=columns, NO_COLOR="1")
            lines = text.decode().splitlines()
            self.assertLessEqual(max(map(len, lines[1:])), max(columns, 90))
        self.assertIn("…", text.decode())
        self.assertIn("flags", text.decode())
        self.assertNotIn("flags", self.on_terminal("query", columns=100).decode())

    def test_wide_and_columns_say_otherwise(self):
        for args, environment in [(["--wide"], {}), (["-w"], {}),
                                  ([], {"COLUMNS": "500"})]:
            text = self.on_terminal("query", *args, columns=60, **environment)
            self.assertNotIn("…", text.decode())
            self.assertIn(b"CLONE_SETTLS|", text)
        self.assertIn("…", self.on_terminal(
            "query", columns=500, COLUMNS="110").decode())

    def test_nothing_is_cut_in_a_pipe(self):
        self.assertNotIn("…", self.ok(
            "query", env={**self.environment, "COLUMNS": "40"}).decode())

    def test_trees_stats_and_status_fit(self):
        for command in (["tree", "10001"], ["stats"]):
            text = self.on_terminal(*command, columns=40, NO_COLOR="1")
            self.assertLessEqual(
                max(map(len, text.decode().splitlines())), 40, text)
        code, text = self.start_on_terminal("status", columns=40,
                                            NO_COLOR="1").end()
        self.assertEqual(code, 1)
        self.assertLessEqual(
            max(len(line) for line in text.decode().splitlines()
                if "PROBLEM" not in line and "forkdb:" not in line), 40, text)


class Times(TerminalTest):
    LOCAL = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d*)?…?\+05:45")
    UTC = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d*)?…?Z")

    def answers(self):
        for command in (["query"], ["query", "--sql", "SELECT time FROM forks"],
                        ["stats"], ["tree", "1000000000001"], ["status"],
                        ["show", "--source", self.source]):
            for utc in ([], ["--utc"]):
                job = self.start_on_terminal(*command, *utc, columns=120,
                                             NO_COLOR="1", TZ="NPT-5:45")
                yield command, utc, job.end()[1].decode()

    def test_are_local_with_their_offset_or_utc_on_request(self):
        for command, utc, text in self.answers():
            with self.subTest(command, utc=utc):
                wanted, other = ((self.UTC, self.LOCAL) if utc else
                                 (self.LOCAL, self.UTC))
                self.assertRegex(text, wanted)
                self.assertNotRegex(text, other)

    def test_are_utc_everywhere_else(self):
        environment = {**self.environment, "TZ": "NPT-5:45"}
        for args in ([], ["--format", "json"], ["--format", "csv"]):
            text = self.ok("query", *args, env=environment).decode()
            self.assertRegex(text, self.UTC)
            self.assertNotRegex(text, self.LOCAL)
        text = self.on_terminal("query", "--format", "json", TZ="NPT-5:45")
        self.assertNotRegex(text.decode(), self.LOCAL)

    def test_can_be_asked_for_again(self):
        text = self.on_terminal("query", "-w", TZ="NPT-5:45").decode()
        first = self.LOCAL.search(text)[0]
        self.assertEqual(self.ok("query", "--until", first, "--count",
                                 env=self.environment), b"1\n")


class Color(TerminalTest):
    def test_is_for_capable_terminals_whose_user_wants_it(self):
        for args, environment, colored in [
                ([], {}, True), ([], {"NO_COLOR": "1"}, False),
                ([], {"NO_COLOR": ""}, True), ([], {"TERM": "dumb"}, False),
                ([], {"TERM": ""}, False), (["--color", "never"], {}, False),
                (["--color", "always"], {"NO_COLOR": "1"}, True),
                (["--format", "csv"], {}, False)]:
            with self.subTest(args=args, **environment):
                text = self.on_terminal("query", *args, **environment)
                self.assertEqual(b"\x1b" in text, colored, text)
                self.assertNotIn(b"\x1b", COLOR.sub(b"", text))
                self.assertIn(b"033[31m", text)

    def test_goes_into_a_pipe_only_if_forced(self):
        run = lambda *args: self.ok("query", *args, env=self.environment)
        plain = run()
        self.assertNotIn(b"\x1b", plain)
        forced = run("--color", "always")
        self.assertIn(b"\x1b[31mEAGAIN\x1b[0m", forced)
        self.assertEqual(COLOR.sub(b"", forced), plain)
        self.assertNotIn(b"\x1b", run("--color", "always", "--format", "json"))

    def test_marks_failures_of_every_command(self):
        for command in (["query"], ["query", "--group-by", "errno"], ["stats"],
                        ["tree", "1000000000001", "--up"]):
            with self.subTest(command):
                self.assertIn(b"\x1b[1m", self.on_terminal(*command))

    def test_mistaken_names_are_told(self):
        self.fails(2, "write auto, always or never",
                   "query", "--db", self.db, "--color", "purple")


class Pager(TerminalTest):
    def test_shows_the_answer_of_every_command(self):
        pager = self.pager(b"sed 's/^/| /'\n")
        for command in (["query"], ["stats"], ["tree", "10001"],
                        ["query", "--count"], ["query", "--sql", "SELECT 1"],
                        ["query", "--format", "json"],
                        ["show", "--source", self.source]):
            with self.subTest(command):
                for name in ("PAGER", "FORKDB_PAGER"):
                    text = self.on_terminal(*command, **{name: pager})
                    self.assertRegex(text, rb"\A(\| .*\n)+\Z")

    def test_is_left_out_where_it_is_not_wanted(self):
        pager = self.pager(b"echo PAGED\n")
        for args, environment in [
                (["query", "--no-pager"], {}), (["query"], {"FORKDB_PAGER": ""}),
                (["query"], {"FORKDB_PAGER": "cat"}),
                (["query"], {"TERM": "dumb"}), (["export"], {}),
                (["query", "--since", "tomorrow", "nope = 1"], {})]:
            with self.subTest(args=args, **environment):
                _, text = self.start_on_terminal(
                    *args, **{"PAGER": pager, **environment}).end()
                self.assertNotIn(b"PAGED", text)
        self.assertNotIn(b"PAGED", self.ok(
            "query", env={**self.environment, "PAGER": pager}))

    def test_may_be_a_command_with_arguments(self):
        text = self.on_terminal("query", "--count", PAGER="tr 3 x | cat -n")
        self.assertEqual(text.split(), [b"1", b"x"])

    def test_may_leave_early(self):
        pager = self.pager(b"head -n 3\n")
        self.assertEqual(self.on_terminal("query", "--sql", MANY, NO_COLOR="1",
                                          PAGER=pager),
                         b"   x\n   1\n   2\n")

    def test_that_leaves_early_does_not_hide_the_gaps(self):
        self.record(harness.HEADER + harness.lines(100, 20000))
        pager = self.pager(b"head -n 1\n")
        text = self.on_terminal("query", "--since", "2020-01-01", PAGER=pager)
        self.assertIn(b"the answer may be incomplete", text)
        self.assertNotIn(b"no record matches", text)

    def test_that_is_not_there_is_told(self):
        code, text = self.start_on_terminal("query", PAGER="/nowhere/x").end()
        self.assertEqual(code, 1)
        self.assertIn(b"forkdb: pager: cannot run /nowhere/x", text)

    def test_is_told_how_to_behave(self):
        pager = self.pager(b'echo "$LESS $LESSCHARSET $LESSSECURE"\n')
        self.assertEqual(self.on_terminal("query", PAGER=pager),
                         b"FRSX utf-8 1\n")
        self.assertEqual(self.on_terminal("query", PAGER=pager, LESS="-x",
                                          LESSSECURE="0"), b"-x utf-8 0\n")

    def test_outlives_the_interrupt_key(self):
        pager = self.pager(b"""trap 'echo CAUGHT; caught=1' INT
echo READY
until [ "$caught" ]; do sleep 0.1; done
cat
""")
        job = self.start_on_terminal("query", "--count", PAGER=pager)
        job.read_until(b"READY")
        # The question is over: only the pager is waited for.
        status = f"/proc/{job.process.pid}/status"
        harness.wait_until(lambda: "SigBlk:\t" + "0" * 16 in pathlib.Path(
            status).read_text("ascii"), "signals to be let through")
        job.press(b"\x03")
        job.read_until(b"CAUGHT")
        code, text = job.end()
        self.assertEqual(code, 0, text)
        self.assertTrue(text.endswith(b"3\n"), text)

    @unittest.skipUnless(
        subprocess.run(["which", "less"], capture_output=True,
                       check=False).returncode == 0, "no less")
    def test_is_less_unless_said_otherwise(self):
        del self.environment["PAGER"]
        job = self.start_on_terminal("query", "--sql", MANY)
        job.read_until(b"  22")
        job.press(b"q")
        code, text = job.end()
        self.assertEqual(code, 0, text)
        self.assertNotIn(b" 200", text)
        self.assertIn(b"3", self.on_terminal("query", "--count"))


if __name__ == "__main__":
    unittest.main()
