"""forkdb status from the command line."""

import contextlib
import grp
import json
import os
import signal
import sqlite3
import unittest

import harness

NO_RECORDER = b"forkdb: no recorder is running: start forkdb record\n"


class Status(harness.CliTest):
    def test_without_a_recorder_is_a_failure_with_the_reason(self):
        self.record(harness.HEADER + harness.lines(3, 9))
        result = self.run_forkdb("status", "--db", self.db)
        self.assertEqual((result.returncode, result.stderr), (1, NO_RECORDER))
        text = result.stdout.decode()
        self.assertRegex(text, r"(?m)^recorder +not running$")
        self.assertRegex(text, r"(?m)^last number +9$")
        self.assertRegex(text, r"(?m)^records +7$")
        self.assertRegex(text, r"(?m)^gaps +1, with 2 records missing$")
        self.assertRegex(text, r"(?m)^retention +unlimited$")

    def test_of_a_healthy_recorder_is_a_success(self):
        os.mkfifo(self.path("fifo"))
        group = grp.getgrgid(1).gr_name
        process = self.start_recorder(self.path("fifo"), "--group", group)
        for who in ({}, {"user": "nobody", "groups": [group]}):
            result = self.run_forkdb("status", "--db", self.db, **who)
            self.assertEqual((result.returncode, result.stderr), (0, b""))
            self.assertIn(b"running, pid %d\n" % process.pid, result.stdout)
        self.stop(process, signal.SIGKILL)
        self.assertEqual(
            self.run_forkdb("status", "--db", self.db).returncode, 1)

    def test_is_one_json_object(self):
        self.record(harness.HEADER + harness.lines(3, 9), "--keep", "100000d")
        result = self.run_forkdb("status", "--db", self.db, "--format", "json")
        status = json.loads(result.stdout)
        self.assertEqual(status["records"], 7)
        self.assertEqual(status["missing"], 2)
        self.assertEqual(status["last_seq"], 9)
        self.assertEqual(status["keep_ns"], 100000 * 86400 * 10**9)
        self.assertIsNone(status["recorder_pid"])
        self.assertEqual(status["database_bytes"], os.path.getsize(self.db))
        self.assertIn("no recorder", status["problems"])

    def test_answers_a_member_of_the_group(self):
        group = grp.getgrgid(1).gr_name
        self.record(harness.HEADER + harness.lines(1, 9), "--group", group)
        result = self.run_forkdb("status", "--db", self.db, user="nobody",
                                 groups=[group])
        self.assertEqual((result.returncode, result.stderr), (1, NO_RECORDER))
        self.assertRegex(result.stdout, rb"(?m)^records +9$")

    def test_of_no_database_says_what_to_do(self):
        self.fails(1, "run forkdb record first", "status", "--db", self.db)


class Trouble(harness.CliTest):
    """What is wrong with a recorder is told soon, with code 1."""

    def start_feeding(self, *args):
        os.mkfifo(self.path("fifo"))
        self.recorder = self.start_recorder(self.path("fifo"), *args)
        self.pipe = open(self.path("fifo"), "wb", buffering=0)
        self.addCleanup(self.pipe.close)
        self.pipe.write(harness.HEADER + harness.lines(1, 3))
        self.wait_for_rows(3)
        self.wait_until_healthy()

    def problems(self):
        result = self.run_forkdb("status", "--db", self.db, "--format", "json")
        if not result.stdout:  # the database cannot be read now
            self.assertEqual(result.returncode, 1)
            return result.stderr.decode()
        problems = json.loads(result.stdout)["problems"]
        self.assertEqual(result.returncode, 1 if problems else 0)
        return problems or ""

    def wait_for_problem(self, *words):
        harness.wait_until(
            lambda: all(word in self.problems() for word in words),
            "the problem: " + ", ".join(words))

    def wait_until_healthy(self):
        harness.wait_until(lambda: not self.problems(), "a healthy recorder")

    def test_of_a_stopped_recorder(self):
        self.start_feeding()
        self.recorder.send_signal(signal.SIGSTOP)
        self.wait_for_problem(
            f"stopped by a signal: run kill -CONT {self.recorder.pid}")
        self.recorder.send_signal(signal.SIGCONT)
        self.wait_until_healthy()

    def test_of_a_lock_that_another_program_holds(self):
        metrics = self.path("forkdb.prom")

        def has(text):
            with open(metrics, encoding="utf-8") as file:
                return text in file.read()

        self.start_feeding("--metrics", metrics)
        with contextlib.closing(sqlite3.connect(self.db)) as other:
            other.execute("BEGIN IMMEDIATE")
            self.pipe.write(harness.lines(4, 6))
            self.wait_for_problem("holds its lock", "3 records wait in memory")
            harness.wait_until(lambda: has("\nforkdb_trouble 1\n") and
                               has("\nforkdb_waiting_records 3\n"), "metrics")
        self.wait_for_rows(6)
        self.wait_until_healthy()
        harness.wait_until(lambda: has("\nforkdb_trouble 0\n"), "metrics")

    def test_of_a_full_disk(self):
        disk = self.path("disk")
        os.mkdir(disk)
        harness.run("mount", "-t", "tmpfs", "-o", "size=4m", "none", disk)
        self.addCleanup(harness.run, "umount", "-l", disk)
        self.db = os.path.join(disk, "fork.db")
        self.start_feeding()
        filler = os.path.join(disk, "filler")
        with open(filler, "wb", buffering=0) as file:
            with contextlib.suppress(OSError):
                while True:
                    file.write(bytes(4096))
        self.pipe.write(harness.lines(4, 3000))
        self.wait_for_problem("no space left", "2997 records wait in memory")
        os.remove(filler)
        self.wait_for_rows(3000)
        self.wait_until_healthy()

    def test_of_a_log_that_was_deleted(self):
        self.start_feeding()
        # It cannot notice.
        self.recorder.send_signal(signal.SIGSTOP)
        os.remove(self.db + "-wal")
        self.wait_for_problem("log (-wal beside the database) was deleted")
        self.recorder.send_signal(signal.SIGCONT)

    def test_of_a_history_that_was_moved_aside(self):
        self.record(harness.HEADER + harness.lines(1, 5000))
        with open(self.db, "r+b") as database:
            database.seek(4096)
            database.write(b"x" * 200_000)
        os.mkfifo(self.path("fifo"))
        self.start("record", "--source", self.path("fifo"), "--db", self.db)
        self.wait_for_problem("history was lost", ".corrupt-")

    def test_leaves_no_file_behind(self):
        self.start_feeding()
        self.assertTrue(os.path.exists(self.db + "-status"))
        self.stop(self.recorder)
        self.assertFalse(os.path.exists(self.db + "-status"))
        self.assertIn("no recorder is running", self.problems())


if __name__ == "__main__":
    unittest.main()
