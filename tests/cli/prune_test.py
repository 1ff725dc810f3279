"""forkdb prune, and retention while recording."""

import contextlib
import json
import os
import pty
import re
import signal
import unittest

import harness
import terminal

DAY = "2025-11-24 16:00:05 UTC"  # of record 5000


class Prune(harness.CliTest):
    def setUp(self):
        super().setUp()
        self.record(harness.HEADER + harness.lines(1, 9000))

    def prune(self, *args):
        result = self.run_forkdb("prune", "--db", self.db, *args)
        self.assertEqual((result.returncode, result.stdout), (0, b""), result)
        self.assertNotIn(b"\r", result.stderr)  # no terminal, no progress bar
        return result.stderr.decode()

    def assert_numbers_add_up(self):
        self.assertEqual(self.value("PRAGMA integrity_check"), "ok")
        self.assertEqual(self.sql("PRAGMA foreign_key_check"), [])
        self.assertEqual(self.value(
            "SELECT (SELECT count(*) FROM records) + (SELECT ifnull(sum("
            "last_seq - first_seq + 1), 0) FROM gaps) + (SELECT sum(pruned_seq"
            " + thinned + 1 - next_seq) FROM streams)"), 0)

    def test_a_dry_run_says_what_would_go_and_changes_nothing(self):
        said = self.prune("--before", DAY, "--dry-run")
        self.assertEqual(said, "forkdb: 4095 records would be pruned, the "
                         "newest from 2025-11-24T16:00:04.095000000Z\n")
        self.assertEqual(self.prune("--max-size", "1G", "--dry-run"),
                         "forkdb: about 0 records would be pruned\n")
        self.assert_sound(1, 9000)

    def test_before_a_time_whole_blocks_go(self):
        self.assertEqual(self.prune("--before", DAY),
                         "forkdb: 4095 records pruned\n")
        self.assertEqual(self.prune("--before", DAY),
                         "forkdb: 0 records pruned\n")
        self.assertEqual(self.value("SELECT min(seq) FROM forks"), 4096)
        self.assert_numbers_add_up()

    def test_keep_gives_space_back(self):
        size = os.path.getsize(self.db)
        self.prune("--keep", "1h", "--yes")
        self.assertEqual(self.value("SELECT count(*) FROM forks"), 0)
        self.assertEqual(self.value("PRAGMA freelist_count"), 0)
        self.assertLess(os.path.getsize(self.db), size / 3)
        self.assert_numbers_add_up()

    def test_what_was_pruned_does_not_come_back(self):
        self.prune("--keep", "1h", "--yes")
        self.record(harness.HEADER + harness.lines(1, 9010))
        self.assertEqual(self.value("SELECT count(*) FROM forks"), 10)
        self.assert_numbers_add_up()

    def test_deletes_most_of_what_is_there_only_with_yes(self):
        self.fails(2, "9000 of 9000 records would be deleted: add --yes",
                   "prune", "--db", self.db, "--keep", "30d")
        self.assert_sound(1, 9000)
        self.assertEqual(self.prune("--keep", "30d", "--yes"),
                         "forkdb: 9000 records pruned\n")

    def test_asks_on_a_terminal_before_it_deletes_most(self):
        for answer, code, left in [(b"\n", 130, 9000), (b"no\n", 130, 9000),
                                   (b"y\n", 0, 0)]:
            with self.subTest(answer), contextlib.closing(terminal.Terminal(
                    [harness.FORKDB, "prune", "--db", self.db, "--keep",
                     "30d"])) as user:
                user.read_until(b"Delete them? [y/N] ")
                user.press(answer)
                said, seen = user.end()
                self.assertEqual(said, code, seen)
                self.assertEqual(self.value("SELECT count(*) FROM forks"),
                                 left)

    def test_a_wrong_clock_at_the_start_does_not_stop_it(self):
        century = 100 * 365 * 86400 * 10**9
        self.db = self.path("future.db")
        self.record(harness.HEADER + b"".join(
            harness.line(seq, time_ns=harness.START_NS + seq * 10**9 +
                         (century if seq <= 100 else 0))
            for seq in range(1, 24577)))
        middle = "2025-11-24 19:25:00"  # of record 12300
        self.assertEqual(self.prune("--before", middle, "--utc"),
                         "forkdb: 12287 records pruned\n")
        self.assertEqual(self.prune("--keep", "30d", "--yes"),
                         "forkdb: 12289 records pruned\n")
        self.assert_numbers_add_up()

    def test_works_beside_a_recorder(self):
        recorder = self.start_recorder(self.source)
        self.prune("--keep", "1h", "--yes")
        with open(self.source, "ab") as source:
            source.write(harness.lines(9001, 20000))
        self.wait_for_rows(11000)
        self.prune("--before", "2025-11-24 16:00:15 UTC", "--yes")
        with open(self.source, "ab") as source:
            source.write(harness.lines(20001, 20001))
        harness.wait_until(lambda: self.value("SELECT max(seq) FROM forks")
                           == 20001, "the last record")
        self.assertEqual(self.stop(recorder)[0], 0)
        self.assertEqual(self.value("SELECT min(seq) FROM forks"), 12288)
        self.assert_numbers_add_up()

    def test_an_interrupt_ends_it_between_two_blocks(self):
        self.record(harness.HEADER + harness.lines(1, 400_000))
        process = self.start("prune", "--db", self.db, "--keep", "1h",
                             "--yes")
        harness.wait_until(
            lambda: self.value("SELECT pruned_seq FROM streams") > 0,
            "the first pruned block")
        code, out, err = self.stop(process, signal.SIGINT)
        self.assertEqual((code, out), (130, b""))
        self.assertIn(b"records pruned, interrupted\n", err)
        self.assertGreater(self.value("SELECT count(*) FROM records"), 0)
        self.assert_numbers_add_up()

    def test_shows_progress_on_a_terminal_and_takes_it_away(self):
        self.record(harness.HEADER + harness.lines(1, 40_000))
        master, other = pty.openpty()
        with open(master, "rb", buffering=0) as screen:
            process = self.start("prune", "--db", self.db, "--keep", "1h",
                                 "--yes", stderr=other)
            os.close(other)
            said = b""
            # EIO is the end: nobody has the other side open.
            with contextlib.suppress(OSError):
                while part := screen.read(4096):
                    said += part
        self.assertEqual(process.wait(), 0)
        percents = [int(percent) for percent in re.findall(
            rb"\r\x1b\[Kforkdb: pruning: (\d+) %, \d+ s left; Ctrl-C ends it", said)]
        self.assertEqual(len(percents), 10)  # one a block
        self.assertEqual(percents, sorted(percents))
        self.assertEqual(percents[-1], 100)
        self.assertTrue(said.endswith(
            b"ends it\r\x1b[Kforkdb: 40000 records pruned\r\n"), said)

    def test_refuses_nonsense(self):
        prune = ["prune", "--db", self.db]
        for reason, args in [
                ("prune: add --keep, --before or --max-size", []),
                ("must be above zero", ["--keep", "0s"]),
                ("write a number and a unit, e.g. 30d", ["--keep", "30"]),
                ("write a number and a unit", ["--keep", "soon"]), ("", ["--before", "never"]),
                ("not in the past", ["--before", "tomorrow"]),
                ("the minimum is 32M", ["--max-size", "31M"]),
                ("", ["--keep", "1d", "--before", "yesterday"])]:
            with self.subTest(args):
                self.fails(2, reason, *prune, *args)
        self.assert_sound(1, 9000)
        self.fails(1, "run forkdb record first", "prune", "--db",
                   self.path("none.db"), "--keep", "1d")
        self.assertFalse(os.path.exists(self.path("none.db")))


class Record(harness.CliTest):
    def test_prunes_what_is_older_than_is_kept(self):
        self.record(harness.HEADER + harness.lines(1, 9000), "--keep", "1h")
        self.assertEqual(self.value("SELECT pruned_seq FROM streams"), 9000)
        self.assertEqual(self.sql("SELECT * FROM settings"),
                         [("keep_ns", 3600 * 10**9)])

    def test_stays_within_its_size(self):
        self.record(harness.HEADER + harness.lines(1, 700_000),
                    "--max-size", "32M")
        size = sum(os.path.getsize(self.db + end) for end in ["", "-wal"])
        self.assertLessEqual(size, 32 << 20)
        self.assertEqual(self.value("SELECT max(seq) FROM forks"), 700_000)
        self.assertGreater(self.value("SELECT min(seq) FROM forks"), 1)

    def test_a_storm_of_one_user_does_not_push_out_what_others_did(self):
        # A quarter of a minute.
        history = "SELECT * FROM forks WHERE uid = 0 ORDER BY id"
        self.record(harness.HEADER + harness.lines(1, 20_000))
        before = self.sql(history)
        self.assertEqual(len(before), 20_000)
        storm = 1_000_000
        with open(self.source, "ab") as source:
            for seq in range(20_001, 20_001 + storm):
                source.write(harness.line(seq, b"bomb", uid=65534, pid=200,
                                          error=11))
        self.ok("record", "--once", "--db", self.db, "--source", self.source,
                "--max-size", "32M")
        size = sum(os.path.getsize(self.db + end) for end in ["", "-wal"])
        self.assertLessEqual(size, 32 << 20)
        self.assertEqual(self.sql(history), before)
        rows, = self.sql("SELECT count(*) FROM forks WHERE uid = 65534")
        thinned = self.sql("SELECT uid, sum(records) FROM thinned GROUP BY 1")
        self.assertEqual(thinned, [(65534, storm - rows[0])])
        self.assertEqual(self.value("SELECT max(seq) FROM forks"),
                         20_000 + storm)
        for command in [["query", "--count"], ["stats"]]:
            said = self.run_forkdb(*command, "--db", self.db).stderr.decode()
            self.assertIn(f"{storm - rows[0]} records were thinned to keep "
                          "the database below --max-size", said)
        status = self.run_forkdb("status", "--db", self.db, "--format",
                                 "json").stdout
        self.assertEqual(json.loads(status)["thinned"], storm - rows[0])
        self.assertEqual(self.value("PRAGMA integrity_check"), "ok")

    def test_refuses_limits_that_keep_nothing(self):
        for args, reason in [
                (["--keep", "0s"], "--keep 0s: must be above zero"),
                (["--max-size", "1M"], "--max-size 1048576: the minimum is 32M"),
                (["--keep", "x"], "--keep x: write a number and a unit"),
                (["--keep", "30"], "--keep 30: write a number and a unit")]:
            self.fails(2, reason, "record", "--once", "--db", self.db, *args)


if __name__ == "__main__":
    unittest.main()
