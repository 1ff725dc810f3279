"""Manual pages and completions against --help: DOCS names their directory."""

import os
import pathlib
import re
import shutil
import subprocess
import unittest

import harness

DOCS = pathlib.Path(os.environ.get(
    "DOCS", pathlib.Path(harness.FORKDB).parent / "docs"))


def run(*args, **options):
    return subprocess.run(args, check=False, stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          timeout=harness.PATIENCE, **options).stdout.decode()


class Docs(harness.CliTest):
    def help_of(self, *command):
        return self.ok(*command, "--help").decode()

    def commands(self):
        section = self.help_of().split("Subcommands:\n")[1].split("\n\n")[0]
        names = re.findall(r"(?m)^  (\w+)", section)
        self.assertIn("query", names)
        return names

    def options(self, *command):
        names = re.findall(r"(?m)^  (-[-\w,]+)", self.help_of(*command))
        self.assertIn("-h,--help", names)
        return [name for entry in names for name in entry.split(",")]

    def bash(self, *words):
        """What bash offers where the last word is to be completed."""
        script = (f'source "{DOCS}/forkdb.bash"; COMP_WORDS=("$@"); '
                  "COMP_CWORD=$(($# - 1)); _forkdb; "
                  'printf "%s\\n" "${COMPREPLY[@]}"; complete -p forkdb')
        lines = run("bash", "-euc", script, "bash", *words).splitlines()
        self.assertEqual(lines.pop(), "complete -o default -F _forkdb forkdb")
        return [line for line in lines if line]

    def test_every_option_is_in_its_page_and_completed(self):
        fish = (DOCS / "forkdb.fish").read_text(encoding="utf-8")
        zsh = (DOCS / "_forkdb").read_text(encoding="utf-8")
        for command in [[]] + [[name] for name in self.commands()]:
            page = (DOCS / ("-".join(["forkdb", *command]) + ".1")).read_text(
                encoding="utf-8").replace("\\-", "-")
            completed = self.bash("forkdb", *command, "-")
            self.assertEqual(sorted(completed), sorted(self.options(*command)))
            for name in self.options(*command):
                self.assertIn(f"\\fB{name}\\fR", page)
                flag = (f"-l {name[2:]} " if name.startswith("--")
                        else f"-s {name[1:]} ")
                self.assertRegex(fish, rf"(?m)^complete .*{re.escape(flag)}")
                if command:
                    self.assertIn(f"*{name}[", zsh)

    def test_pages_have_the_examples_of_the_help(self):
        for name in self.commands():
            page = run("man", "--pager=cat", "--nh", "--nj", "-l",
                       DOCS / f"forkdb-{name}.1",
                       env={**os.environ, "MANWIDTH": "200"})
            for line in self.help_of(name).split("Examples:\n")[1].splitlines():
                self.assertIn(line.strip(), page)

    def test_pages_are_sound(self):
        pages = sorted([*DOCS.glob("*.1"), *DOCS.glob("*.5")])
        self.assertEqual(len(pages), len(self.commands()) + 3)
        for page in pages:
            self.assertEqual(run("mandoc", "-T", "lint", "-W", "warning", page),
                             "")
            warnings = subprocess.run(
                ["man", "--warnings", "-l", page], check=False,
                stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE, timeout=harness.PATIENCE).stderr
            # A long name in a narrow column.
            self.assertEqual([line for line in warnings.splitlines()
                              if b"can't break line" not in line], [], page)

    def test_the_pages_of_formats_are_whole(self):
        sql = run("man", "--pager=cat", "-l", DOCS / "forkdb-sql.5",
                  env={**os.environ, "MANWIDTH": "120"})
        for word in ["caller_id", "CREATE VIEW forks AS", "CREATE TABLE alive"]:
            self.assertIn(word, sql)
        self.assertIn("child_ns_pid", run(
            "man", "--pager=cat", "-l", DOCS / "fork_info.5",
            env={**os.environ, "MANWIDTH": "200"}))

    def test_bash_completes_commands_and_values(self):
        for words, expected in [
                (["st"], ["stats", "status"]),
                (["query", "--format", "j"], ["json"]),
                (["query", "--group-by", "mi"], ["minute"]),
                (["query", "--not-errno", "EA"], ["EAGAIN"]),
                (["query", "--format", "=", "c"], ["csv"]),
                (["query", "--kind", "v"], ["vfork"]),
                (["query", "--flag", "NEWP"], ["NEWPID"]),
                (["record", "--source", "e"], ["ebpf"]),
                (["query", "--und"], ["--under"]),
                # What is left to bash: file names.
                (["query", "--db", ""], []),
                (["tree", "1"], [])]:
            self.assertEqual(self.bash("forkdb", *words), expected, words)

    @unittest.skipUnless(shutil.which("fish"), "fish is not installed")
    def test_fish_completes(self):
        def ask(line):
            answer = run("fish", "-c", f'source "{DOCS}/forkdb.fish"; '
                         f"complete -C '{line}'", env={
                             **os.environ, "HOME": self.dir})
            return [row.split("\t")[0] for row in answer.splitlines()]

        self.assertEqual(ask("forkdb st"), ["stats", "status"])
        self.assertEqual(ask("forkdb query --format j"), ["json"])
        self.assertIn("--under", ask("forkdb query --un"))

    @unittest.skipUnless(shutil.which("zsh"), "zsh is not installed")
    def test_zsh_takes_its_script(self):
        self.assertEqual(run("zsh", "-n", DOCS / "_forkdb"), "")


class Promises(unittest.TestCase):
    """The table of docs/SECURITY.md names tests that exist."""

    ROOT = pathlib.Path(__file__).resolve().parents[2]

    def text_of(self, pattern):
        paths = list((self.ROOT / "tests").glob(pattern))
        self.assertTrue(paths, pattern)
        return "\n".join(path.read_text(encoding="utf-8") for path in paths)

    def check(self, kind, name):
        """A unit suite "Suite.*", a class of tests/cli/FILE_test.py, a file of
        tests/ebpf, tests/e2e or tests/fuzz, or a scenario of tests/stock."""
        if kind == "unit":
            self.assertRegex(self.text_of("unit/*_test.cc"),
                             rf"TEST(_[FP])?\(\w*{name.split('.')[0]},")
        elif kind == "stock":
            self.assertIn(name, self.text_of("stock/*.py"))
        elif kind.startswith("cli "):
            self.assertIn(f"class {name}(",
                          self.text_of(f"cli/{kind.split()[1]}_test.py"))
        else:
            self.text_of({"ebpf": f"ebpf/{name}.sh", "fuzz": f"fuzz/{name}_fuzz.cc",
                          "e2e": f"e2e/guest/{name}.sh"}[kind])

    def test_are_held_by_tests_that_exist(self):
        text = (self.ROOT / "docs" / "SECURITY.md").read_text(encoding="utf-8")
        rows = re.findall(r"(?m)^\| .* \| (.*) \|$",
                          text.split("## Which test holds")[1])[1:]
        self.assertGreater(len(rows), 20)
        checked = 0
        for part in (part for row in rows for part in re.split("[;,] ", row)):
            named = re.match(r"cli \w+|ebpf|e2e|stock|fuzz", part)
            if named:
                kind = named.group()
            elif ".*`" in part:
                kind = "unit"
            for name in re.findall("`(.*?)`", part):
                self.check(kind, name)
                checked += 1
            if kind.startswith("cli "):
                self.text_of(f"cli/{kind.split()[1]}_test.py")
        self.assertGreater(checked, 40)


if __name__ == "__main__":
    unittest.main()
