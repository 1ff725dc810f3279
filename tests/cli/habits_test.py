"""The tables of docs/habits.md: both commands of a row give the same answer."""

import pathlib
import re
import subprocess
import unittest

import harness

ROOT = pathlib.Path(__file__).resolve().parents[2]
ROW = re.compile(r"\| `(forkdb .*)` \| `(forkdb .*)` \|")


class Habits(harness.SampleTest):
    ZONE = "Europe/Berlin"

    def answer(self, command):
        return self.shell(command, stderr=subprocess.PIPE)

    def rows(self):
        lines = (ROOT / "docs/habits.md").read_text(encoding="utf-8").splitlines()
        rows = [ROW.fullmatch(line) for line in lines
                if line.startswith("| `")]
        self.assertNotIn(None, rows)
        self.assertGreater(len(rows), 20)
        return [row.groups() for row in rows]

    def test_give_the_same_answer(self):
        some_have_rows = 0
        for habit, full in self.rows():
            with self.subTest(habit):
                given, wanted = self.answer(habit), self.answer(full)
                self.assertEqual(given.returncode, 0, given.stderr)
                self.assertEqual(given.stdout, wanted.stdout)
                some_have_rows += given.stdout.count(b"\n") > 1
        self.assertGreater(some_have_rows, 20)

    def test_quiet_prints_no_warnings(self):
        loud = self.answer("forkdb query --failed --since 1970-01-01")
        self.assertIn(b"may be incomplete", loud.stderr)
        for command in ("query --failed --since 1970-01-01", "query --comm none",
                        "stats --since 1970-01-01", "stats --comm none",
                        "query --user mail", "export", "export --html -"):
            with self.subTest(command):
                quiet = self.answer(f"forkdb {command} --quiet")
                self.assertEqual(quiet.returncode, 0)
                self.assertEqual(quiet.stderr, b"")


if __name__ == "__main__":
    unittest.main()
