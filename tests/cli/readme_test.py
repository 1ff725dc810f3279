"""Every command of the README's sh blocks is run, here or by another test."""

import os
import pathlib
import re
import shlex
import shutil
import signal
import subprocess
import unittest

from harness import FORKDB, HEADER, PATIENCE, CliTest, add_user, lines

ROOT = pathlib.Path(__file__).resolve().parents[2]
# What runs those that are not run here.
ELSEWHERE = {
    "sudo examples/live.sh": "ctest readme_first_command",
    "sudo tests/run.sh": "continuous integration; it runs this test",
    "xargs sudo apt-get install -y < examples/packages-build.txt": "live.sh",
    "cmake --preset release && cmake --build build-release": "live.sh",
}
INSTALL = "sudo cmake --install build-release --strip"


def commands():
    """The lines of the README's sh blocks."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    blocks = re.findall(r"^```sh\n(.*?)^```$", text, re.M | re.S)
    return [line for block in blocks for line in block.splitlines() if line]


class ReadmeTest(CliTest):
    """Runs them in a directory with a small fork.db."""

    def setUp(self):
        super().setUp()
        self.write("source.txt", HEADER + lines(1, 50))
        self.run_forkdb("record", "--once", "--source", self.source, "--db", self.db)
        self.environment = {**os.environ, "FORKDB_DB": self.db}
        add_user(self.db, 1000, "alice")
        # The README prunes before it asks.
        self.whole = shutil.copy(self.db, self.path("whole.db"))
        for name in ["web1.db", "web2.db"]:
            shutil.copy(self.db, self.path(name))

    def words(self, command):
        """The command, as root already is, with the binary under test."""
        words = shlex.split(command.removeprefix("sudo "))
        return [FORKDB if words[0] == "forkdb" else words[0], *words[1:]]

    def run_to_its_end(self, command):
        result = subprocess.run(
            self.words(command), cwd=self.dir, check=False, timeout=PATIENCE,
            env={**self.environment, "FORKDB_DB": self.whole},
            stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.assertEqual(result.returncode, 0, (command, result.stderr))
        # Of the last hour there is nothing.
        self.assertRegex(result.stderr, rb"\A(forkdb: no record matches: the "
                         rb"database holds 50 records, [^\n]*\n)?"
                         rb"(forkdb: unshare\(2\)[^\n]*\n)?\Z", command)

    def fails_after_output(self, command):
        result = subprocess.run(self.words(command), cwd=self.dir, check=False,
                                env=self.environment, timeout=PATIENCE,
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.assertEqual(result.returncode, 1, command)
        self.assertTrue(result.stdout and result.stderr, command)

    def run_until_told(self, command, first_sign, told, expected):
        """A command that goes on: it is told to end when it shows life."""
        with subprocess.Popen(self.words(command), cwd=self.dir, env=self.environment,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                              ) as process:
            self.assertIn(first_sign, process.stdout.readline(), command)
            process.send_signal(told)
            process.communicate(timeout=PATIENCE)
        self.assertEqual(process.returncode, expected, command)

    def test_every_command_works(self):
        ran = 0
        for command in commands():
            ran += 1
            with self.subTest(command):
                if command in ELSEWHERE:
                    script = command.removeprefix("sudo ").split()[0]
                    self.assertTrue("/" not in script or os.access(ROOT / script, os.X_OK))
                elif command == INSTALL:
                    result = subprocess.run(
                        self.words(command), cwd=ROOT, check=False, timeout=PATIENCE,
                        env={**self.environment, "DESTDIR": self.path("root")},
                        stdout=subprocess.DEVNULL)
                    self.assertEqual(result.returncode, 0)
                    installed = self.path("root/usr/local/bin/forkdb")
                    self.assertTrue(os.access(installed, os.X_OK))
                    shared = pathlib.Path(self.path("root/usr/local/share/doc/forkdb"))
                    self.assertEqual(
                        sorted(path.name for path in shared.glob("examples/*")),
                        sorted(path.name for path in ROOT.glob("examples/*.sql")))
                    self.assertTrue((shared / "habits.md").is_file())
                elif "forkdb record" in command:
                    self.run_until_told(command, b"recording into", signal.SIGTERM, 0)
                elif "forkdb show" in command:
                    # Without /proc/fork_info there is no past, only what comes.
                    with subprocess.Popen(["sh", "-c", "while :; do /bin/true; /bin/false;"
                                           " sleep 0.1; done"]) as life:
                        self.run_until_told(command, b"seq", signal.SIGINT, 130)
                        life.kill()
                elif "--follow" in command:
                    self.run_until_told(command + " --db whole.db", b"username",
                                        signal.SIGINT, 130)
                elif command == "forkdb status":  # nothing records
                    self.fails_after_output(command)
                elif "forkdb prune" in command:  # says what it did
                    # These records are old: most of them go.
                    self.ok(*shlex.split(command)[1:], "--yes",
                            env=self.environment)
                elif "forkdb tree" in command:
                    self.ok(*shlex.split(command)[1:],
                            env={**self.environment, "FORKDB_DB": self.whole})
                else:
                    self.run_to_its_end(command)
        self.assertGreater(ran, 15)


if __name__ == "__main__":
    unittest.main()
