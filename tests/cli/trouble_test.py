"""Everything that can be wrong with a source, a database or an output: one
line, the right code, nothing lost."""

import hashlib
import os
import signal
import sqlite3
import subprocess
import threading
import unittest

import harness


class Sources(harness.CliTest):
    def fails_on(self, reason, source, **options):
        self.fails(1, reason, "record", "--source", source, "--db", self.db,
                   "--once", **options)
        self.fails(1, reason, "show", "--source", source, **options)

    def test_that_are_no_fork_info_are_refused(self):
        for data in [b"", b"\n", b"root:x:0:0:root\n", harness.lines(1, 3),
                     os.urandom(100_000), b"\0" * 1_000_000, b"\x7fELF\x02"]:
            self.fails_on("not a fork_info file", self.write("bad", data))

    def test_of_a_newer_format_are_refused(self):
        self.fails_on("format version 2, this forkdb knows 1: upgrade forkdb",
                      self.write("new", b"fork_info - version: 2\n"))

    def test_that_are_no_files_are_refused(self):
        self.fails_on("Is a directory", self.dir)
        self.fails_on("No such file or directory: check --source",
                      self.path("none"))
        self.fails_on("not a fork_info file", "/dev/zero")
        self.fails_on("not there: load the module", "proc")

    def test_without_permission_are_refused(self):
        os.chmod(self.write("secret", harness.HEADER), 0o600)
        self.fails(1, "Permission denied: run as root", "show", "--source",
                   self.path("secret"), user="nobody")

    def test_none_at_all_is_refused_with_advice(self):
        self.fails(1, "no source of records", "record", "--db", self.db,
                   user="nobody")
        self.assertFalse(os.path.exists(self.db))

    def test_with_bad_lines_lose_no_good_one(self):
        result = self.run_forkdb(
            "record", "--db", self.db, "--once", "--source",
            self.write("bad", harness.HEADER + harness.line(1) + b"x\n" +
                       os.urandom(5000).replace(b"\n", b"") + b"\n" +
                       harness.line(2) + b"\0\xff\n" + b"y" * 50_000 + b"\n" +
                       harness.line(3) + harness.line(4)[:-5]))
        self.assertEqual(result.returncode, 0)
        self.assertEqual(result.stderr.count(b"\n"), 1)
        self.assertIn(b"3 records, 0 duplicates, 5 lines rejected",
                      result.stderr)
        self.assert_sound(1, 3)
        self.assertEqual(self.sql("SELECT rejected FROM drains"), [(4,), (1,)])
        self.assertEqual(self.value("SELECT count(*) FROM rejects"), 5)


class Pipes(harness.CliTest):
    """A FIFO whose writer never ends a line, or never ends."""

    def feed(self, head, endless):
        fifo = self.path("fifo")
        os.mkfifo(fifo)
        # Lets the writer open and begin before there is a forkdb.
        reader = os.open(fifo, os.O_RDONLY | os.O_NONBLOCK)
        pipe = open(fifo, "wb", buffering=0)  # pylint: disable=R1732

        def write():
            try:
                pipe.write(head)
                while True:
                    pipe.write(endless)
            except BrokenPipeError:
                pipe.close()

        thread = threading.Thread(target=write)
        self.addCleanup(thread.join)
        self.addCleanup(os.close, reader)
        thread.start()
        return fifo

    def test_with_an_endless_first_line_are_refused(self):
        fifo = self.feed(b"\0", b"\0" * 65536)
        self.fails(1, "not a fork_info file", "record", "--source", fifo,
                   "--db", self.db, "--once")

    def test_with_an_endless_line_end_when_they_are_told_to(self):
        fifo = self.feed(harness.HEADER + harness.lines(1, 3), b"\0" * 65536)
        recorder = self.start_recorder(fifo)
        self.wait_for_rows(3)
        self.assertEqual(self.stop(recorder)[0], 0)
        self.assert_sound(1, 3)

    def test_with_endless_bad_lines_end_when_they_are_told_to(self):
        fifo = self.feed(harness.HEADER + harness.lines(1, 3), b"bad\n" * 9999)
        recorder = self.start_recorder(fifo)
        self.wait_for_rows(3)
        self.assertEqual(self.stop(recorder, signal.SIGINT)[0], 0)
        self.assert_sound(1, 3)


class Databases(harness.CliTest):
    def fails_on(self, reason, path):
        self.write("source.txt", harness.HEADER + harness.lines(1, 3))
        self.fails(1, reason, "record", "--source", self.source, "--db", path,
                   "--once")

    def refused_untouched(self, reason, path):
        with open(path, "rb") as file:
            before = hashlib.sha256(file.read()).digest()
        self.fails_on(reason, path)
        self.fails(1, reason, "query", "--db", path)
        with open(path, "rb") as file:
            self.assertEqual(hashlib.sha256(file.read()).digest(), before)

    def test_of_a_newer_schema_are_refused_untouched(self):
        self.record(harness.HEADER + harness.lines(1, 3))
        with sqlite3.connect(self.db) as database:
            database.execute("PRAGMA journal_mode = DELETE")
            database.execute("PRAGMA user_version = 2")
        database.close()
        self.refused_untouched("newer forkdb (schema version 2", self.db)

    def test_of_others_are_refused_untouched(self):
        self.refused_untouched("not an SQLite database",
                               self.write("text", b"precious\n" * 999))
        with sqlite3.connect(self.path("other.db")) as database:
            database.execute("CREATE TABLE t (x)")
        database.close()
        self.refused_untouched("not forkdb's", self.path("other.db"))

    def test_that_cannot_be_made_are_refused(self):
        self.fails_on("no directory", self.path("none/fork.db"))
        self.fails_on("Is a directory", self.dir)

    def test_that_are_not_there_cannot_be_asked(self):
        for path in [self.db, self.path("none/fork.db")]:
            self.fails(1, "No such file or directory: run forkdb record first",
                       "query", "--db", path)
        self.assertFalse(os.path.exists(self.db))

    def test_without_permission_are_refused(self):
        self.record(harness.HEADER + harness.lines(1, 3))
        self.fails(1, "Permission denied: become a member", "query", "--db",
                   self.db, user="nobody")
        self.fails(1, "Permission denied: run as root", "record", "--once",
                   "--source", self.source, "--db", self.db, user="nobody")
        self.fails(1, "Permission denied: run as root", "record", "--once",
                   "--source", self.source, "--db", self.path("new.db"),
                   user="nobody")

    def test_of_no_such_group_are_not_made(self):
        self.write("source.txt", harness.HEADER)
        self.fails(1, "no such group: x-y", "record", "--once", "--source",
                   self.source, "--db", self.db, "--group", "x-y")
        self.assertFalse(os.path.exists(self.db))


class FullDisks(harness.CliTest):
    def test_of_stdout_are_an_error(self):
        self.record(harness.HEADER + harness.lines(1, 3))
        for command in [["query", "--db", self.db],
                        ["show", "--source", self.source]]:
            for form in ["table", "json", "csv", "tsv"]:
                with open("/dev/full", "wb") as full:
                    self.fails(1, "No space left on device", *command,
                               "--format", form, stdout=full)

    def test_stop_the_recorder_and_lose_nothing(self):
        small = self.path("small")
        os.mkdir(small)
        subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "none", small],
                       check=True)
        self.addCleanup(subprocess.run, ["umount", small], check=True)
        self.db = os.path.join(small, "fork.db")
        self.record(harness.HEADER + harness.lines(1, 50))
        self.write("source.txt", harness.HEADER + harness.lines(1, 100_000))
        again = ["record", "--source", self.source, "--db", self.db, "--once"]
        self.fails(1, "no space left on the disk", *again)
        self.assert_sound(1, 50)
        self.fails(1, "no space left on the disk", *again)
        subprocess.run(["mount", "-o", "remount,size=64m", small], check=True)
        self.ok(*again)
        self.assert_sound(1, 100_000)

    def test_leave_a_new_database_that_can_be_used_later(self):
        small = self.path("small")
        os.mkdir(small)
        subprocess.run(["mount", "-t", "tmpfs", "-o", "size=16k", "none",
                        small], check=True)
        self.addCleanup(subprocess.run, ["umount", small], check=True)
        self.db = os.path.join(small, "fork.db")
        self.write("source.txt", harness.HEADER + harness.lines(1, 9))
        again = ["record", "--source", self.source, "--db", self.db, "--once"]
        self.fails(1, "no space left on the disk", *again)
        subprocess.run(["mount", "-o", "remount,size=64m", small], check=True)
        self.ok(*again)
        self.assert_sound(1, 9)


if __name__ == "__main__":
    unittest.main()
