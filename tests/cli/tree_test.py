"""forkdb tree from the command line."""

import contextlib
import json
import sqlite3
import unittest

import harness


def made(seq, child, caller, comm, flags=0, error=0, ns_pid=None):
    """Process caller makes process child; both start at their pid."""
    if error:
        family = b"%d 0 0 0 0 0" % -error
    else:
        family = b"%d %d %d 4026531836 %d 4026531837" % (
            child, child, child, child if ns_pid is None else ns_pid)
    return b"%d %d 0x%x 17 0 %d %d 1 %d 4026531836 4026531837 %s %s\n" % (
        seq, harness.START_NS + seq * 1_000_000, flags, caller, caller, caller,
        family, harness.escape(comm))


FAMILY = b"".join([
    made(1, 20, 10, b"sshd"),
    made(2, 30, 20, b"\x1b[31m"),
    made(3, 31, 30, b"make", flags=0x4100),
    made(4, 32, 30, b"make", flags=0x20000000, ns_pid=1),
    made(5, 33, 31, b"cc", flags=0x10000),
    made(6, 34, 31, b"cc", error=11),
    made(7, 35, 20, b"\x1b[31m"),
    made(8, 36, 30, b"make"),
])

TREE = """\
10 sshd [started before recording began]
└─ 20 \\033[31m  root 2025-11-24T16:00:00.001000000Z fork
   └─ 30 make  root 2025-11-24T16:00:00.002000000Z fork  <--
      ├─ 31 cc  root 2025-11-24T16:00:00.003000000Z vfork, 1 thread
      ├─ 32 (1 in its namespace) (make)  root 2025-11-24T16:00:00.004000000Z namespace
      └─ 36 (make)  root 2025-11-24T16:00:00.008000000Z fork
"""

ALIVE = """\
1 systemd  root 2025-11-24T15:59:00.00Z [already running when recording began (from /proc)]  <--
├─ 10 bash  alice 2025-11-24T15:59:00.00Z [already running when recording began (from /proc)]
│  └─ 20 \\033[31m  root 2025-11-24T16:00:00.001000000Z fork, 2 more below
└─ 9 (1 in its namespace) \\377  alice 2025-11-24T15:59:00.01Z [already running when recording began (from /proc)]
"""

FROM_INIT = """\
1 systemd  root 2025-11-24T15:59:00.00Z [already running when recording began (from /proc)]
└─ 10 bash  alice 2025-11-24T15:59:00.00Z [already running when recording began (from /proc)]
   └─ 20 \\033[31m  root 2025-11-24T16:00:00.001000000Z fork
      └─ 30 make  root 2025-11-24T16:00:00.002000000Z fork  <--
"""

WHOLE = """\
20 \\033[31m  root 2025-11-24T16:00:00.001000000Z fork  <--
|- 30 make  root 2025-11-24T16:00:00.002000000Z fork
|  |- 31 cc  root 2025-11-24T16:00:00.003000000Z vfork
|  |  |- 33 (cc)  root 2025-11-24T16:00:00.005000000Z thread
|  |  `- - (cc)  root 2025-11-24T16:00:00.006000000Z fork, EAGAIN
|  |- 32 (1 in its namespace) (make)  root 2025-11-24T16:00:00.004000000Z namespace
|  `- 36 (make)  root 2025-11-24T16:00:00.008000000Z fork
`- 35 (\\033[31m)  root 2025-11-24T16:00:00.007000000Z fork
"""


class Tree(harness.CliTest):
    def setUp(self):
        super().setUp()
        self.record(harness.HEADER + FAMILY)

    def tree(self, *args):
        return self.ok("tree", "--db", self.db, *args).decode()

    def test_is_drawn(self):
        self.assertEqual(self.tree("30"), TREE)
        self.assertEqual(self.tree("1000000000002"), TREE)
        self.assertEqual(self.tree("30", "--up", "--down"), TREE)
        self.assertEqual(self.tree("30", "--up"),
                         "".join(TREE.splitlines(keepends=True)[:3]))

    def note_alive(self):
        with contextlib.closing(sqlite3.connect(self.db)) as database:
            database.executescript("""
                UPDATE boots SET boot_ns = 1763999940000000000;
                INSERT INTO alive VALUES
                    (1, 1, 0, 1, 0, NULL, 0, 'root', 'systemd', NULL, 0),
                    (2, 1, 0, 10, 1, 1, 1000, 'alice', 'bash', NULL, 0),
                    (3, 1, 1, 9, 1, 1, 1000, 'alice', x'ff', 1, 0);""")

    def test_goes_through_what_was_alive_before(self):
        self.note_alive()
        self.assertEqual(self.tree("1", "--depth", "2"), ALIVE)
        self.assertEqual(self.tree("30", "--up"), FROM_INIT)
        query = ("query", "--db", self.db, "--under", "1", "--columns", "seq")
        self.assertEqual(self.ok(*query, "--format", "tsv"),
                         b"seq\n1\n2\n3\n4\n5\n6\n7\n8\n")
        self.assertEqual(self.sql(self.ok(*query, "--print-sql").decode()),
                         [(seq,) for seq in range(1, 9)])
        rows = [json.loads(row) for row in
                self.tree("9", "--format", "json").splitlines()]
        self.assertEqual(
            [(row["depth"], row["id"], row["pid"], row["ns_pid"], row["comm"])
             for row in rows],
            [(-1, None, 1, None, "systemd"), (0, None, 9, 1, [255])])

    def test_whole_with_ascii(self):
        self.assertEqual(
            self.tree("20", "--down", "--threads", "--failed", "--ascii"), WHOLE)

    def test_what_is_left_out_is_counted(self):
        text = self.tree("30", "--down", "--limit", "1").splitlines()
        self.assertEqual(len(text), 2)
        self.assertTrue(text[0].endswith("fork, 2 more below  <--"), text)
        text = self.tree("20", "--depth", "1").splitlines()
        self.assertTrue(text[2].endswith("fork, 3 more below"), text)

    def test_json_has_the_same_nodes(self):
        rows = [json.loads(row)
                for row in self.tree("30", "--format", "json").splitlines()]
        self.assertEqual([(row["depth"], row["pid"], row["comm"])
                          for row in rows],
                         [(-2, 10, "sshd"), (-1, 20, "\x1b[31m"),
                          (0, 30, "make"), (1, 31, "cc"), (1, 32, "make"),
                          (1, 36, "make")])
        self.assertEqual(rows[0]["id"], None)
        self.assertEqual((rows[4]["id"], rows[4]["caller_id"],
                          rows[4]["ns_pid"], rows[4]["own_comm"]),
                         (1000000000004, 1000000000002, 1, 0))

    def test_a_pid_is_the_newest_that_had_it(self):
        self.record(harness.HEADER + made(5000, 30, 1, b"init"), "--boot-id",
                    "other")
        self.assertIn(" init ", self.tree("30", "--up"))
        self.assertEqual(self.tree("30", "--boot", "-1"), TREE)

    def test_under_is_what_stands_below(self):
        answer = self.ok("query", "--db", self.db, "--under", "30", "--columns",
                         "seq", "--format", "tsv")
        self.assertEqual(answer, b"seq\n3\n4\n5\n6\n8\n")

    def test_under_knows_who_was_there_before(self):
        answer = self.ok("query", "--db", self.db, "--under", "10", "--columns",
                         "seq", "--format", "tsv")
        self.assertEqual(answer, b"seq\n1\n2\n3\n4\n5\n6\n7\n8\n")

    def test_mistakes_are_refused(self):
        for args, reason in [
                ([], "process is required"), (["x"], "process: "),
                (["0"], "process: "), (["30", "--depth", "-1"], "--depth: "),
                (["10"], "process 10 started before recording began"),
                (["33"], "process 33 started before recording began"),
                (["1000000000099"], "record 1000000000099: not in the database"),
                (["30", "--format", "tree"], "--format tree: no such format")]:
            self.fails(2, reason, "tree", "--db", self.db, *args)


if __name__ == "__main__":
    unittest.main()
