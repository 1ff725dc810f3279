"""forkdb query with several --db."""

import csv
import json
import sqlite3
import unittest

import harness


class Several(harness.CliTest):
    def make(self, name, seqs, host=None, machine=None):
        """A database of these records, from that host."""
        source = self.write(name + ".txt", harness.HEADER + b"".join(
            harness.line(seq, comm=name.encode(), error=11 * (seq % 5 == 0))
            for seq in seqs))
        path = self.path(name + ".db")
        self.ok("record", "--once", "--source", source, "--db", path)
        database = sqlite3.connect(path)
        database.execute("UPDATE boots SET host = ?, machine_id = ?",
                         (host, machine))
        database.commit()
        database.close()
        return path

    def setUp(self):
        super().setUp()
        self.even = self.make("even", range(2, 101, 2), "web1", "a" * 32)
        self.odd = self.make("odd", range(1, 100, 2), "web2", "b" * 32)

    def query(self, *args):
        return self.ok("query", "--db", self.even, "--db", self.odd, *args)

    def rows(self, *args):
        answer = self.query("--columns", "comm,seq", "--format", "csv", *args)
        rows = list(csv.DictReader(answer.decode().splitlines()))
        for row in rows:
            self.assertEqual([row["host"], row["comm"]],
                             ["web2", "odd"] if int(row["seq"]) % 2
                             else ["web1", "even"])
        return [int(row["seq"]) for row in rows]

    def test_rows_are_in_the_order_of_time(self):
        every = list(range(1, 101))
        self.assertEqual(self.rows(), every)
        self.assertEqual(self.rows("-r"), every[::-1])

    def test_a_limit_keeps_the_newest_of_all(self):
        every = list(range(1, 101))
        for limit in [0, 1, 2, 7, 100, 1000]:
            self.assertEqual(self.rows("-n", str(limit)),
                             every[-limit:] if limit else [])
            self.assertEqual(self.rows("-r", "-n", str(limit)),
                             every[::-1][:limit])
        self.assertEqual(self.rows("-n", "3", "comm = 'odd'"), [95, 97, 99])
        self.assertEqual(self.rows("-n", "3", "--failed"), [90, 95, 100])

    def test_every_format_has_the_host_in_front(self):
        args = ["-n", "1", "--columns", "seq,errno"]
        self.assertEqual(self.query(*args, "--format", "json"),
                         b'{"host":"web1","seq":100,"errno":"EAGAIN"}\n')
        self.assertEqual(self.query(*args, "--format", "tsv"),
                         b"host\tseq\terrno\nweb1\t100\tEAGAIN\n")
        self.assertEqual(self.query(*args),
                         b"host  seq  errno\nweb1  100  EAGAIN\n")
        one = self.ok("query", "--db", self.even, "-n", "1", "--format", "json")
        self.assertNotIn("host", json.loads(one))

    def test_counts_are_of_all(self):
        self.assertEqual(self.query("--count"), b"100\n")
        self.assertEqual(self.query("--count", "--failed"), b"20\n")
        self.assertEqual(
            self.query("--group-by", "errno", "--format", "csv"),
            b"errno,records\n,80\nEAGAIN,20\n")
        explained = self.run_forkdb("query", "--db", self.even, "--db",
                                    self.odd, "--explain", "--count")
        self.assertIn(b"EAGAIN (20 calls)", explained.stderr)
        explained = self.run_forkdb("query", "--db", self.even, "--db",
                                    self.odd, "--explain", "-n", "6")
        self.assertIn(b"EAGAIN (2 calls)", explained.stderr)

    def test_hosts_of_one_name_are_told_apart(self):
        def hosts(*paths):
            args = [word for path in paths for word in ["--db", path]]
            answer = self.ok("query", *args, "--columns", "comm", "--format",
                             "csv").decode()
            return {row["comm"]: row["host"]
                    for row in csv.DictReader(answer.splitlines())}

        twin = self.make("twin", [1], "web1", "c" * 32)
        same = self.make("same", [2], "web1", "a" * 32)
        nameless = self.make("nameless", [3])
        self.assertEqual(hosts(self.even, twin), {
            "even": "web1/aaaaaaaa", "twin": "web1/cccccccc"})
        self.assertEqual(hosts(self.even, same), {
            "even": "web1", "same": "web1"})
        self.assertEqual(hosts(self.even, nameless), {
            "even": "web1", "nameless": nameless})
        hostile = self.make("hostile", [4], "=x\x1b[31m", "d" * 32)
        self.assertEqual(hosts(self.even, hostile)["hostile"],
                         "'=x\\033[31m")

    def test_what_is_said_of_a_database_says_of_which(self):
        for args in [[], ["--since", "2030-01-01"]]:
            said = self.run_forkdb("query", "--db", self.even, "--db", self.odd,
                                   *args).stderr.decode()
            for path in [self.even, self.odd]:
                self.assertIn(f"{path}: ", said)

    def test_a_boot_may_be_of_one_of_them(self):
        boot = self.ok("query", "--db", self.odd, "--sql",
                       "SELECT boot_id FROM boots", "--format", "tsv")
        boot = boot.decode().split()[1]
        self.assertEqual(self.rows("--boot", boot), list(range(1, 100, 2)))
        self.assertEqual(self.rows("--boot", "0"), list(range(1, 101)))
        self.fails(2, "no such boot", "query", "--db", self.even, "--db",
                   self.odd, "--boot", "beef")

    def test_a_cursor_is_of_all(self):
        args = ["--cursor-file", self.path("cursor")]
        self.assertEqual(len(self.rows(*args)), 100)
        self.assertEqual(self.rows(*args), [])
        self.write("odd.txt", harness.HEADER + harness.line(101, comm=b"odd"))
        self.ok("record", "--once", "--source", self.path("odd.txt"), "--db",
                self.odd)
        self.assertEqual(self.rows(*args), [101])

    def test_bursts_are_of_each(self):
        self.assertEqual(self.rows("--burst", "50/98ms"), list(range(1, 101)))
        self.assertEqual(self.rows("--burst", "51/1s"), [])

    def test_what_is_of_one_database_is_refused(self):
        two = ["query", "--db", self.even, "--db", self.odd]
        for args in [["--order", "pid"], ["--sql", "SELECT 1"],
                     ["--under", "100"]]:
            self.fails(2, "one --db", *two, *args)
        self.fails(1, "cannot open database", *two, "--db", self.path("no.db"))


if __name__ == "__main__":
    unittest.main()
