"""forkdb query --cursor-file, --after-cursor and --show-cursor."""

import csv
import json
import os
import random
import threading
import unittest

import harness


class Cursor(harness.CliTest):
    def query(self, *args, **options):
        answer = self.ok("query", "--db", self.db, "--format", "csv", "--columns",
                         "seq", *args, **options).decode().split()[1:]
        return [row.split(",")[-1] for row in answer]

    def seqs(self, *args):
        return [int(seq) for seq in self.query(*args)]

    def new(self):
        return self.seqs("--cursor-file", "cursor")

    def cursor(self):
        result = self.run_forkdb("query", "--db", self.db, "-n", "0",
                                 "--show-cursor")
        label, cursor = result.stderr.decode().splitlines()[-1].split(": ")
        self.assertEqual(label, "-- cursor")
        return cursor

    def test_loop_beside_a_recorder_shows_each_record_once(self):
        fifo = self.path("fifo")
        os.mkfifo(fifo)
        recorder = self.start_recorder(fifo)
        order = list(range(1, 4001))
        for at in range(0, len(order) - 10, 3):  # some arrive late
            other = at + random.Random(at).randrange(8)
            order[at], order[other] = order[other], order[at]

        def feed():
            with open(fifo, "wb", buffering=0) as pipe:
                pipe.write(harness.HEADER)
                for at in range(0, len(order), 7):
                    pipe.write(b"".join(map(harness.line, order[at:at + 7])))
                    # So that there is something new more than once.
                    if at % (7 * 20) == 0:
                        self.wait_for_rows(at + 1)

        feeder = threading.Thread(target=feed)
        feeder.start()
        shown = []
        answers = 0
        harness.wait_until(lambda: os.path.exists(self.db), "the database")
        while len(shown) < len(order):
            seqs = self.new()
            answers += bool(seqs)
            shown += seqs
            self.assertEqual(len(shown), len(set(shown)))
        feeder.join()
        self.assertEqual(self.new(), [])
        self.assertEqual(sorted(shown), sorted(order))
        self.assertGreater(answers, 2)
        self.assertEqual(self.stop(recorder)[0], 0)

    def test_goes_on_in_a_database_that_took_the_place_of_another(self):
        self.record(harness.HEADER + harness.lines(1, 5))
        self.assertEqual(self.new(), [1, 2, 3, 4, 5])
        for suffix in ["", "-wal", "-shm"]:
            if os.path.exists(self.db + suffix):
                os.rename(self.db + suffix, self.path("aside" + suffix))
        self.record(harness.HEADER + harness.lines(3, 7))
        self.assertEqual(self.new(), [6, 7])

    def test_with_a_limit_the_oldest_come_first_and_none_is_skipped(self):
        records = [*range(1, 8), *range(13, 30)]
        self.record(harness.HEADER + b"".join(map(harness.line, records)))
        parts = []
        while not parts or parts[-1]:
            parts.append(self.seqs("--cursor-file", "cursor", "-n", "5"))
            if len(parts) == 3:  # late, before and behind the cursor
                self.record(harness.HEADER + harness.lines(9, 11) +
                            harness.lines(30, 31))
        self.assertEqual(parts[:3], [[1, 2, 3, 4, 5], [6, 7, 13, 14, 15],
                                     [16, 17, 18, 19, 20]])
        self.assertEqual(parts[3], [9, 10, 11, 21, 22])
        self.assertEqual(sorted(sum(parts, [])),
                         [*range(1, 8), *range(9, 12), *range(13, 32)])

    def test_with_a_limit_goes_on_behind_the_last_match(self):
        self.record(harness.HEADER + b"".join(
            harness.line(seq, error=11 if seq % 3 == 0 else 0)
            for seq in range(1, 20)))
        args = ["--failed", "--cursor-file", "cursor", "-n", "2"]
        self.assertEqual([self.seqs(*args) for _ in range(5)],
                         [[3, 6], [9, 12], [15, 18], [], []])
        self.assertEqual(self.new(), [])

    def test_with_a_limit_goes_on_in_several_databases(self):
        self.record(harness.HEADER + harness.lines(1, 9))
        other = self.path("other.db")
        self.write("source.txt", harness.HEADER + b"".join(
            harness.line(seq, time_ns=harness.START_NS + seq * 1_000_000 + 500_000)
            for seq in range(1, 6)))
        self.ok("record", "--source", self.source, "--db", other, "--once",
                "--boot-id", "11111111-2222-3333-4444-555555555555")
        args = ["--db", other, "--cursor-file", "cursor", "-n", "4"]
        self.assertEqual([self.seqs(*args) for _ in range(5)],
                         [[1, 1, 2, 2], [3, 3, 4, 4], [5, 5, 6, 7], [8, 9], []])

    def test_without_records_a_limit_of_0_moves_to_the_end(self):
        self.record(harness.HEADER + harness.lines(1, 9))
        self.assertEqual(self.seqs("--cursor-file", "cursor", "-n", "0"), [])
        self.assertEqual(self.new(), [])

    def test_a_limit_refuses_an_order_that_would_skip(self):
        self.record(harness.HEADER + harness.lines(1, 9))
        for order in [["--reverse"], ["--order", "pid"]]:
            for cursor in [["--cursor-file", "cursor"],
                           ["--after-cursor", self.cursor(), "--show-cursor"]]:
                self.fails(2, order[0] + " with -n and a cursor would skip records",
                           "query", "--db", self.db, "-n", "2", *order, *cursor)

    def test_leaves_stdout_to_the_rows(self):
        self.record(harness.HEADER + harness.lines(1, 3))
        args = ["query", "--db", self.db, "--show-cursor", "--format"]
        rows = [json.loads(line)
                for line in self.ok(*args, "json").splitlines()]
        self.assertEqual([row["seq"] for row in rows], [1, 2, 3])
        rows = list(csv.DictReader(self.ok(*args, "csv").decode().splitlines()))
        self.assertEqual([row["seq"] for row in rows], ["1", "2", "3"])

    def test_goes_with_filters_and_counts(self):
        self.record(harness.HEADER + harness.lines(1, 3))
        cursor = self.cursor()
        self.assertEqual(self.seqs("--after-cursor", cursor), [])
        self.record(harness.HEADER + harness.lines(1, 3) +
                    harness.line(4, error=11) + harness.line(5))
        after = ["--after-cursor", cursor]
        self.assertEqual(self.seqs(*after), [4, 5])
        self.assertEqual(self.seqs(*after, "-r", "-n", "1"), [5])
        self.assertEqual(self.seqs(*after, "--order", "seq DESC"), [5, 4])
        self.assertEqual(self.seqs(*after, "--failed"), [4])
        self.assertEqual(self.seqs(*after, "seq % 2 = 1"), [5])
        self.assertEqual(self.ok("query", "--db", self.db, "--count", *after),
                         b"2\n")
        self.assertEqual(
            self.ok("query", "--db", self.db, "--group-by", "errno", *after,
                    "--format", "csv"), b"errno,records\n,1\nEAGAIN,1\n")

    def test_moves_only_once_the_rows_are_written(self):
        self.record(harness.HEADER + harness.lines(1, 3))
        with open("/dev/full", "wb") as full:
            result = self.run_forkdb("query", "--db", self.db, "--cursor-file",
                                     "cursor", stdout=full)
        self.assertEqual(result.returncode, 1)
        self.assertEqual(os.path.exists(self.path("cursor")), False)
        self.assertEqual(self.new(), [1, 2, 3])

    def test_keeps_the_mode_of_its_file(self):
        self.record(harness.HEADER + harness.lines(1, 3))
        self.new()
        os.chmod(self.path("cursor"), 0o600)
        self.new()
        self.assertEqual(os.stat(self.path("cursor")).st_mode & 0o777, 0o600)

    def test_tells_what_was_pruned_or_lost_meanwhile(self):
        self.record(harness.HEADER + harness.lines(1, 10))
        self.new()
        self.record(harness.HEADER + harness.lines(21, 9000))
        self.ok("prune", "--db", self.db, "--before", "2025-11-24 16:00:06 UTC")
        first = self.value("SELECT min(seq) FROM forks")
        self.assertGreater(first, 4000)
        result = self.run_forkdb("query", "--db", self.db, "--cursor-file",
                                 "cursor", "--count")
        self.assertEqual(result.stdout, b"%d\n" % (9000 - first + 1))
        self.assertIn(b"forkdb: after the cursor, up to %d records were pruned"
                      % (first - 1 - 10), result.stderr)
        self.record(harness.HEADER + harness.lines(9003, 9004))
        result = self.run_forkdb("query", "--db", self.db, "--cursor-file",
                                 "cursor", "--count")
        self.assertEqual(result.stdout, b"2\n")
        self.assertIn(b"forkdb: 2 records are missing after the cursor",
                      result.stderr)

    def test_bad_cursors_are_named(self):
        self.record(harness.HEADER + harness.lines(1, 3))
        cursor = self.cursor()
        for bad in ["", "x", cursor[:-1], cursor[1:], "\x1b[31m", "s=1;i=2"]:
            self.fails(2, "not a complete cursor of --show-cursor", "query", "--db",
                       self.db, "--after-cursor", bad)
        self.write("bad", b"\x00\x01")
        self.fails(2, "--cursor-file: bad: cursor", "query", "--db", self.db,
                   "--cursor-file", "bad")
        self.write("cursor", b"")
        os.symlink("cursor", self.path("link"))
        os.symlink("nowhere", self.path("dangling"))
        os.mkfifo(self.path("fifo"))
        for name in ["link", "dangling"]:
            self.fails(1, "is a symbolic link", "query", "--db", self.db,
                       "--cursor-file", name)
        for name in ["fifo", ".", "/dev/zero"]:
            self.fails(1, "not a cursor file", "query", "--db", self.db,
                       "--cursor-file", name)
        self.fails(1, "cannot write", "query", "--db", self.db, "--cursor-file",
                   "no/such/directory")
        self.assertEqual(self.new(), [1, 2, 3])

    def test_is_not_for_what_is_decided_later(self):
        for args in [["--burst", "5/1"], ["--until", "now"],
                     ["--sql", "SELECT 1"]]:
            self.fails(2, "excludes", "query", "--db", self.db, "--cursor-file",
                       "cursor", *args)


if __name__ == "__main__":
    unittest.main()
