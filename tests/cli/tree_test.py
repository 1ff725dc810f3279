"""forkdb tree from the command line."""

import contextlib
import json
import sqlite3
import unittest

import harness


def made(seq, child, caller, comm, flags=0, error=0, ns_pid=None, start=None, uid=0,
         thread=None, ppid=1):
    """Process caller makes process child. Both start at their pid, or the child at start;
    thread is the caller's that calls."""
    if error:
        family = b"%d 0 0 0 0 0" % -error
    else:
        family = b"%d %d %d 4026531836 %d 4026531837" % (
            child, child, child if start is None else start,
            child if ns_pid is None else ns_pid)
    return b"%d %d 0x%x 17 %d %d %d %d %d 4026531836 4026531837 %s %s\n" % (
        seq, harness.START_NS + seq * 1_000_000, flags, uid,
        caller if thread is None else thread, caller, ppid, caller, family,
        harness.escape(comm))


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
1 [parent of 10 at 2025-11-24T16:00:00.001000000Z]
└─ 10 sshd  root as of 2025-11-24T16:00:00.001000000Z [started before recording began]
   └─ 20 \\033[31m  id 1000000000001  root as of 2025-11-24T16:00:00.007000000Z  fork 2025-11-24T16:00:00.001000000Z
      └─ 30 make  id 1000000000002  root as of 2025-11-24T16:00:00.008000000Z  fork 2025-11-24T16:00:00.002000000Z  <--
         ├─ 31 cc  id 1000000000003  root as of 2025-11-24T16:00:00.006000000Z  vfork 2025-11-24T16:00:00.003000000Z, 1 thread
         ├─ 32 (1 in its namespace) (make)  id 1000000000004  root  namespace 2025-11-24T16:00:00.004000000Z
         └─ 36 (make)  id 1000000000008  root  fork 2025-11-24T16:00:00.008000000Z
"""

ALIVE = """\
1 systemd  root as of 2025-11-24T16:00:00.000000000Z  started 2025-11-24T15:59:00.00Z [already running when recording began (from /proc)]  <--
├─ 10 sshd  root as of 2025-11-24T16:00:00.001000000Z  started 2025-11-24T15:59:00.00Z [already running when recording began (from /proc)]
│  └─ 20 \\033[31m  id 1000000000001  root as of 2025-11-24T16:00:00.007000000Z  fork 2025-11-24T16:00:00.001000000Z, 2 more below
└─ 9 (1 in its namespace) \\377  alice as of 2025-11-24T16:00:00.000000000Z  started 2025-11-24T15:59:00.01Z [already running when recording began (from /proc)]
"""

FROM_INIT = """\
1 systemd  root as of 2025-11-24T16:00:00.000000000Z  started 2025-11-24T15:59:00.00Z [already running when recording began (from /proc)]
└─ 10 sshd  root as of 2025-11-24T16:00:00.001000000Z  started 2025-11-24T15:59:00.00Z [already running when recording began (from /proc)]
   └─ 20 \\033[31m  id 1000000000001  root as of 2025-11-24T16:00:00.007000000Z  fork 2025-11-24T16:00:00.001000000Z
      └─ 30 make  id 1000000000002  root as of 2025-11-24T16:00:00.008000000Z  fork 2025-11-24T16:00:00.002000000Z  <--
"""

WHOLE = """\
20 \\033[31m  id 1000000000001  root as of 2025-11-24T16:00:00.007000000Z  fork 2025-11-24T16:00:00.001000000Z  <--
|- 30 make  id 1000000000002  root as of 2025-11-24T16:00:00.008000000Z  fork 2025-11-24T16:00:00.002000000Z
|  |- 31 cc  id 1000000000003  root as of 2025-11-24T16:00:00.006000000Z  vfork 2025-11-24T16:00:00.003000000Z
|  |  |- 33 (cc)  id 1000000000005  root  thread 2025-11-24T16:00:00.005000000Z
|  |  `- - (cc)  id 1000000000006  root  fork 2025-11-24T16:00:00.006000000Z, EAGAIN
|  |- 32 (1 in its namespace) (make)  id 1000000000004  root  namespace 2025-11-24T16:00:00.004000000Z
|  `- 36 (make)  id 1000000000008  root  fork 2025-11-24T16:00:00.008000000Z
`- 35 (\\033[31m)  id 1000000000007  root  fork 2025-11-24T16:00:00.007000000Z
"""


REUSED = """\
forkdb: 3 processes had pid 36: the newest is taken; choose another by its id or with --at TIME:
  2025-11-24T16:00:00.010000000Z  36 (cron)  id 1000000000010  root
  2025-11-24T16:00:00.009000000Z  36 (sudo)  id 1000000000009  root
  2025-11-24T16:00:00.008000000Z  36 (make)  id 1000000000008  root
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
                         "".join(TREE.splitlines(keepends=True)[:4]))

    def note_alive(self):
        with contextlib.closing(sqlite3.connect(self.db)) as database:
            database.executescript("""
                UPDATE boots SET boot_ns = 1763999940000000000;
                INSERT INTO alive VALUES
                    (1, 1, 0, 1, 0, NULL, 0, 'root', 'systemd', NULL, {0}),
                    (2, 1, 0, 10, 1, 1, 1000, 'alice', 'bash', NULL, {0}),
                    (3, 1, 1, 9, 1, 1, 1000, 'alice', x'ff', 1, {0});""".format(
                        harness.START_NS))

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
        self.assertTrue(text[0].endswith("00Z, 2 more below  <--"), text)
        text = self.tree("20", "--depth", "1").splitlines()
        self.assertTrue(text[2].endswith("00Z, 3 more below"), text)

    def test_json_has_the_same_nodes(self):
        rows = [json.loads(row)
                for row in self.tree("30", "--format", "json").splitlines()]
        self.assertEqual([(row["depth"], row["pid"], row["comm"])
                          for row in rows],
                         [(-3, 1, None), (-2, 10, "sshd"), (-1, 20, "\x1b[31m"),
                          (0, 30, "make"), (1, 31, "cc"), (1, 32, "make"),
                          (1, 36, "make")])
        self.assertEqual(rows[0]["id"], None)
        self.assertEqual(rows[1]["as_of"], "2025-11-24T16:00:00.001000000Z")
        self.assertEqual((rows[5]["id"], rows[5]["caller_id"],
                          rows[5]["ns_pid"], rows[5]["own_comm"]),
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

    def tells(self, *args):
        """What a tree says on stderr, and its root's line."""
        result = self.run_forkdb("tree", "--db", self.db, *args)
        self.assertEqual(result.returncode, 0, result)
        root = [line for line in result.stdout.decode().splitlines() if "<--" in line]
        return result.stderr.decode(), root[0]

    def test_a_reused_pid_is_told(self):
        self.record(harness.HEADER + made(9, 36, 20, b"sudo", start=2000) +
                    made(10, 36, 20, b"cron", start=2100))
        told, root = self.tells("36")
        self.assertEqual(told, REUSED)
        self.assertIn("36 (cron)  id 1000000000010", root)
        at = ("--at", "2025-11-24T16:00:00.0095Z")
        told, root = self.tells("36", *at)
        self.assertEqual(told, "")
        self.assertIn("36 (sudo)  id 1000000000009", root)
        told, root = self.tells("36", "--until", at[1])
        self.assertIn("2 processes had pid 36 in this time: the newest is taken", told)
        self.assertIn("36 (sudo)  id 1000000000009", root)
        for then in [("--at", "2025-11-24T15:00Z"), ("--until", "2025-11-24T15:00Z")]:
            self.fails_and_lists("no process had pid 36 then", "36", *then)
        self.assertEqual(self.tells("1000000000008")[0], "")

    def fails_and_lists(self, reason, *args):
        result = self.run_forkdb("tree", "--db", self.db, *args)
        self.assertEqual(result.returncode, 2, result)
        self.assertEqual(result.stdout, b"")
        lines = result.stderr.decode().splitlines()
        self.assertIn(reason, lines[-1])
        return lines[:-1]

    def test_a_time_chooses_who_is_above(self):
        self.record(harness.HEADER + made(9, 30, 20, b"sudo", start=2000) +
                    made(10, 40, 30, b"cat"))
        # The caller of record 10 started at 30: it is the older one.
        query = ("query", "--db", self.db, "--under", "30", "--columns", "seq", "--format", "tsv")
        self.assertEqual(self.ok(*query), b"seq\n")
        self.assertIn(b"2 processes had pid 30: ", self.run_forkdb(*query).stderr)
        family = b"seq\n3\n4\n5\n6\n8\n"
        at = "2025-11-24T16:00:00.0085Z"
        self.assertEqual(self.ok(*query, "--at", at), family + b"10\n")
        result = self.run_forkdb(*query, "--until", at)
        self.assertEqual((result.stdout, result.stderr), (family, b""))
        self.fails(2, "--under", "query", "--db", self.db, "--at", at)

    def test_a_thread_finds_its_record(self):
        told, root = self.tells("33")
        self.assertEqual(told, "")
        self.assertIn("33 (cc)  id 1000000000005  root  thread", root)
        query = ("query", "--db", self.db, "--columns", "seq", "--format", "tsv", "--under")
        for thread in "33", "1000000000005":
            result = self.run_forkdb(*query, thread)
            self.assertEqual(result.stdout, b"seq\n5\n6\n")
            self.assertEqual(result.stderr,
                             f"forkdb: {thread} is a thread of process 31 cc "
                             "(id 1000000000003)\n".encode())
        self.record(harness.HEADER + made(9, 50, 20, b"sh", thread=29))
        told, root = self.tells("29")
        self.assertEqual(told, "forkdb: 29 is a thread of process 20 \\033[31m "
                               "(id 1000000000001)\n")
        self.assertIn("20 \\033[31m  id 1000000000001", root)

    def test_a_caller_that_no_record_made_is_drawn(self):
        told, root = self.tells("10")
        self.assertEqual(told, "")
        self.assertEqual(root, "└─ 10 sshd  root as of 2025-11-24T16:00:00.001000000Z "
                               "[started before recording began]  <--")
        self.assertIn("      ├─ 30 make", self.tree("10"))

    def test_a_parent_that_made_no_call_is_found_by_its_child(self):
        self.record(harness.HEADER + made(9, 50, 49, b"sh", ppid=48))
        told, root = self.tells("48")
        self.assertIn("process 48 is known only as a parent, last of process 49 sh", told)
        self.assertIn("49 sh", root)
        self.assertIn("48 [parent of 49 at ", self.tree("48"))

    def test_a_name_finds_its_process(self):
        told, root = self.tells("sshd")
        self.assertEqual(told, "")
        self.assertIn("10 sshd", root)
        self.assertIn("31 cc  id 1000000000003", self.tells("c?")[1])
        self.note_alive()
        self.assertIn("1 systemd", self.tells("systemd")[1])

    def test_a_name_of_several_lists_them(self):
        self.record(harness.HEADER + made(9, 50, 35, b"make", uid=4000000001))
        self.assertEqual(self.fails_and_lists(
            "process 'make': 2 processes called by this name: choose one by its id", "make"), [
                "  2025-11-24T16:00:00.007000000Z  35 make  id 1000000000007  4000000001",
                "  2025-11-24T16:00:00.002000000Z  30 make  id 1000000000002  root"])

    def test_a_name_with_a_newline_lists_one_line(self):
        self.record(harness.HEADER + made(9, 36, 20, b"a\nb", start=2000))
        told = self.tells("36")[0].splitlines()
        self.assertEqual(len(told), 3)
        self.assertIn("36 (a?b)  id 1000000000009", told[1])

    def test_many_of_a_name_or_a_pid_are_not_all_listed(self):
        self.record(harness.HEADER + b"".join(
            made(9 + i, 70, 20, b"sh", start=1000 + i) + made(39 + i, 100 + i, 200 + i, b"ls")
            for i in range(30)))
        lines = self.fails_and_lists("30 processes called by this name", "ls")
        self.assertEqual((len(lines), lines[-1]), (11, "  and 20 more"))
        told = self.tells("70")[0].splitlines()
        self.assertIn("30 processes had pid 70: ", told[0])
        self.assertEqual((len(told), told[-1]), (12, "  and 20 more"))

    def test_mistakes_are_refused(self):
        for args, reason in [
                ([], "process is required"), (["x"], "no process made a call by this name"),
                (["0"], "process 0: no pid"), (["30", "--depth", "-1"], "--depth: "),
                (["999"], "process 999: not in the database"),
                (["make", "--at", "-1h"], "choose among the processes with a pid: give a pid"),
                (["make", "--since", "-1h"], "choose among the processes with a pid"),
                (["1000000000099"], "record 1000000000099: not in the database"),
                (["30", "--format", "tree"], "--format tree: no such format")]:
            self.fails(2, reason, "tree", "--db", self.db, *args)


if __name__ == "__main__":
    unittest.main()
