"""Files that are not forkdb's stay as they are, whatever their names.

Costs some 5 s.
"""

import grp
import os
import shutil
import signal
import sqlite3
import stat
import subprocess
import sys
import unittest

import harness

# Leaves a transaction unfinished whose pages are partly in the database: a hot
# journal, or a log that nobody has copied.
INTERRUPTED = """
import os, sqlite3, sys
db = sqlite3.connect(sys.argv[1], isolation_level=None)
for statement in sys.argv[2:]:
    db.execute(statement).fetchall()
os._exit(0)
"""


def interrupt(path, *statements):
    subprocess.run([sys.executable, "-c", INTERRUPTED, path, *statements],
                   check=True, timeout=harness.PATIENCE)


class Files(harness.CliTest):
    def state(self):
        """All that there is to change, of each file; and of the directory, in
        which a file may have come and gone."""
        found = {".": os.stat(self.dir).st_mtime_ns}
        for name in sorted(os.listdir(self.dir)):
            path = self.path(name)
            status = os.lstat(path)
            data = None
            if stat.S_ISREG(status.st_mode):
                with open(path, "rb") as file:
                    data = file.read()
            found[name] = (data, status.st_mode, status.st_uid, status.st_gid,
                           status.st_ino, status.st_mtime_ns)
        return found

    def refused(self, reason, *args):
        before = self.state()
        self.fails(1, reason, *args)
        self.assertEqual(self.state(), before, args)

    def record_refused(self, reason, *args):
        self.refused(reason, "record", "--source", self.source, "--once",
                     "--db", self.db, *args)

    def setUp(self):
        super().setUp()
        self.write("source.txt", harness.HEADER + harness.lines(1, 3))


class AnotherProgramsDatabase(Files):
    COMMANDS = [["query"], ["status"], ["stats"], ["export"], ["tree", "1"],
                ["prune", "--keep", "30d"],
                ["record", "--once", "--group", "nogroup", "--source"]]

    def all_refused(self):
        for command in self.COMMANDS:
            if command[-1] == "--source":
                command = [*command, self.source]
            self.refused("not forkdb's", *command, "--db", self.db)

    def test_keeps_its_hot_journal(self):
        interrupt(self.db, "PRAGMA cache_size = 5", "CREATE TABLE t (x)",
                  "INSERT INTO t WITH n(i) AS (SELECT 1 UNION ALL SELECT i + 1 "
                  "FROM n LIMIT 500) SELECT hex(zeroblob(500)) FROM n",
                  "BEGIN", "UPDATE t SET x = x || 'new'")
        self.assertGreater(os.path.getsize(self.db + "-journal"), 0)
        self.all_refused()

    def test_keeps_its_log(self):
        interrupt(self.db, "PRAGMA journal_mode = WAL", "CREATE TABLE t (x)",
                  "INSERT INTO t VALUES (1)")
        self.assertGreater(os.path.getsize(self.db + "-wal"), 0)
        self.all_refused()

    def test_at_rest_gets_no_files_beside_it(self):
        with sqlite3.connect(self.db) as database:
            database.execute("PRAGMA journal_mode = WAL")
            database.execute("CREATE TABLE t (x)")
        database.close()
        self.assertEqual(sorted(os.listdir(self.dir)),
                         ["fork.db", "source.txt"])
        self.all_refused()

    def test_in_the_making_keeps_its_journal(self):
        self.write("fork.db", b"")
        self.write("fork.db-journal", bytes.fromhex("d9d505f920a163d7") +
                   b"\0" * 504)
        self.record_refused("its database is missing")

    def test_that_is_gone_keeps_its_log(self):
        interrupt(self.db, "PRAGMA journal_mode = WAL", "CREATE TABLE t (x)",
                  "INSERT INTO t VALUES (1)")
        os.unlink(self.db)
        self.record_refused("its database is missing")


class PlantedFiles(Files):
    def test_are_not_given_to_the_group(self):
        self.record(harness.HEADER + harness.lines(1, 3))
        for suffix in ["-wal", "-shm", "-journal"]:
            for link in [os.symlink, os.link]:
                with self.subTest(suffix=suffix, link=link.__name__):
                    secret = self.write("secret", b"")
                    os.chmod(secret, 0o600)
                    if os.path.lexists(self.db + suffix):
                        os.unlink(self.db + suffix)
                    link(secret, self.db + suffix)
                    self.record_refused("link", "--group", "nogroup")
                    self.assertEqual(os.stat(secret).st_gid, 0)
                    os.unlink(self.db + suffix)
                    os.unlink(secret)

    def test_are_not_opened_by_a_reader(self):
        self.record(harness.HEADER + harness.lines(1, 3))
        for suffix in ["-wal", "-shm"]:
            with self.subTest(suffix):
                os.unlink(self.db + suffix)
                notes = self.write("notes", b"Eggs, milk\n")
                os.link(notes, self.db + suffix)
                self.refused("hard link", "query", "--db", self.db)
                os.unlink(self.db + suffix)
                self.write("fork.db" + suffix, b"Eggs, milk\n")
                self.refused("not a file of SQLite", "query", "--db", self.db)
                os.unlink(self.db + suffix)
        self.write("fork.db-journal", b"Eggs, milk\n")
        self.refused("not a file of SQLite", "query", "--db", self.db)

    def test_that_hold_something_else_are_not_written(self):
        for suffix in ["-wal", "-shm", "-journal"]:
            with self.subTest(suffix):
                for database in [False, True]:
                    self.write("fork.db" + suffix, b"Eggs, milk\n")
                    self.record_refused("not a file of SQLite")
                    os.unlink(self.db + suffix)
                    if not database:
                        self.record(harness.HEADER + harness.lines(1, 3))
                for name in os.listdir(self.dir):
                    if name.startswith("fork.db"):
                        os.unlink(self.path(name))

    def test_of_other_users_are_refused(self):
        os.chmod(self.dir, 0o1777)
        self.record(harness.HEADER + harness.lines(1, 3))
        for suffix in ["-wal", "-shm", "-journal", "-lock"]:
            with self.subTest(suffix):
                self.write("fork.db" + suffix, b"")
                os.chown(self.db + suffix, 65534, 65534)
                self.record_refused("it belongs to user 65534")
                os.unlink(self.db + suffix)


class LockFiles(Files):
    def test_of_somebody_keep_their_words(self):
        for text in [b"Eggs, milk\n", b"4711\n", b"forkdb is slow\n",
                     b"forkdb 1", b"forkdb 12\nand more\n"]:
            with self.subTest(text):
                self.write("fork.db-lock", text)
                self.record_refused("not forkdb's lock file")

    def test_that_are_links_keep_their_target(self):
        notes = self.write("notes", b"forkdb 12\n")
        for link in [os.symlink, os.link]:
            with self.subTest(link.__name__):
                link(notes, self.db + "-lock")
                self.record_refused("link")
                os.unlink(self.db + "-lock")

    def test_that_are_empty_lock_and_stay(self):
        self.write("fork.db-lock", b"")
        os.chmod(self.db + "-lock", 0o644)
        before = self.state()["fork.db-lock"]
        recorder = self.start_recorder(self.source)
        self.fails(1, f"process {recorder.pid} (forkdb, user 0) holds its lock",
                   "record", "--source", self.source, "--db", self.db)
        self.assertEqual(self.stop(recorder)[0], 0)
        self.assertEqual(self.state()["fork.db-lock"], before)

    def test_are_not_made_beside_another_file(self):
        self.write("fork.db", b"Eggs, milk\n")
        os.chmod(self.db, 0o666)
        self.record_refused("it is world-writable")
        os.chmod(self.db, 0o644)
        self.record_refused("not an SQLite database")

    def test_of_a_killed_recorder_are_taken_over(self):
        recorder = self.start_recorder(self.source)
        status = os.stat(self.db + "-lock")
        self.assertEqual(stat.S_IMODE(status.st_mode), 0o600)
        recorder.kill()
        recorder.wait()
        self.ok("record", "--source", self.source, "--db", self.db, "--once")
        self.assertFalse(os.path.exists(self.db + "-lock"))


class HotJournal(Files):
    def setUp(self):
        super().setUp()
        self.record(harness.HEADER + harness.lines(1, 2000))
        interrupt(self.db, "PRAGMA journal_mode = DELETE",
                  "PRAGMA cache_size = 5", "BEGIN",
                  "DELETE FROM records WHERE id % 2")
        os.chmod(self.db, 0o644)
        os.chmod(self.db + "-journal", 0o644)

    def test_is_told_to_a_reader_who_may_not_roll_it_back(self):
        before = self.state()
        self.fails(1, "must be rolled back first", "query", "--db", self.db,
                   "--count", user="nobody")
        os.chmod(self.db + "-journal", 0o600)
        self.fails(1, "must be rolled back first", "query", "--db", self.db,
                   "--count", user="nobody")
        os.chmod(self.db + "-journal", 0o644)
        self.assertEqual(self.state(), before)

    def test_is_rolled_back_by_a_reader_who_may(self):
        answer = self.ok("query", "--db", self.db, "--count")
        self.assertIn(b"2000", answer)
        self.assertIn(b"2000", self.ok("query", "--db", self.db, "--count",
                                       user="nobody"))

    def test_is_rolled_back_by_a_recorder(self):
        self.record(harness.HEADER + harness.lines(1, 2010))
        self.assert_sound(1, 2010)


# Locks bytes of a file that it may only read, until it is killed.
HOLD = """
import fcntl, sys, time
file = open(sys.argv[1], "rb")
fcntl.lockf(file, fcntl.LOCK_SH, int(sys.argv[3]), int(sys.argv[2]))
print("holds", flush=True)
time.sleep(1000)
"""


class LocksOfTheGroup(Files):
    """A member of the database's group may only read, but can lock."""
    GROUP = "adm"

    def hold(self, first, count):
        holder = subprocess.Popen(
            harness.as_user("nobody", [self.GROUP]) +
            [sys.executable, "-c", HOLD, self.db + "-shm", str(first),
             str(count)], stdout=subprocess.PIPE)
        self.addCleanup(harness.end, holder)
        self.assertEqual(holder.stdout.readline(), b"holds\n")
        return holder

    def feed(self, first, last):
        with open(self.source, "ab") as source:
            source.write(harness.lines(first, last))

    def expect_blocker(self, recorder, holder):
        said = recorder.stderr.readline().decode()
        self.assertRegex(said, "another program holds its lock: process "
                         rf"{holder.pid} \(python3[.0-9]*, user 65534\): .*"
                         "records wait")

    def test_stop_no_recording_and_are_named(self):
        recorder = self.start_recorder(self.source, "--group", self.GROUP)
        holder = self.hold(120, 1)  # SQLite's WAL_WRITE_LOCK
        self.feed(4, 50)
        self.expect_blocker(recorder, holder)
        self.feed(51, 99)
        harness.end(holder)
        self.wait_for_rows(99)
        self.assertEqual(self.stop(recorder)[0], 0)
        self.assert_sound(1, 99)

    def test_stop_no_start_and_are_named(self):
        self.record(harness.HEADER + harness.lines(1, 3), "--group", self.GROUP)
        holder = self.hold(120, 3)
        recorder = self.start("record", "--source", self.source, "--db",
                              self.db, "--interval", "10ms")
        self.expect_blocker(recorder, holder)
        harness.end(holder)
        self.feed(4, 9)
        self.wait_for_rows(9)
        self.assertEqual(self.stop(recorder)[0], 0)
        self.assert_sound(1, 9)

    def test_cannot_be_taken_on_the_lock_file(self):
        # New files get the directory's group.
        os.chown(self.dir, 0, grp.getgrnam(self.GROUP).gr_gid)
        os.chmod(self.dir, 0o2755)
        self.start_recorder(self.source, "--group", self.GROUP)
        opened = subprocess.run(
            harness.as_user("nobody", [self.GROUP]) +
            ["cat", self.db + "-lock"], capture_output=True, check=False)
        self.assertIn(b"Permission denied", opened.stderr)
        self.ok("query", "--db", self.db, user="nobody", groups=[self.GROUP])


class LostLog(Files):
    def feed(self, first, last):
        with open(self.source, "ab") as source:
            source.write(harness.lines(first, last))

    def test_is_saved_while_recording(self):
        for gone in [["-wal", "-shm"], ["-wal"], ["-shm"]]:
            with self.subTest(gone):
                self.write("source.txt", harness.HEADER + harness.lines(1, 50))
                recorder = self.start_recorder(self.source)
                self.wait_for_rows(50)
                for suffix in gone:
                    os.unlink(self.db + suffix)
                self.feed(51, 60)
                self.assertIn(b"its log was deleted: saved",
                              recorder.stderr.readline())
                self.wait_for_rows(60)
                recorder.kill()
                recorder.wait()
                # The source holds nothing of it any more.
                self.assert_sound(1, 60)
                for suffix in ["", "-wal", "-shm", "-lock"]:
                    os.unlink(self.db + suffix)

    def test_that_a_reader_needs_is_saved_later(self):
        recorder = self.start_recorder(self.source)
        reader = sqlite3.connect(self.db, isolation_level=None)
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM forks").fetchall()
        self.feed(4, 9)
        harness.wait_until(lambda: self.new_rows() == 9, "9 rows")
        for suffix in ["-wal", "-shm"]:
            os.unlink(self.db + suffix)
        self.feed(10, 20)
        self.assertIn(b"a reader keeps it from being saved",
                      recorder.stderr.readline())
        reader.execute("COMMIT")
        reader.close()
        self.wait_for_rows(20)
        recorder.kill()
        recorder.wait()
        self.assert_sound(1, 20)

    def new_rows(self):
        return self.value("SELECT count(*) FROM forks")

    def test_of_another_writer_is_not_overwritten(self):
        recorder = self.start_recorder(self.source)
        recorder.send_signal(signal.SIGSTOP)
        for suffix in ["-wal", "-shm"]:
            os.unlink(self.db + suffix)
        writer = sqlite3.connect(self.db, isolation_level=None)
        writer.execute("INSERT INTO boots (boot_id) VALUES ('another')")
        self.feed(4, 9)
        recorder.send_signal(signal.SIGCONT)
        self.assertIn(b"another program created a new one",
                      recorder.stderr.readline())
        self.wait_for_rows(9)
        writer.close()
        self.assertEqual(self.stop(recorder)[0], 0)
        self.assert_sound(1, 9)
        self.assertEqual(self.value("SELECT count(*) FROM boots "
                                    "WHERE boot_id = 'another'"), 1)


class Copies(Files):
    HINT = b"the newest records may be missing"

    def said(self, path, *command):
        return self.run_forkdb(*(command or ["query"]), "--db", path).stderr

    def test_without_the_log_are_told_from_whole_ones(self):
        self.start_recorder(self.source)
        self.wait_for_rows(3)
        self.assertEqual(self.said(self.db), b"")
        plain = self.path("plain.db")
        shutil.copyfile(self.db, plain)
        for command in [["query"], ["query", "--count"], ["stats"], ["export"],
                        ["tree", "10001"]]:
            self.assertIn(self.HINT, self.said(plain, *command), command)
        both = self.path("both.db")
        for suffix in ["", "-wal"]:
            shutil.copyfile(self.db + suffix, both + suffix)
        self.assertEqual(self.said(both), b"")
        for name, command in [("backup.db", ".backup backup.db"),
                              ("vacuum.db", "VACUUM INTO 'vacuum.db'")]:
            harness.run("sqlite3", self.db, ".cd " + self.dir, command)
            self.assertIn(b"3", self.ok("query", "--count", "--db",
                                        self.path(name)))
            self.assertEqual(self.said(self.path(name)), b"", name)

    def test_of_a_stopped_recorders_database_are_whole(self):
        recorder = self.start_recorder(self.source)
        self.wait_for_rows(3)
        self.assertEqual(self.stop(recorder)[0], 0)
        plain = self.path("plain.db")
        shutil.copyfile(self.db, plain)
        self.assertEqual(self.said(plain), b"")
        self.assertIn(b"3", self.ok("query", "--count", "--db", plain))

    def test_with_a_log_cannot_be_read_on_a_read_only_disk(self):
        self.start_recorder(self.source)
        self.wait_for_rows(3)
        disk = self.path("disk")
        os.mkdir(disk)
        harness.run("mount", "-t", "tmpfs", "none", disk)
        self.addCleanup(harness.run, "umount", disk)
        copy = os.path.join(disk, "fork.db")
        for suffix in ["", "-wal"]:
            shutil.copyfile(self.db + suffix, copy + suffix)
        harness.run("mount", "-o", "remount,ro", disk)
        self.fails(1, "copy the database and its -wal file into a directory of your own",
                   "query", "--db", copy)

    def test_of_a_killed_recorders_database_lack_the_log(self):
        recorder = self.start_recorder(self.source)
        self.wait_for_rows(3)
        recorder.kill()
        recorder.wait()
        self.assertEqual(self.said(self.db), b"")
        os.rename(self.db + "-wal", self.path("away"))
        self.assertIn(self.HINT, self.said(self.db))


if __name__ == "__main__":
    unittest.main()
