"""forkdb stats from the command line."""

import csv
import io
import json
import unittest

import harness

NEWPID = 0x20000000
THREAD = 0x3d0f00
WINDOW = ["--since", "2025-11-24 16:00 UTC", "--until",
          "2025-11-24T16:00:01.999999999Z"]

TABLE = """\
2025-11-24T16:00:00Z to 2025-11-24T16:00:01.999999999Z: 1999 records, 999.50 per second

records  share    calls
   1999  100.0 %  all
      9  0.5 %    failed
     99  5.0 %    threads
   1891  94.6 %   processes

time                      records
2025-11-24T16:00:00Z           99  ███████████████████████████████████████▋
2025-11-24T16:00:00.100Z      100  ████████████████████████████████████████
"""

COMPARED = """\
2025-11-24T16:00:01Z to 2025-11-24T16:00:01.999999999Z: 1000 records, 1000.00 per second
before: 2025-11-24T16:00:00Z to 2025-11-24T16:00:00.999999999Z

records  before  change  share    calls
   1000     999  +0 %    100.0 %  all
      9       0  new     0.9 %    failed
      0      99  -100 %  0.0 %    threads
    991     900  +10 %   99.1 %   processes
"""

LISTS = """\
records  before  change  share   username
    991     999  -1 %    99.1 %  root
      9       0  new     0.9 %   4000000001

records  before  change  share   comm
    981     999  -2 %    98.1 %  sh
     10       0  new     1.0 %   unshare
      9       0  new     0.9 %   \\033[31m

records  before  change  share   flags
    990     900  +10 %   99.0 %  CLONE_CHILD_CLEARTID|CLONE_CHILD_SETTID
     10       0  new     1.0 %   CLONE_NEWPID

records  before  change  share  errno
      9       0  new     0.9 %  EAGAIN

records  before  change  share  created
     10       0  new     1.0 %  CLONE_NEWPID

records  before  change  share   pid  comm
    990     999  -1 %    99.0 %  100  sh
     10       0  new     1.0 %   200  unshare

records  share    second
   1000  100.0 %  2025-11-24T16:00:01Z
"""


class Stats(harness.CliTest):
    def setUp(self):
        super().setUp()
        lines = [harness.line(seq, flags=THREAD if seq % 10 == 0 else 0x1200000)
                 for seq in range(1, 1000)]
        lines += [harness.line(seq, comm=b"unshare", flags=NEWPID, pid=200)
                  if seq < 1010 else
                  harness.line(seq, comm=b"\x1b[31m", uid=4_000_000_001, error=11)
                  if seq < 1019 else harness.line(seq)
                  for seq in range(1000, 2000)]
        self.record(harness.HEADER + b"".join(lines))

    def stats(self, *args):
        return self.ok("stats", "--db", self.db, *args).decode()

    def test_are_readable(self):
        text = self.stats(*WINDOW)
        self.assertEqual(text[:len(TABLE)], TABLE)
        self.assertEqual(text.count("█\n"), 19)

    def test_compare_stands_beside_the_window_before(self):
        text = self.stats("--since", "2025-11-24T16:00:01Z", *WINDOW[2:],
                          "--compare")
        self.assertEqual(text[:len(COMPARED)], COMPARED)
        self.assertEqual(text[text.index("records  before  change  share   user"):],
                         LISTS)

    def test_filters_are_those_of_query(self):
        for filters in [["--comm", "unshare"], ["--failed"], ["--uid", "0"],
                        ["pid = 200 AND seq > 1004"], ["--flag", "NEWPID"],
                        ["--errno", "EAGAIN"], ["--boot", "0"], WINDOW]:
            rows = self.ok("query", "--db", self.db, "--columns", "id",
                           "--format", "tsv", *filters).count(b"\n") - 1
            answer = self.stats("--format", "json", *filters).splitlines()
            self.assertEqual(json.loads(answer[0])["records"], rows, filters)

    def test_every_format_says_the_same(self):
        rows = [[row["section"], row["name"], row["pid"], row["records"]]
                for row in map(json.loads,
                               self.stats("--format", "json").splitlines())]
        self.assertIn(["commands", "\x1b[31m", None, 9], rows)
        self.assertIn(["callers", "unshare", 200, 10], rows)
        answer = csv.reader(io.StringIO(self.stats("--format", "csv")))
        self.assertEqual(next(answer), ["section", "name", "pid", "records"])
        self.assertEqual(list(answer), [
            [section, name.replace("\x1b", "\\033"),
             "" if pid is None else str(pid), str(records)]
            for section, name, pid, records in rows])

    def test_tell_what_is_missing(self):
        self.record(harness.HEADER + harness.lines(2005, 2006), "--boot-id",
                    "other")  # what was before the first is no gap here
        self.record(harness.HEADER + harness.lines(2010, 2011), "--boot-id",
                    "other")
        result = self.run_forkdb("stats", "--db", self.db, "--boot", "other")
        self.assertEqual((result.returncode, result.stderr), (
            0, b"forkdb: 3 records are missing (1 gap, after "
            b"2025-11-24T16:00:02.006000000Z, before "
            b"2025-11-24T16:00:02.010000000Z): the counts may be too "
            b"low\n"))

    def test_of_nothing_are_zero(self):
        text = self.stats("--since", "2026-01-01 UTC", "--until",
                          "2026-01-02 UTC")
        self.assertIn(": 0 records, 0.00 per second\n", text)
        self.assertNotIn("username", text)

    def test_mistakes_are_refused(self):
        for args, reason in [
                (["--compare"], "--compare compares with the time before --since"),
                (["--top", "0"], "--top: "),
                (["--since", "never"], "time 'never': not a time"),
                (["--since", "2025-01-02", "--until", "2025-01-01"],
                 "is after --until"),
                (["nope = 1"], "SQL: no such column: nope"),
                (["--flag", "X"], "no flag 'X'"),
                (["--format", "2"], "--format 2: no such format")]:
            self.fails(2, reason, "stats", "--db", self.db, *args)

    def test_what_needs_every_record_is_left_out_of_many(self):
        self.record(harness.HEADER + harness.lines(1, 1_010_000))
        args = ["stats", "--db", self.db, "--format", "tsv"]
        result = self.run_forkdb(*args)
        self.assertEqual(result.returncode, 0)
        self.assertIn(b"--deep", result.stderr)
        self.assertNotIn(b"callers", result.stdout)
        deep = self.run_forkdb(*args, "--deep")
        self.assertEqual(deep.stderr, b"")
        self.assertTrue(deep.stdout.startswith(result.stdout))
        self.assertIn(b"\nseconds\t", deep.stdout)


if __name__ == "__main__":
    unittest.main()
