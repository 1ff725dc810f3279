"""Help, versions, exit codes of usage errors, and the examples in the help."""

import re
import shlex
import shutil
import subprocess
import unittest

import harness

SUBCOMMANDS = ["record", "query", "stats", "tree", "status", "export", "show", "prune"]


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

    def test_names_every_subcommand(self):
        text = self.help_of()
        for name in SUBCOMMANDS:
            self.assertRegex(text, rf"(?m)^  {name} ")

    def test_examples_of_query_work(self):
        self.record(harness.HEADER + harness.lines(1, 9))
        for name in ["web1.db", "web2.db"]:
            shutil.copy(self.db, self.path(name))
        self.run_examples(example for example in examples(self.help_of("query"))
                          if "--follow" not in example)
        self.run_examples(example for example in examples(self.help_of())
                          if example.startswith("forkdb query"))

    def test_examples_of_stats_work(self):
        self.record(harness.HEADER + harness.lines(1, 9))
        self.run_examples(examples(self.help_of("stats")))

    def test_examples_of_tree_work(self):
        self.record(harness.HEADER + harness.lines(1, 9))
        self.run_examples(examples(self.help_of("tree")))

    def test_examples_of_export_work(self):
        self.record(harness.HEADER + harness.lines(1, 9))
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
        self.run_examples(examples(self.help_of("prune")))

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
        query = ["query", "--db", self.db]
        show = ["show", "--source", self.source]
        for args in [[], ["nope"], ["--nope"], ["record", "--nope"],
                     ["record", "extra"], ["query", "a", "b"],
                     ["record", "--interval", "soon", "--source", self.source],
                     ["record", "--interval", "0", "--source", self.source],
                     ["record", "--interval", "-1s", "--source", self.source],
                     ["record", "--interval", "2d", "--source", self.source],
                     [*query, "--format", "xml"],
                     [*query, "--format", "2"], [*query, "--format", ""],
                     [*query, "--format", "JSON"], [*show, "--format", "1"], [*query, "-n", "-1"],
                     [*query, "-n", "x"], [*query, "--uid", "x"],
                     [*query, "--since", "never"],
                     [*query, "--since", "2026-1-3"],
                     [*query, "--until", "25:00"], [*query, "--flag", "X"],
                     [*query, "--not-flag", "X"], [*query, "--kind", "X"],
                     [*query, "--new-ns=X"], [*query, "--ns", "X"],
                     [*query, "--threads", "--no-threads"],
                     [*query, "--group-by", "X"], [*query, "--group-by", ""],
                     [*query, "--count", "--group-by", "comm"],
                     [*query, "--count", "-n", "3"],
                     [*query, "--count", "nope = 1"],
                     [*query, "--count", "--sql", "SELECT 1"],
                     [*query, "--errno", "X"], [*query, "--columns", "x"],
                     [*query, "--columns", "id,"], [*query, "--order", "x"],
                     [*query, "--under", "x"], [*query, "--under", "0"],
                     [*query, "--under", "1"],
                     [*query, "--boot", "x"], [*query, "--boot", "-1"],
                     [*query, "--sql", "SELECT 1", "pid = 1"],
                     [*query, "--sql", "SELECT 1", "--failed"],
                     [*query, "nope = 1"], [*query, "1); SELECT (1"],
                     [*query, "a\nb\x1b[31m"], [*query, "--sql", "SELEC"],
                     [*show, "nope = 1"], [*show, "-n", "0"]]:
            with self.subTest(args):
                self.fails(2, "", *args)

    def test_hostile_names_reach_the_terminal_escaped(self):
        result = self.run_forkdb("query", "--db", "\x1b[31m\n\x9b")
        self.assertEqual(result.returncode, 1)
        self.assertEqual(result.stderr.count(b"\n"), 1)
        self.assertNotIn(b"\x1b", result.stderr)


if __name__ == "__main__":
    unittest.main()
