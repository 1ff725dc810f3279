"""Under valgrind's memcheck: no bad access, no use of what was never set, no
leak, on good input and bad."""

import os
import subprocess
import unittest

import harness

FOUND = 99  # exit code where memcheck found an error
VALGRIND = ["valgrind", "--quiet", f"--error-exitcode={FOUND}",
            "--leak-check=full", "--track-fds=no",
            "--show-leak-kinds=definite,indirect,possible",
            "--errors-for-leak-kinds=definite,indirect,possible"]


class Valgrind(harness.CliTest):
    def assert_clean(self, code, *args):
        """It ends with that code, and memcheck has nothing to say."""
        result = subprocess.run([*VALGRIND, harness.FORKDB, *args],
                                capture_output=True, check=False, cwd=self.dir,
                                timeout=4 * harness.PATIENCE)
        self.assertEqual(result.returncode, code, (args, result.stderr))
        self.assertNotIn(b"==", result.stderr, args)
        return result.stdout

    def test_finds_nothing_in_recording_asking_and_pruning(self):
        source = self.write(
            "source.txt", harness.HEADER + harness.lines(1, 5000) +
            harness.lines(5010, 5020) + b"garbage\n" + os.urandom(5000) +
            b"\n" + b"".join(harness.line(seq, comm=b"\xff\x1b[", error=11)
                             for seq in range(5030, 5040)) +
            harness.line(5041)[:-7])
        record = ["record", "--once", "--db", self.db, "--source"]
        self.assert_clean(0, *record, source)
        self.assert_clean(0, *record, source)  # all is known
        rest = self.write("rest.txt", harness.HEADER +
                          harness.lines(4990, 5060))
        self.assert_clean(0, *record, rest, "--keep", "3650d")
        query = ["query", "--db", self.db]
        out = self.assert_clean(0, *query, "--failed", "--comm", "*", "-n", "9")
        self.assertEqual(out.count(b"EAGAIN"), 9)
        self.assert_clean(0, *query, "--since", "2025-11-24", "--format",
                          "json", "--order", "pid, time_ns DESC", "errno = ''")
        self.assert_clean(0, "stats", "--db", self.db, "--since",
                          "2025-11-24", "--compare")
        self.assert_clean(2, *query, "--sql", "DELETE FROM forks")
        self.assert_clean(0, "show", "--source", source, "--format", "csv")
        self.assert_clean(0, "prune", "--db", self.db, "--max-size", "40M")
        self.assert_clean(1, *query[:2], "nothing.db")


if __name__ == "__main__":
    unittest.main()
