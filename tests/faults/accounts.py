"""A recorder that is fed, watched, and held to account for every number."""

import contextlib
import os
import pathlib
import sqlite3
import subprocess
import sys
import threading

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "cli"))
import harness  # pylint: disable=wrong-import-position

TALLY = []


def print_tally():
    """One line a database, of all tests."""
    print("\n%-58s %8s %8s %6s %7s" % ("fault", "numbers", "rows", "gaps",
                                       "pruned"), file=sys.stderr)
    for row in TALLY:
        print("%-58s %8d %8d %6d %7d" % row, file=sys.stderr)


class FaultTest(harness.CliTest):
    """Feeds a growing file, or a FIFO, with numbered lines."""

    def setUp(self):
        super().setUp()
        self.fed = 0
        self.said = []
        self.write("source.txt", harness.HEADER)

    def feed(self, count):
        """Appends so many records to the file."""
        with open(self.source, "ab") as source:
            source.write(harness.lines(self.fed + 1, self.fed + count))
        self.fed += count

    def begin(self, *args, **options):
        """Starts a recorder; what it says gathers in self.said."""
        process = self.start("record", "--source", self.source, "--db",
                             self.db, "--interval", "10ms", *args, **options)

        def gather():
            for line in process.stderr:
                self.said.append(line.decode())

        thread = threading.Thread(target=gather)
        thread.start()
        # Before the stream is closed (start), so after it is registered.
        self.addCleanup(thread.join)
        self.addCleanup(harness.end_quietly, process)
        return process

    def wait_said(self, what, count=1):
        harness.wait_until(lambda: self.times_said(what) >= count,
                           f"{what!r} in {self.said}")

    def times_said(self, what):
        return sum(what in line for line in self.said)

    def finish(self, process):
        """Ends it as systemd would."""
        process.terminate()
        self.assertEqual(process.wait(timeout=harness.PATIENCE), 0, self.said)

    def wait_for_last(self):
        """Until the newest number that was fed is stored."""
        def stored():
            try:
                return self.value("SELECT max(next_seq) FROM streams")
            except sqlite3.Error:
                return 0
        harness.wait_until(lambda: stored() == self.fed + 1,
                           f"{self.fed} stored; said: {self.said}")

    def account(self, fault, gaps=0):
        """The database is whole, and has each number once."""
        with contextlib.closing(sqlite3.connect(self.db)) as database:
            def ask(statement):
                return database.execute(statement).fetchall()
            self.assertEqual(ask("PRAGMA integrity_check"), [("ok",)])
            self.assertEqual(ask("PRAGMA foreign_key_check"), [])
            (rows, distinct), = ask(
                "SELECT count(*), count(DISTINCT seq) FROM forks")
            (missing,), = ask("SELECT ifnull(sum(last_seq - first_seq + 1), 0)"
                              " FROM gaps")
            (numbers, pruned), = ask(
                "SELECT next_seq - 1, pruned_seq FROM streams")
        self.assertEqual(rows, distinct)
        self.assertEqual(rows + missing + pruned, numbers)
        self.assertEqual(numbers, self.fed)
        self.assertEqual(missing, gaps)
        TALLY.append((fault, numbers, rows, missing, pruned))

    def mount(self, *options, on=None):
        """A mount that goes away at the end."""
        directory = on or self.path("disk")
        os.makedirs(directory, exist_ok=True)
        harness.run("mount", *options, directory)
        # A test may have unmounted it itself.
        self.addCleanup(subprocess.run, ["umount", "-l", directory],
                        check=False, capture_output=True)
        return directory
