"""Transcripts: the commands of golden/*.txt answer as they did, byte for byte.

A transcript is a shell session: a line "$ COMMAND", what it writes to stdout
(write 2>&1 for the rest), "[exit N]" if that is not 0, and an empty line. The
database is made from golden/fork_info, $FORKDB_DB names it, TZ is UTC. To add
one, write its commands and run this with GOLDEN=write; read what it wrote.
"""

import os
import pathlib
import unittest

import harness

GOLDEN = pathlib.Path(__file__).resolve().parent / "golden"


class GoldenTest(harness.SampleTest):
    maxDiff = None

    def answer(self, command):
        result = self.shell(command)
        text = result.stdout.decode().replace(self.dir, "DIR")
        if result.returncode:
            text += f"[exit {result.returncode}]\n"
        return text

    def test_commands_answer_as_they_did(self):
        transcripts = sorted(GOLDEN.glob("*.txt"))
        self.assertTrue(transcripts)
        for path in transcripts:
            want = path.read_text(encoding="utf-8")
            got = "\n".join(f"{line}\n{self.answer(line[2:])}"
                            for line in want.splitlines()
                            if line.startswith("$ "))
            if os.environ.get("GOLDEN") == "write":
                path.write_text(got, encoding="utf-8")
                continue
            with self.subTest(path.name):
                self.assertEqual(got, want)


if __name__ == "__main__":
    unittest.main()
