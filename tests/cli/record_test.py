"""The recorder as a program: signals, crashes, restarts, pipes, groups."""

import contextlib
import os
import signal
import sqlite3
import stat
import subprocess
import time
import unittest

import harness


class Interrupted(harness.CliTest):
    def test_sigterm_and_sigint_commit_and_end_with_0(self):
        for number in [signal.SIGTERM, signal.SIGINT]:
            self.db = self.path(f"{number}.db")
            self.write("source.txt", harness.HEADER + harness.lines(1, 3))
            recorder = self.start_recorder(self.source)
            self.wait_for_rows(3)
            code, out, err = self.stop(recorder, number)
            self.assertEqual((code, out), (0, b""))
            self.assertEqual(err, b"forkdb: 3 records, 0 duplicates, 0 lines "
                             b"rejected, 0 gaps with 0 records missing\n")
            self.assert_sound(1, 3)

    def test_a_last_drain_is_made_before_the_end(self):
        self.write("source.txt", harness.HEADER + harness.lines(1, 3))
        recorder = self.start("record", "--source", self.source, "--db",
                              self.db, "--interval", "1h")
        recorder.stderr.readline()
        self.wait_for_rows(3)
        with open(self.source, "ab") as source:
            source.write(harness.lines(4, 9))
        self.assertEqual(self.stop(recorder)[0], 0)
        self.assert_sound(1, 9)

    def test_a_file_without_poll_is_read_sooner_the_more_comes(self):
        small = harness.HEADER.replace(b"16384", b"100")
        self.write("source.txt", small)
        recorder = self.start("record", "--source", self.source, "--db",
                              self.db, "--interval", "1s")
        recorder.stderr.readline()
        with open(self.source, "ab", buffering=0) as source:
            for step in range(10**6):
                source.write(harness.lines(20 * step + 1, 20 * step + 20))
                time.sleep(0.01)
                times = [time_ns for time_ns, in self.sql(
                    "SELECT time_ns FROM drains ORDER BY id")]
                if len(times) > 10:
                    break
        pauses = [later - one for one, later in zip(times, times[1:])]
        # 100 lines or fewer in each, so after 50 ms; a loaded machine is late.
        self.assertLess(min(pauses), 500_000_000, pauses)
        self.assertEqual(self.stop(recorder)[0], 0)
        self.assert_sound(1, 20 * step + 20)

    def test_a_line_without_its_end_is_read_once_it_is_whole(self):
        lines = harness.lines(1, 20)
        parts = [lines[:700], lines[700:703], lines[703:-2], lines[-2:]]
        self.write("source.txt", harness.HEADER)
        for number, part in enumerate(parts, 1):
            with open(self.source, "ab") as source:
                source.write(part)
            recorder = self.start_recorder(self.source)
            whole = b"".join(parts[:number]).count(b"\n")
            self.wait_for_rows(whole)
            self.assertEqual(self.stop(recorder)[0], 0)
            self.assert_sound(1, whole)
        self.assertEqual(self.sql("SELECT * FROM rejects"), [])

    def test_a_restart_neither_repeats_nor_misses(self):
        self.write("source.txt", harness.HEADER)
        for first in range(1, 100, 33):
            recorder = self.start_recorder(self.source)
            with open(self.source, "ab") as source:
                source.write(harness.lines(first, first + 32))
            self.wait_for_rows(first + 32)
            self.assertEqual(self.stop(recorder)[0], 0)
        self.assert_sound(1, 99)

    def test_killed_at_any_moment_it_goes_on_where_it_was(self):
        count = 400_000
        self.write("source.txt", harness.HEADER + harness.lines(1, count))
        for rows in [1, 100_000]:
            recorder = self.start_recorder(self.source)
            self.wait_for_rows(rows)
            recorder.kill()
            recorder.communicate()
            stored = self.value("SELECT count(*) FROM forks")
            self.assertEqual(self.value("PRAGMA integrity_check"), "ok")
            self.assertEqual(self.value("SELECT max(seq) FROM forks"), stored)
            self.assertLess(stored, count, "killed too late to mean anything")
        self.ok("record", "--source", self.source, "--db", self.db, "--once")
        self.assert_sound(1, count)

    def test_a_second_recorder_is_refused_by_the_pid_of_the_first(self):
        self.write("source.txt", harness.HEADER + harness.lines(1, 3))
        os.symlink("fork.db", self.path("link.db"))
        recorder = self.start_recorder(self.source)
        for path in [self.db, self.path("link.db")]:
            self.fails(1, f"the recorder with pid {recorder.pid} is "
                       "using it", "record", "--source", self.source, "--db", path)
        self.ok("prune", "--db", self.db, "--keep", "30d", "--yes")
        recorder.kill()
        recorder.wait()
        self.ok("record", "--source", self.source, "--db", self.db, "--once")
        self.assertFalse(os.path.exists(self.db + "-lock"))


class BadSources(harness.CliTest):
    """What was read before the source turned bad is stored."""

    def assert_stored(self, code, said, reason, rows):
        self.assertEqual(code, 1, said)
        self.assertIn(reason, said)
        self.assertIn(b"(%d records read before it are stored)" %
                      rows, said)
        self.assert_sound(1, rows)

    def bad(self):
        yield (harness.lines(1, 500) + b"fork_info - version: 2\n" +
               harness.lines(501, 600), b"format version 2")
        again = harness.line(7).replace(b"7 1764", b"7 1765", 1)
        yield (harness.lines(1, 500) + again + harness.lines(501, 600),
               b"record 7 is already stored with another time")

    def test_of_a_file(self):
        for number, (lines, reason) in enumerate(self.bad()):
            self.db = self.path(f"{number}.db")
            self.write("source.txt", harness.HEADER + lines)
            result = self.run_forkdb("record", "--once", "--source",
                                     self.source, "--db", self.db)
            self.assert_stored(result.returncode, result.stderr, reason, 500)

    def test_of_a_fifo(self):
        for number, (lines, reason) in enumerate(self.bad()):
            fifo, self.db = self.path(f"{number}"), self.path(f"{number}.db")
            os.mkfifo(fifo)
            recorder = self.start_recorder(fifo)
            with open(fifo, "wb") as pipe:
                pipe.write(harness.HEADER + lines)
            _, said = recorder.communicate(timeout=harness.PATIENCE)
            self.assert_stored(recorder.returncode, said, reason, 500)

    def test_of_a_fifo_whose_second_writer_is_another_program(self):
        fifo = self.path("fifo")
        os.mkfifo(fifo)
        recorder = self.start_recorder(fifo)
        with open(fifo, "wb") as pipe:
            pipe.write(harness.HEADER + harness.lines(1, 500))
        self.wait_for_rows(500)
        with open(fifo, "wb") as pipe:
            pipe.write(b"root:x:0:0:root:/root:/bin/bash\n")
        _, said = recorder.communicate(timeout=harness.PATIENCE)
        self.assert_stored(recorder.returncode, said, b"not a fork_info file",
                           500)

    def test_while_the_database_is_locked(self):
        fifo = self.path("fifo")
        os.mkfifo(fifo)
        recorder = self.start_recorder(fifo)
        with contextlib.closing(sqlite3.connect(
                self.db, isolation_level=None)) as browser:
            browser.execute("BEGIN IMMEDIATE")
            with open(fifo, "wb") as pipe:
                pipe.write(harness.HEADER + harness.lines(1, 500) +
                           b"fork_info - version: 2\n")
            # Its last try waits ten seconds for the lock.
            self.assertIn(b"another program holds its lock",
                          recorder.stderr.readline())
            browser.execute("ROLLBACK")
        _, said = recorder.communicate(timeout=harness.PATIENCE)
        self.assert_stored(recorder.returncode, said, b"format version 2", 500)


class Refusals(harness.CliTest):
    """A database with something in it that a user made."""

    def setUp(self):
        super().setUp()
        self.source = self.path("fifo")
        os.mkfifo(self.source)
        self.recorder = self.start_recorder(self.source)
        self.pipe = open(self.source, "wb", buffering=0)  # pylint: disable=R1732
        self.addCleanup(self.pipe.close)
        self.pipe.write(harness.HEADER + harness.lines(1, 100))
        self.wait_for_rows(100)

    def change(self, statement):
        with contextlib.closing(sqlite3.connect(
                self.db, isolation_level=None, timeout=harness.PATIENCE)) as database:
            database.execute(statement)

    def test_of_a_record_put_that_one_aside(self):
        self.change("CREATE UNIQUE INDEX own ON records (child_pid)")
        self.pipe.write(harness.lines(101, 150) +
                        harness.line(151).replace(b"10151", b"10001") +
                        harness.lines(152, 200))
        self.wait_for_rows(199)
        code, _, said = self.stop(self.recorder)
        self.assertEqual(code, 0)
        self.assertIn(b"1 records refused by the database: UNIQUE constraint "
                      b"failed: records.child_pid", said)
        self.assertEqual(self.sql("SELECT first_seq, last_seq FROM gaps"),
                         [(151, 151)])
        self.assertEqual(
            self.value("SELECT CAST(line AS TEXT) FROM rejects") + "\n",
            harness.line(151).replace(b"10151", b"10001").decode())

    def test_of_a_pass_make_records_wait_and_lose_none(self):
        # The next pass is taken, those after it are not.
        self.change("CREATE UNIQUE INDEX own ON drains (stream) WHERE id > "
                    f"{self.value('SELECT max(id) FROM drains')}")
        # It opens the database anew again and again while more comes.
        last = 100
        while last < 10_000:
            self.pipe.write(harness.lines(last + 1, last + 50))
            last += 50
            time.sleep(0.005)
        self.assertIn(b"UNIQUE constraint failed: drains.stream",
                      self.recorder.stderr.readline())
        self.change("DROP INDEX own")
        self.wait_for_rows(last)
        code, _, said = self.stop(self.recorder)
        self.assertEqual(code, 0)
        self.assertNotIn(b"gap: ", said)
        self.assertIn(b"%d records, 0 duplicates, 0 lines rejected, 0 gaps "
                      b"with 0 records missing" % last, said)
        self.assert_sound(1, last)


class Boots(harness.CliTest):
    def test_of_saved_copies_are_kept_apart(self):
        first = self.write("first", harness.HEADER + harness.lines(1, 5))
        second = self.write("second", harness.HEADER + harness.lines(1, 2))
        for source in [first, second, first]:
            self.ok("record", "--once", "--db", self.db, "--source", source)
        self.assertEqual(
            self.sql("SELECT boot, count(*) FROM forks GROUP BY boot"),
            [("file:" + first, 5), ("file:" + second, 2)])

    def test_of_one_name_are_one(self):
        first = self.write("first", harness.HEADER + harness.lines(1, 5))
        second = self.write("second", harness.HEADER + harness.lines(4, 8))
        for source in [first, second]:
            self.ok("record", "--once", "--db", self.db, "--source", source,
                    "--boot-id", "b")
        self.assert_sound(1, 8)

    def test_that_do_not_fit_are_refused(self):
        self.record(harness.HEADER + harness.lines(1, 5), "--boot-id", "b")
        other = harness.lines(1, 9).replace(b" 17640000", b" 17650000")
        self.write("source.txt", harness.HEADER + other)
        self.fails(1, "stored with another time", "record", "--once", "--db",
                   self.db, "--source", self.source, "--boot-id", "b")
        self.assert_sound(1, 5)

    def test_of_many_gaps_a_few_are_told_and_the_others_counted(self):
        self.write("source.txt", harness.HEADER +
                   b"".join(harness.lines(seq, seq) for seq in range(1, 40, 2)))
        said = self.run_forkdb("record", "--source", self.source, "--db",
                               self.db, "--once").stderr
        self.assertEqual(said.count(b"gap: 1 records lost"), 3, said)
        self.assertIn(b"16 more gaps: 16 records lost: see the table gaps", said)
        self.assertEqual(self.value("SELECT count(*) FROM gaps"), 19)

    def test_gaps_are_told_and_kept(self):
        self.write("source.txt", harness.HEADER + harness.lines(11, 12) +
                   harness.lines(20, 21))
        result = self.run_forkdb("record", "--source", self.source, "--db",
                                 self.db, "--once")
        self.assertIn(b"records 1 to 10 were lost before recording began",
                      result.stderr)
        self.assertIn(b"gap: 7 records lost (13 to 19)", result.stderr)
        self.assertIn(b"4 records, 0 duplicates, 0 lines rejected, 2 gaps "
                      b"with 17 records missing", result.stderr)
        self.assertEqual(self.sql("SELECT first_seq, last_seq FROM gaps"),
                         [(1, 10), (13, 19)])


class Pipe(harness.CliTest):
    def test_is_recorded_live_while_others_read(self):
        fifo = self.path("fifo")
        os.mkfifo(fifo)
        recorder = self.start_recorder(fifo)
        for first in [1, 101]:  # one writer after another
            with open(fifo, "wb", buffering=0) as pipe:
                pipe.write(harness.HEADER + harness.lines(first, first + 49))
                self.wait_for_rows(first + 49)
                count = self.ok("query", "--db", self.db, "--format", "tsv",
                                "--sql", "SELECT max(seq) FROM forks")
                self.assertEqual(count.split(), [b"max(seq)",
                                                 b"%d" % (first + 49)])
                pipe.write(harness.lines(first + 50, first + 99))
                self.wait_for_rows(first + 99)
                shell = subprocess.run(
                    ["sqlite3", "-readonly", self.db,
                     "SELECT count(*) FROM forks"], capture_output=True,
                    check=True, timeout=harness.PATIENCE)
                self.assertEqual(shell.stdout, b"%d\n" % (first + 99))
        self.assertEqual(self.stop(recorder)[0], 0)
        self.assert_sound(1, 200)


class Group(harness.CliTest):
    """Members of the database's group may ask; nobody else may."""

    GROUP = "forkdb-cli-test"

    def setUp(self):
        super().setUp()
        subprocess.run(["groupadd", "--force", self.GROUP], check=True)
        self.addCleanup(subprocess.run, ["groupdel", self.GROUP], check=True)

    def ask(self, groups):
        return self.run_forkdb("query", "--db", self.db, "--format", "tsv",
                               "--sql", "SELECT count(*) AS n FROM forks",
                               user="nobody", groups=groups)

    def assert_answers(self, count):
        result = self.ask([self.GROUP])
        self.assertEqual((result.returncode, result.stdout),
                         (0, b"n\n%d\n" % count), result.stderr)
        result = self.ask([])
        self.assertEqual((result.returncode, result.stdout), (1, b""))
        self.assertIn(b"become a member of the file's group", result.stderr)

    def test_members_may_ask_while_it_records_and_afterwards(self):
        self.write("source.txt", harness.HEADER + harness.lines(1, 3))
        recorder = self.start_recorder(self.source, "--group", self.GROUP)
        self.wait_for_rows(3)
        self.assert_answers(3)
        with open(self.source, "ab") as source:
            source.write(harness.lines(4, 9))
        self.wait_for_rows(9)
        self.assert_answers(9)
        self.assertEqual(self.stop(recorder)[0], 0)
        self.assert_answers(9)
        self.assertEqual(stat.S_IMODE(os.stat(self.db).st_mode), 0o640)

    def test_members_may_ask_after_a_crash(self):
        self.write("source.txt", harness.HEADER + harness.lines(1, 3))
        recorder = self.start_recorder(self.source, "--group", self.GROUP)
        self.wait_for_rows(3)
        recorder.kill()
        recorder.communicate()
        self.assert_answers(3)

    def test_members_may_ask_a_database_that_was_given_to_them_later(self):
        self.record(harness.HEADER + harness.lines(1, 3))
        self.assertEqual(self.ask([self.GROUP]).returncode, 1)
        self.record(harness.HEADER + harness.lines(1, 3), "--group", self.GROUP)
        self.assert_answers(3)

    def test_members_may_not_write(self):
        self.record(harness.HEADER + harness.lines(1, 3), "--group", self.GROUP)
        shell = subprocess.run(
            harness.as_user("nobody", [self.GROUP]) +
            ["sqlite3", self.db, "DELETE FROM records"], capture_output=True,
            check=False, timeout=harness.PATIENCE)
        self.assertNotEqual(shell.returncode, 0)
        self.assert_sound(1, 3)

    def test_a_database_without_a_group_is_for_root(self):
        self.record(harness.HEADER + harness.lines(1, 3))
        self.assertEqual(stat.S_IMODE(os.stat(self.db).st_mode), 0o640)
        self.assertEqual(self.ask([self.GROUP]).returncode, 1)


if __name__ == "__main__":
    unittest.main()
