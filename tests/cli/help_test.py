"""Help, versions, exit codes of usage errors, and the examples in the help."""

import os
import re
import shlex
import shutil
import subprocess
import unittest

import harness

SUBCOMMANDS = ["record", "query", "stats", "tree", "status", "export", "show", "prune"]

# What is wrong with a command line, and what the answer must say of it.
SHOW = ["show", "--source", "saved.txt"]
RECORD = ["record", "--source", "saved.txt"]
MISTAKES = [
    ([], "A subcommand is required: see forkdb --help"),
    (["nope"], "no subcommand 'nope'"),
    (["--nope"], "no option '--nope'"),
    (["record", "--nope"], "did you mean '--once'?"),
    (["record", "extra"], "not expected: extra"),
    (["query", "a", "b"], "not expected: b"),
    ([*RECORD, "--interval", "soon"], "duration 'soon': write \"1s\""),
    ([*RECORD, "--interval", "0"], "--interval 0: not between 1ms and 1d"),
    ([*RECORD, "--interval", "-1s"], "duration '-1s'"),
    ([*RECORD, "--interval", "2d"], "--interval 2d: not between 1ms and 1d"),
    (["query", "--format", "xml"], "write table, json, csv or tsv"),
    (["query", "--format", "2"], "--format 2: no such format"),
    (["query", "--format", ""], "--format : no such format"),
    (["query", "--format", "JSON"], "did you mean 'json'?"),
    ([*SHOW, "--format", "1"], "--format 1: no such format"),
    (["query", "-n", "-1"], "--limit: '-1' is not a whole number of 0 or more: see"),
    (["query", "-n", "x"], "--limit: 'x' is not a whole number of 0 or more: see"),
    (["query", "-n", "99999999999999999999"], "--limit: '99999999999999999999' is not"),
    (["stats", "--top", "0"], "--top: '0' is not a whole number of 1 or more"),
    (["tree", "1", "--depth", "-1"], "--depth: '-1' is not a whole number"),
    (["--db", "x", "query"], "give --db after the subcommand, as in forkdb query --db"),
    (["--db", "x"], "give --db after the subcommand, as in forkdb query --db"),
    (["--since=-1h", "tree"], "give --since after the subcommand, as in forkdb"),
    (["query", "--exit-code", "--follow"], "excludes"),
    (["query", "--not-user", "nobod"], "no user 'nobod' is recorded or known"),
    (["query", "--not-errno", "X"], "no errno 'X': write a name such as EAGAIN"),
    (["query", "--uid", "x"], "--uid = x"),
    (["query", "--since", "never"], "time 'never': not a time"),
    (["query", "--since", "2026-1-3"], "time '2026-1-3': not a time"),
    (["query", "--until", "25:00"], "time '25:00': not a time"),
    (["query", "--flag", "X"], "no flag 'X': the flags are CLONE_NEWTIME"),
    (["query", "--not-flag", "X"], "no flag 'X': the flags are CLONE_NEWTIME"),
    (["query", "--kind", "X"], "no kind 'X': the kinds are fork, vfork"),
    (["query", "--new-ns=X"], "no namespace type 'X': the types are time"),
    (["query", "--ns", "X"], "--ns = X"),
    (["query", "--threads", "--no-threads"], "--threads excludes --no-threads"),
    (["query", "--group-by", "X"], "no column 'X': the columns are id, time"),
    (["query", "--group-by", "minutes"], "did you mean 'minute'?"),
    (["query", "--columns", "minute"], "no column 'minute'"),
    (["query", "--group-by", ""], "no column ''"),
    (["query", "--count", "--group-by", "comm"], "--group-by excludes --count"),
    (["query", "--count", "-n", "3"], "--limit excludes --count"),
    (["query", "--count", "nope = 1"], "no such column: nope"),
    (["query", "--count", "--sql", "SELECT 1"], "--count excludes --sql"),
    (["query", "--errno", "X"], "no errno 'X': write a name such as EAGAIN"),
    (["query", "--columns", "x"], "no column 'x'"),
    (["query", "--columns", "id,"], "no column ''"),
    (["query", "--order", "x"], "no column 'x'"),
    (["query", "--under", "x"], "--under: 'x' is not a whole number of 1 or more"),
    (["query", "--under", "0"], "--under: '0' is not a whole number of 1 or more"),
    (["query", "--under", "1"], "process 1: not in the database"),
    (["query", "--boot", "x"], "boot 'x': no such boot"),
    (["query", "--boot", "-1"], "boot '-1': there are fewer boots"),
    (["query", "--sql", "SELECT 1", "pid = 1"], "condition excludes --sql"),
    (["query", "--sql", "SELECT 1", "--failed"], "--failed excludes --sql"),
    (["query", "nope = 1"], "SQL: no such column: nope"),
    (["query", "1); SELECT (1"], "SQL: "),
    (["query", "a\nb\x1b[31m"], "SQL: near \"b\": syntax error"),
    (["query", "--sql", "SELEC"], "SQL: near \"SELEC\": syntax error"),
    ([*SHOW, "nope = 1"], "SQL: no such column: nope"),
    ([*SHOW, "-n", "0"], "--limit: "),
]


def examples(text):
    """The commands under "Examples:", without the remarks beside them."""
    section = text.split("Examples:\n", 1)[1].split("\n\n", 1)[0]
    return [re.split(r"\s{3,}", entry.strip())[0]
            for entry in section.splitlines()]


class Help(harness.CliTest):
    def help_of(self, *command):
        return self.ok(*command, "--help").decode()

    def test_is_on_stdout_and_ends_with_examples(self):
        for command in [[], *([name] for name in SUBCOMMANDS)]:
            text = self.help_of(*command)
            self.assertIn("Usage: forkdb", text)
            self.assertGreaterEqual(len(examples(text)), 4, command)

    def test_is_plain_words(self):
        for name in SUBCOMMANDS:
            self.assertNotRegex(self.help_of(name), "ENUM|->")

    def test_names_values_and_fits_a_terminal(self):
        for name in SUBCOMMANDS:
            options = self.help_of(name).split("Options:\n")[1].split("\n\n")[0]
            self.assertNotRegex(options, r"TEXT|\bU?INT\b|Excludes")
            self.assertRegex(options, r"(?m)^  --timeout TIME |^  --keep AGE ")
            for line in options.splitlines():
                self.assertLessEqual(len(line), 80, line)
                self.assertFalse(line.endswith(" "), line)

    def test_names_every_subcommand(self):
        text = self.help_of()
        for name in SUBCOMMANDS:
            self.assertRegex(text, rf"(?m)^  {name} ")

    def test_examples_of_query_work(self):
        self.record(harness.HEADER + harness.lines(1, 9))
        harness.add_user(self.db, 1000, "alice")
        for name in ["web1.db", "web2.db"]:
            shutil.copy(self.db, self.path(name))
        self.run_examples(example for example in examples(self.help_of("query"))
                          if "--follow" not in example)
        self.run_examples(example for example in examples(self.help_of())
                          if example.startswith("forkdb query"))

    def test_examples_of_stats_work(self):
        self.record(harness.HEADER + harness.lines(1, 9))
        harness.add_user(self.db, 1000, "alice")
        self.run_examples(examples(self.help_of("stats")))

    def test_examples_of_tree_work(self):
        self.record(harness.HEADER + harness.lines(1, 9) +
                    harness.line(10, comm=b"cron", pid=200))
        self.run_examples(examples(self.help_of("tree")))

    def test_examples_of_export_work(self):
        self.record(harness.HEADER + harness.lines(1, 9))
        harness.add_user(self.db, 1000, "alice")
        self.run_examples(example.split(" |")[0]
                          for example in examples(self.help_of("export")))

    def test_examples_of_show_work(self):
        self.write("saved.txt", harness.HEADER + harness.lines(1, 9))
        self.run_examples(
            example if "--source" in example
            else example + " --source saved.txt"
            for example in examples(self.help_of("show"))
            if "--follow" not in example)

    def test_examples_of_prune_work(self):
        self.record(harness.HEADER + harness.lines(1, 9))
        # These records are old, so most would go: without a terminal, that
        # takes --yes.
        self.run_examples(
            example if "--yes" in example or "--dry-run" in example
            else example + " --yes"
            for example in examples(self.help_of("prune")))

    def test_examples_of_record_work(self):
        self.write("saved.txt", harness.HEADER + harness.lines(1, 9))
        ran = 0
        for example in examples(self.help_of("record")):
            if "--group" in example:
                example += " --source saved.txt --once"
            if "--once" not in example:
                continue
            if "--source" not in example:
                example += " --source saved.txt"
            self.run_examples([example])
            self.assertEqual(self.value("SELECT count(*) FROM forks"), 9)
            ran += 1
        self.assertGreaterEqual(ran, 3)

    def run_examples(self, commands):
        ran = 0
        for command in commands:
            words = shlex.split(command)
            self.assertEqual(words[0], "forkdb")
            result = subprocess.run(
                [harness.FORKDB, *words[1:]], cwd=self.dir,
                env={"FORKDB_DB": self.db}, capture_output=True, check=False,
                timeout=harness.PATIENCE)
            self.assertEqual(result.returncode, 0, (command, result.stderr))
            ran += 1
        self.assertGreater(ran, 0)


class Usage(harness.CliTest):
    def test_version(self):
        self.assertRegex(self.ok("--version"), rb"^forkdb \d+\.\d+\.\d+\n$")

    def test_mistakes_are_one_line_and_code_2(self):
        self.record(harness.HEADER + harness.lines(1, 3))
        self.write("saved.txt", harness.HEADER + harness.lines(1, 3))
        for command, reason in MISTAKES:
            with self.subTest(command):
                self.fails(2, reason, *command,
                           env={**os.environ, "FORKDB_DB": self.db})

    def test_hostile_names_reach_the_terminal_escaped(self):
        result = self.run_forkdb("query", "--db", "\x1b[31m\n\x9b")
        self.assertEqual(result.returncode, 1)
        self.assertEqual(result.stderr.count(b"\n"), 1)
        self.assertNotIn(b"\x1b", result.stderr)


if __name__ == "__main__":
    unittest.main()
