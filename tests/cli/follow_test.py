"""forkdb query --follow, beside recorders that record."""

import os
import random
import signal
import subprocess
import time
import unittest

import harness


class Follow(harness.CliTest):
    def setUp(self):
        super().setUp()
        fifo = self.path("fifo")
        os.mkfifo(fifo)
        self.recorder = self.start_recorder(fifo)
        self.pipe = open(fifo, "wb", buffering=0)
        self.addCleanup(self.pipe.close)
        self.pipe.write(harness.HEADER)

    def feed(self, first, last):
        self.pipe.write(harness.lines(first, last))
        self.wait_for_rows(last)

    def follow(self, *args, columns="seq", form="csv", db=None):
        return self.start("query", "--follow", "--db", db or self.db,
                          "--columns", columns, "--format", form, *args)

    def read(self, process, rows):
        """So many lines, as they come."""
        return [process.stdout.readline().decode().rstrip("\n")
                for _ in range(rows)]

    def expect(self, process, *rows):
        self.assertEqual(self.read(process, len(rows)), [*map(str, rows)])

    def test_begins_with_the_newest_and_goes_on(self):
        self.feed(1, 15)
        process = self.follow()
        self.expect(process, "seq", *range(6, 16))
        for seq in range(16, 20):
            self.feed(seq, seq)
            self.expect(process, seq)
        self.assertEqual(self.stop(process, signal.SIGINT), (130, b"", b""))

    def test_first_rows_are_as_many_as_asked_for(self):
        self.feed(1, 9)
        for args, first in [(["-n", "0"], 10), (["-n", "2"], 8),
                            (["-n", "50"], 1)]:
            process = self.follow(*args)
            self.expect(process, "seq", *range(first, 10))
            self.assertEqual(self.stop(process), (130, b"", b""))

    def test_every_format_has_one_heading(self):
        self.feed(1, 2)
        followers = {form: self.follow(columns="seq,comm", form=form)
                     for form in ["table", "csv", "tsv", "json"]}
        json = ['{"seq":%d,"comm":"sh"}' % seq for seq in [1, 2, 3]]
        self.expect(followers["table"], "seq  comm", "  1  sh", "  2  sh")
        self.expect(followers["csv"], "seq,comm", "1,sh", "2,sh")
        self.expect(followers["tsv"], "seq\tcomm", "1\tsh", "2\tsh")
        self.expect(followers["json"], *json[:2])
        self.feed(3, 3)
        self.expect(followers["table"], "  3  sh")
        self.expect(followers["csv"], "3,sh")
        self.expect(followers["tsv"], "3\tsh")
        self.expect(followers["json"], json[2])
        for process in followers.values():
            self.assertEqual(self.stop(process), (130, b"", b""))

    def test_filters_what_comes(self):
        self.feed(1, 5)
        process = self.follow("--failed", "seq % 2 = 0")
        self.expect(process, "seq")
        self.pipe.write(harness.line(6, error=11) + harness.line(7, error=11) +
                        harness.line(8) + harness.line(10, error=12))
        self.expect(process, 6, 10)
        code, out, err = self.stop(process)
        self.assertEqual((code, out), (130, b""))
        self.assertIn(b"1 record is missing after the cursor", err)

    def test_shows_each_record_once_also_late_ones(self):
        self.feed(1, 1)
        process = self.follow()
        self.expect(process, "seq", 1)
        order = list(range(2, 3001))
        chance = random.Random(7)
        for at in range(0, len(order) - 10, 3):
            other = at + chance.randrange(8)
            order[at], order[other] = order[other], order[at]
        for at in range(0, len(order), 11):
            self.pipe.write(b"".join(map(harness.line, order[at:at + 11])))
        shown = [int(row) for row in self.read(process, len(order))]
        self.assertEqual(sorted(shown), list(range(2, 3001)))
        self.assertEqual(self.stop(process)[:2], (130, b""))

    def test_sleeps_while_nothing_is_recorded(self):
        self.feed(1, 1)
        process = self.follow()
        self.expect(process, "seq", 1)

        def switches():
            with open(f"/proc/{process.pid}/status", encoding="ascii") as file:
                return [line for line in file if "ctxt_switches" in line]

        def slept():
            before = switches()
            time.sleep(2)
            return before == switches()

        harness.wait_until(slept, "a sleep of two seconds")
        self.feed(2, 2)
        self.expect(process, 2)

    def test_outlives_the_database(self):
        self.feed(1, 3)
        process = self.follow()
        self.expect(process, "seq", 1, 2, 3)
        self.assertEqual(self.stop(self.recorder)[0], 0)
        for suffix in ["-wal", "-shm", ""]:
            os.rename(self.db + suffix, self.path("aside" + suffix))
        # A write that is nobody's, for it to look and find nothing there.
        self.write("fork.db-wal", b"")
        said = process.stderr.readline()
        self.assertIn(b"No such file or directory", said)
        self.assertTrue(said.endswith(b": will retry\n"), said)
        os.unlink(self.db + "-wal")
        self.record(harness.HEADER + harness.lines(2, 5))
        # Another source, so another stream: all of it is new.
        self.expect(process, 2, 3, 4, 5)
        self.assertEqual(self.stop(process)[:2], (130, b""))

    def test_goes_on_where_a_new_database_does(self):
        self.feed(1, 3)
        process = self.follow()
        self.expect(process, "seq", 1, 2, 3)
        self.assertEqual(self.stop(self.recorder)[0], 0)
        for suffix in ["-wal", "-shm", ""]:
            os.rename(self.db + suffix, self.path("aside" + suffix))
        recorder = self.start_recorder(self.path("fifo"))
        self.pipe.write(harness.HEADER + harness.lines(2, 5))
        self.expect(process, 4, 5)
        self.assertEqual(self.stop(process)[:2], (130, b""))
        self.assertEqual(self.stop(recorder)[0], 0)

    def test_ends_with_the_reader_of_its_output(self):
        self.feed(1, 9)
        result = subprocess.run(
            f"{harness.FORKDB} query -f --db {self.db} --columns seq "
            "--format json | head -n 1; echo ${PIPESTATUS[0]}", shell=True,
            executable="/bin/bash", stdout=subprocess.PIPE, check=True,
            timeout=harness.PATIENCE)
        self.assertIn(result.stdout, [b'{"seq":1}\n0\n', b'{"seq":1}\n141\n'])

    def test_keeps_a_cursor(self):
        self.feed(1, 3)
        args = ["--cursor-file", self.path("cursor"), "--show-cursor"]
        process = self.follow(*args)
        self.expect(process, "seq", 1, 2, 3)
        self.feed(4, 5)
        self.expect(process, 4, 5)
        code, out, err = self.stop(process, signal.SIGINT)
        self.assertEqual((code, out), (130, b""))
        self.assertRegex(err.decode(), r"\A-- cursor: \S+\n\Z")
        self.feed(6, 20)
        process = self.follow(*args)
        self.expect(process, "seq", *range(6, 21))

    def test_that_is_killed_keeps_its_cursor(self):
        self.feed(1, 3)
        path = self.path("cursor")
        args = ["--cursor-file", path]
        process = self.follow(*args)
        self.expect(process, "seq", 1, 2, 3)
        harness.wait_until(lambda: os.path.exists(path), "the cursor")
        for seq in [4, 5]:
            with open(path, "rb") as file:
                before = file.read()
            self.feed(seq, seq)
            self.expect(process, seq)

            def moved(old=before):
                with open(path, "rb") as file:
                    return file.read() != old

            harness.wait_until(moved, "a new cursor")
        process.kill()
        process.wait()
        self.feed(6, 8)
        process = self.follow(*args)
        self.expect(process, "seq", 6, 7, 8)
        self.assertEqual(os.listdir(self.dir).count("cursor"), 1)
        self.assertFalse([name for name in os.listdir(self.dir)
                          if name.startswith(".cursor")])

    def test_says_how_many_a_limit_leaves_out_after_a_cursor(self):
        self.feed(1, 3)
        path = self.path("cursor")
        self.ok("query", "--db", self.db, "--cursor-file", path)
        self.feed(4, 9)
        process = self.follow("--cursor-file", path, "-n", "2")
        self.expect(process, "seq", 8, 9)
        self.assertEqual(self.stop(process), (
            130, b"", b"forkdb: 4 older records after the cursor are not shown: leave "
            b"out -n to see all\n"))

    def test_follows_several_databases(self):
        self.feed(1, 1)
        other = self.path("other.db")
        self.write("source.txt", harness.HEADER + harness.lines(1, 1))
        self.ok("record", "--source", self.source, "--db", other, "--once")
        process = self.follow("--db", other, "-n", "0", columns="pid,seq")
        self.expect(process, "host,pid,seq")
        self.feed(2, 2)
        first = self.read(process, 1)[0].split(",")
        self.assertEqual(first[1:], ["100", "2"])
        self.write("source.txt", harness.HEADER + harness.lines(1, 3))
        self.ok("record", "--source", self.source, "--db", other, "--once")
        rows = [row.split(",")[1:] for row in self.read(process, 2)]
        self.assertEqual(rows, [["100", "2"], ["100", "3"]])

    def test_ends_while_it_still_looks_for_the_first_rows(self):
        self.feed(1, 1)
        process = self.follow(
            "(WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) "
            "SELECT count(*) FROM c) > 0")

        def reads():
            with open(f"/proc/{process.pid}/stat", encoding="ascii") as file:
                return int(file.read().split()[13]) > 20  # ticks

        harness.wait_until(reads, "a long look")
        self.assertEqual(self.stop(process, signal.SIGINT)[0], 130)

    def test_cannot_be_asked_for_what_has_an_end(self):
        self.feed(1, 1)
        for args in [["--count"], ["--group-by", "comm"], ["--burst", "5/1"],
                     ["--until", "now"], ["--order", "pid"], ["-r"],
                     ["--explain"], ["--sql", "SELECT 1"]]:
            self.fails(2, "excludes", "query", "-f", "--db", self.db, *args)
        self.fails(1, "cannot open database", "query", "-f", "--db",
                   self.path("none.db"))


if __name__ == "__main__":
    unittest.main()
