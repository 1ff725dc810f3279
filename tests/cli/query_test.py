"""forkdb query and forkdb show from the command line."""

import csv
import hashlib
import io
import json
import os
import re
import signal
import subprocess
import unittest

import harness

HOSTILE = [b"plain", b"", b"new\nline", b"\x1b[31mred", b'"', b'say "hi"', b",",
           b"a,b", b"tab\there", b" ", b"=cmd|' /C", b"-1+2", b"+1", b"@x",
           b"'quoted'", b"''", b"\\", b"\\012", b"\xff\xfe", b"\xc2\x9b31m",
           b"\xe2\x80\xaerev", "käse".encode(), b"\x7f", b"\r", b"null",
           b"\xed\xa0\x80"]


def undo(cell):
    """The bytes of a csv or tsv cell, by the rules of terminal/output.h."""
    if cell.startswith("'"):
        cell = cell[1:]
    data = cell.encode()
    out = bytearray()
    at = 0
    while at < len(data):
        if data[at] == 0x5c:
            out.append(int(data[at + 1:at + 4], 8))
            at += 4
        else:
            out.append(data[at])
            at += 1
    return bytes(out)


class Formats(harness.CliTest):
    def setUp(self):
        super().setUp()
        self.record(harness.HEADER + b"".join(
            harness.line(i + 1, comm) for i, comm in enumerate(HOSTILE)))

    def answers(self, form):
        yield self.ok("query", "--db", self.db, "--columns", "comm,seq",
                      "--format", form)
        yield self.ok("show", "--source", self.source, "--format", form)

    def test_json_brings_back_every_comm(self):
        for answer in self.answers("json"):
            comms = []
            for row in map(json.loads, answer.splitlines()):
                comm = row["comm"]
                comms.append(comm.encode() if isinstance(comm, str)
                             else bytes(comm))
            self.assertEqual(comms, HOSTILE)

    def test_every_comm_is_found_by_its_bytes(self):
        def found(comm):
            answer = self.ok(*query, b"--comm=" + comm)
            return [int(line) for line in answer.split()[1:]]

        query = ["query", "--db", self.db, "--columns", "seq", "--format",
                 "tsv"]
        for seq, comm in enumerate(HOSTILE, 1):
            if comm:
                self.assertEqual(found(comm), [seq], comm)
        self.assertEqual(found(b"*"), list(range(1, len(HOSTILE) + 1)))

    def test_csv_brings_back_every_comm(self):
        for answer in self.answers("csv"):
            rows = csv.DictReader(io.StringIO(answer.decode()))
            self.assertEqual([undo(row["comm"]) for row in rows], HOSTILE)

    def test_csv_of_one_column_brings_back_every_comm(self):
        answer = self.ok("query", "--db", self.db, "--columns", "comm",
                         "--format", "csv")
        rows = csv.DictReader(io.StringIO(answer.decode()))
        self.assertEqual([undo(row["comm"]) for row in rows], HOSTILE)

    def test_tsv_brings_back_every_comm(self):
        for answer in self.answers("tsv"):
            heading, *rows = [row.split("\t")
                              for row in answer.decode().split("\n")[:-1]]
            at = heading.index("comm")
            self.assertEqual([undo(row[at]) for row in rows], HOSTILE)

    def test_no_format_lets_a_control_byte_through(self):
        for form in ["table", "json", "csv", "tsv"]:
            for answer in self.answers(form):
                for byte in set(answer) - {0x0a} - ({9} if form == "tsv"
                                                    else set()):
                    self.assertTrue(0x20 <= byte != 0x7f, (form, byte))
                self.assertNotIn(b"\xc2\x9b", answer)
                self.assertNotIn(b"\xe2\x80\xae", answer)
                self.assertEqual(answer.count(b"\n"),
                                 len(HOSTILE) + (form != "json"))

    def test_comms_are_found_by_their_bytes(self):
        for comm in [b"new\nline", b'say "hi"', b"a,b", b"=cmd|' /C"]:
            answer = self.ok("query", "--db", self.db, "--comm", comm.decode(),
                             "--format", "json")
            self.assertEqual(json.loads(answer)["comm"].encode(), comm)


class Filters(harness.CliTest):
    def setUp(self):
        super().setUp()
        self.record(harness.HEADER + b"".join([
            harness.line(1), harness.line(2, b"make", uid=4_000_000_001),
            harness.line(3, b"makefile", error=11),
            harness.line(4, error=12, pid=7),
            harness.line(5, flags=0x50000000), harness.line(6, pid=7)]))

    def seqs(self, *args):
        answer = self.ok("query", "--db", self.db, "--format", "json", *args)
        return [json.loads(row)["seq"] for row in answer.splitlines()]

    def test_each_find_what_their_sql_finds(self):
        at = "2025-11-24T16:00:00.003Z"
        for args, condition, count in [
                ([], "1", 6),
                (["--since", at], f"time >= '{at[:-1]}000000Z'", 4),
                (["--until", at], f"time <= '{at[:-1]}000000Z'", 3),
                (["--since", "@1764000000.004"],
                 "time_ns >= 1764000000004000000", 3),
                (["--user", "root"], "username = 'root'", 5),
                (["--user", "4000000001"], "uid = 4000000001", 1),
                (["--user", "root,4000000001"], "1", 6),
                (["--uid", "4000000001"], "uid = 4000000001", 1),
                (["--uid", "0,4000000001"], "1", 6),
                (["--pid", "7,8"], "pid = 7", 2),
                (["--child", "10005,10006"], "child_pid IN (10005, 10006)", 2),
                (["--errno", "EAGAIN,enomem"], "errno IN ('EAGAIN', 'ENOMEM')", 2),
                (["--kind", "namespace,vfork"], "kind = 'namespace'", 1),
                (["--flag", "newuser,NEWNET"],
                 "flags = 'CLONE_NEWUSER|CLONE_NEWNET'", 1),
                (["--not-flag", "NEWUSER,CHILD_SETTID"],
                 "flags_raw & 0x11000000 = 0", 0),
                (["--ns", "5,4026531836"], "pid_ns = 4026531836", 6),
                (["--comm", "make,sh"], "comm = 'make,sh'", 0),
                (["--pid", "7"], "pid = 7", 2),
                (["--child", "10005"], "child_pid = 10005", 1),
                (["--ppid", "1"], "ppid = 1", 6),
                (["--ppid", "2", "--ppid", "3"], "ppid IN (2, 3)", 0),
                (["--child", "10005", "--child", "10006"],
                 "child_pid IN (10005, 10006)", 2),
                (["--comm", "make"], "comm = 'make'", 1),
                (["--comm", "make*"], "comm LIKE 'make%'", 2),
                (["--flag", "NEWUSER"], "flags LIKE '%CLONE_NEWUSER%'", 1),
                (["--flag", "newuser", "--flag", "NEWNET"],
                 "flags = 'CLONE_NEWUSER|CLONE_NEWNET'", 1),
                (["--not-flag", "NEWUSER"], "NOT flags_raw & 0x10000000", 5),
                (["--not-flag", "NEWUSER", "--not-flag", "CHILD_SETTID"],
                 "flags_raw & 0x11000000 = 0", 0),
                (["--kind", "fork"], "kind = 'fork'", 5),
                (["--kind", "fork", "--kind", "namespace"], "1", 6),
                (["--kind", "thread"], "kind = 'thread'", 0),
                (["--threads"], "kind = 'thread'", 0),
                (["--no-threads"], "kind <> 'thread' AND ret > 0", 4),
                (["--ns", "4026531836"], "pid_ns = 4026531836", 6),
                (["--ns", "5"], "pid_ns = 5", 0),
                (["--new-ns"], "kind = 'namespace'", 1),
                (["--new-ns=net"], "kind = 'namespace'", 1),
                (["--new-ns=CLONE_NEWUSER"], "kind = 'namespace'", 1),
                (["--new-ns=mount"], "kind = 'namespace' AND 0", 0),
                (["--new-ns", "pid = 7"], "kind = 'namespace' AND 0", 0),
                (["--errno", "EAGAIN"], "errno = 'EAGAIN'", 1),
                (["--failed"], "errno IS NOT NULL", 2),
                (["--failed", "--pid", "7"], "ret < 0 AND pid = 7", 1),
                (["--success"], "ret > 0", 4),
                (["--failed", "--no-threads"], "ret < 0", 2),
                (["--changed-ns"], "seq = 0", 0),
                (["--boot", "0"], "stream = 1", 6)]:
            with self.subTest(args):
                want = [row[0] for row in self.sql(
                    f"SELECT seq FROM forks WHERE {condition} ORDER BY id")]
                self.assertEqual(len(want), count)
                self.assertEqual(self.seqs(*args), want)
                self.assertEqual(self.seqs(condition), want)
                printed = self.ok("query", "--db", self.db, "--columns", "seq",
                                  "--print-sql", *args)
                self.assertEqual([row[0] for row in self.sql(printed.decode())], want)

    def stderr(self, *args):
        result = self.run_forkdb("query", "--db", self.db, "--count", *args)
        self.assertEqual((result.returncode, result.stdout), (0, b"0\n"))
        return result.stderr.decode()

    def test_leave_out_what_is_negated(self):
        for args, want in [
                (["--not-user", "root"], [2]),
                (["--not-user", "4000000001"], [1, 3, 4, 5, 6]),
                (["--not-user", "root,4000000001"], []),
                (["--not-comm", "make*"], [1, 4, 5, 6]),
                (["--not-comm", "make", "--comm", "make*"], [3]),
                (["--not-errno", "EAGAIN"], [1, 2, 4, 5, 6]),
                (["--not-errno", "11", "--failed"], [4]),
                (["--not-errno", "EAGAIN,ENOMEM", "--failed"], []),
                (["--tgid", "7"], [4, 6]), (["--tgid", "8,9"], [])]:
            with self.subTest(args):
                self.assertEqual(self.seqs(*args), want)
                printed = self.ok("query", "--db", self.db, "--columns", "seq",
                                  "--print-sql", *args)
                self.assertEqual([row[0] for row in self.sql(printed.decode())], want)

    def test_the_exit_code_tells_on_request_whether_a_record_matched(self):
        query = ["query", "--db", self.db, "--quiet", "--exit-code"]
        for args, code in [([], 0), (["--failed"], 0), (["--pid", "9"], 1),
                           (["--count", "--pid", "9"], 1), (["--count"], 0),
                           (["--group-by", "comm", "--pid", "9"], 1),
                           (["--group-by", "comm"], 0), (["nope = 1"], 2),
                           (["--sql", "SELECT 1 WHERE 0"], 1), (["--sql", "SELECT 1"], 0),
                           (["--db", self.path("none")], 2)]:
            with self.subTest(args):
                self.assertEqual(self.run_forkdb(*query, *args).returncode, code)
        self.assertEqual(self.run_forkdb("query", "--db", self.db, "--pid",
                                         "9").returncode, 0)

    def test_count_by_the_minute(self):
        self.assertEqual(
            self.ok("query", "--db", self.db, "--format", "csv", "--group-by", "minute,errno"),
            b"minute,errno,records\n2025-11-24T16:00Z,,4\n"
            b"2025-11-24T16:00Z,EAGAIN,1\n2025-11-24T16:00Z,ENOMEM,1\n")

    def test_refuse_a_user_whom_nobody_knows(self):
        self.fails(2, "no user 'rot' is recorded or known to this system: did you "
                   "mean 'root'?", "query", "--db", self.db, "--user", "rot")
        self.fails(2, "list those recorded with forkdb query --group-by username",
                   "stats", "--db", self.db, "--user", "root,certainly-nobody")
        self.fails(2, "no user 'rot'", "query", "--follow", "--db", self.db,
                   "--user", "rot")

    def test_say_which_user_has_no_record(self):
        self.assertEqual(self.stderr("--user", "nobody"),
                         "forkdb: no call by user 'nobody' is recorded\n")
        self.assertEqual(self.stderr("--user", "1001"),
                         "forkdb: no call by uid 1001 is recorded\n")

    def test_cut_a_name_as_the_kernel_does_and_say_so(self):
        self.record(harness.HEADER + harness.line(7, b"systemd-journal"))
        for comm in ["systemd-journald", "systemd-journald*"]:
            result = self.run_forkdb("query", "--db", self.db, "--count", "--comm", comm)
            self.assertEqual(result.stdout, b"1\n")
            self.assertIn(b"searching for 'systemd-journal'\n", result.stderr)
        self.fails(2, "no command matches", "query", "--db", self.db, "--comm",
                   "*systemd-journald")

    def test_refuse_times_that_no_call_can_have(self):
        for command in ["query", "stats", "export"]:
            self.fails(2, "--since 2025-11-24T16:00:00.000000000Z is after --until "
                       "2025-11-24T15:00:00.000000000Z", command, "--db", self.db, "--utc",
                       "--since", "2025-11-24 16:00", "--until", "2025-11-24 15:00")
            self.fails(2, "write the beginning of such a text", command, "--db", self.db,
                       "time > '23:03'")

    def test_explain_what_is_shown(self):
        def explained(*args):
            result = self.run_forkdb("query", "--db", self.db, "--explain",
                                     "--columns", "seq", *args)
            self.assertEqual(result.returncode, 0)
            self.assertNotIn(b"EAGAIN", result.stdout)
            return re.findall(r"(?m)^(E\w+) \((\d+) call", result.stderr.decode())

        self.assertEqual(explained(), [("EAGAIN", "1"), ("ENOMEM", "1")])
        self.assertEqual(explained("-n", "1"), [])
        self.assertEqual(explained("-n", "3"), [("ENOMEM", "1")])
        self.assertEqual(explained("-n", "1", "--order", "errno DESC"),
                         [("ENOMEM", "1")])
        self.assertEqual(explained("--new-ns"), [])

    def test_success_and_failure_exclude_each_other(self):
        self.fails(2, "excludes", "query", "--db", self.db, "--success", "--failed")
        self.fails(2, "excludes", "query", "--db", self.db, "--success", "--errno",
                   "EAGAIN")

    def test_print_the_sql_of_every_answer(self):
        for args in [["-n", "2"], ["-n", "2", "-r"], ["-n", "3", "--order", "pid DESC, seq"],
                     ["--under", "100"], ["--under", "7", "--failed", "--count"],
                     ["--count"], ["--count", "--failed"],
                     ["--not-user", "0", "--not-comm", "s*", "--not-errno", "EAGAIN"],
                     ["--group-by", "comm,errno"], ["--group-by", "kind", "-n", "1", "-r"],
                     ["--group-by", "second"], ["--group-by", "comm,minute", "-n", "3"],
                     ["--group-by", "hour,errno", "-n", "2", "-r"], ["--group-by", "day"]]:
            with self.subTest(args):
                query = ["query", "--db", self.db, "--format", "json", *args]
                rows = self.sql(self.ok(*query, "--print-sql").decode())
                answer = self.ok(*query).splitlines()
                self.assertEqual([list(row) for row in rows],
                                 [list(json.loads(row).values()) for row in answer])

    def test_do_not_print_sql_that_leaves_something_out(self):
        for args in [["--burst", "2/1s"], ["--follow"],
                     ["--cursor-file", self.path("cursor")]]:
            self.fails(2, "excludes", "query", "--db", self.db, "--print-sql", *args)

    def test_keep_the_newest_or_the_first_of_an_order(self):
        self.assertEqual(self.seqs("-n", "2"), [5, 6])
        self.assertEqual(self.seqs("-n", "2", "-r"), [6, 5])
        self.assertEqual(self.seqs("-n", "2", "--order", "seq"), [1, 2])
        self.assertEqual(self.seqs("-n", "2", "--order", "seq DESC"), [6, 5])
        self.assertEqual(self.seqs("--failed", "-n", "1"), [4])

    def test_tell_of_a_gap_in_the_asked_time(self):
        self.record(harness.HEADER + harness.line(10) + harness.line(20))
        told = {}
        for args in [(), ("-n", "1"), ("--since", "@1764000000.009"),
                     ("--since", "@1764000000.015", "--count"),
                     ("--until", "@1764000000.005"),
                     ("--since", "@1764000000.020"),
                     ("--until", "@1764000000.012", "-n", "1"),
                     ("--sql", "SELECT 1")]:
            result = self.run_forkdb("query", "--db", self.db, *args)
            self.assertEqual(result.returncode, 0)
            told[args] = result.stderr.decode()
        self.assertEqual(
            told[()], "forkdb: 12 records are missing (2 gaps, after "
            "2025-11-24T16:00:00.006000000Z, before "
            "2025-11-24T16:00:00.020000000Z): the answer may be incomplete\n")
        self.assertIn(" 12 records", told["--since", "@1764000000.009"])
        self.assertIn("(1 gap", told["--since", "@1764000000.015", "--count"])
        self.assertIn(" 12 records",
                      told["--until", "@1764000000.012", "-n", "1"])
        for args in [("-n", "1"), ("--until", "@1764000000.005"),
                     ("--since", "@1764000000.020"), ("--sql", "SELECT 1")]:
            self.assertEqual(told[args], "", args)

    def test_whole_statements_are_answered(self):
        self.assertEqual(
            self.ok("query", "--db", self.db, "--format", "csv", "--sql",
                    "SELECT kind, count(*) AS n FROM forks GROUP BY kind"),
            b"kind,n\nfork,5\nnamespace,1\n")

    def test_never_change_the_database(self):
        def digest():
            with open(self.db, "rb") as file:
                return hashlib.sha256(file.read()).hexdigest()

        before = digest()
        rows = self.sql("SELECT * FROM forks")
        for sql in ["DELETE FROM records", "DROP VIEW forks", "VACUUM",
                    "UPDATE records SET pid = 1", "PRAGMA user_version = 9",
                    "CREATE TEMP TABLE t (x)", "SELECT 1; DELETE FROM records",
                    "INSERT INTO boots (boot_id) VALUES ('x')", "SELECT ?",
                    f"ATTACH '{self.path('new')}' AS n",
                    f"VACUUM INTO '{self.path('new')}'",
                    "SELECT load_extension('x')", "PRAGMA journal_mode=DELETE"]:
            with self.subTest(sql):
                self.fails(2, "SQL: ", "query", "--db", self.db, "--sql", sql)
                self.fails(2, "SQL: ", "query", "--db", self.db,
                           f"1); {sql}; --")
                self.fails(2, "SQL: ", "show", "--source", self.source,
                           f"1); {sql}; --")
        self.seqs("--failed")
        self.assertEqual(self.sql("SELECT * FROM forks"), rows)
        self.assertEqual(digest(), before)
        self.assertFalse(os.path.exists(self.path("new")))

    def test_work_on_a_database_at_rest_that_is_not_writable(self):
        os.chmod(self.db, 0o644)
        for suffix in ["-wal", "-shm"]:
            os.remove(self.db + suffix)
        answer = self.ok("query", "--db", self.db, "-n", "1", user="nobody")
        self.assertIn(b"10006", answer)


def call(seq, caller, child, flags=0, error=0, user_ns=1, child_user_ns=1, pid_ns=2,
         child_pid_ns=2, minute=0):
    """Process caller makes process child; both start at their pid."""
    made = b"0 0 0 0 0" if error else b"%d %d %d %d %d" % (
        child, child, child_pid_ns, child, child_user_ns)
    return b"%d %d 0x%x 17 0 %d %d 1 %d %d %d %d %s %s\n" % (
        seq, harness.START_NS + minute * 60_000_000_000 + seq * 1_000_000, flags,
        caller, caller, caller, pid_ns, user_ns, -error if error else child, made,
        b"p%d" % caller)


class Namespaces(harness.CliTest):
    NEWUSER, NEWPID = 0x10000000, 0x20000000

    def query(self, *args):
        result = self.run_forkdb("query", "--db", self.db, "--format", "csv",
                                 "--columns", "seq", *args)
        self.assertEqual(result.returncode, 0, result.stderr)
        return [int(seq) for seq in result.stdout.split()[1:]], result.stderr.decode()

    def test_of_a_caller_that_changed_are_found(self):
        self.record(harness.HEADER + b"".join([
            call(1, 10, 20), call(2, 20, 21),
            call(3, 20, 22, user_ns=5, child_user_ns=5),  # after unshare -U
            call(4, 22, 23, user_ns=5, child_user_ns=5),  # was created there
            call(5, 20, 24, self.NEWUSER, child_user_ns=6),
            call(6, 24, 25, user_ns=6, child_user_ns=6),
            call(7, 21, 26, child_pid_ns=7),  # after unshare -p
            call(8, 21, 27, self.NEWPID, child_pid_ns=8),
            call(9, 20, 0, error=11, user_ns=5)]))
        self.assertEqual(self.query("--changed-ns")[0], [3, 7, 9])
        self.assertEqual(self.query("--changed-ns", "--failed")[0], [9])
        sql = self.ok("query", "--db", self.db, "--columns", "seq", "--print-sql",
                      "--changed-ns")
        self.assertEqual(self.sql(sql.decode()), [(3,), (7,), (9,)])

    def test_that_a_process_changed_are_told_by_the_tree(self):
        self.record(harness.HEADER + b"".join([
            call(1, 10, 20), call(2, 20, 21), call(3, 20, 22), call(4, 20, 23),
            call(5, 21, 24, user_ns=5, child_user_ns=5),
            call(6, 22, 25, child_pid_ns=7),
            call(7, 23, 26, user_ns=5, child_user_ns=5, child_pid_ns=7)]))
        notes = {row["pid"]: row["note"] for row in map(json.loads, self.ok(
            "tree", "--db", self.db, "20", "--down", "--format", "json").splitlines())}
        self.assertEqual(notes, {
            20: None, 21: "changed its user namespace", 24: None,
            22: "changed its PID namespace", 25: None,
            23: "changed its user and PID namespace", 26: None})

    def test_that_no_call_created_are_explained(self):
        self.record(harness.HEADER + call(1, 10, 20))
        told = ("forkdb: unshare(2) and setns(2) are not recorded, so --new-ns does not "
                "find them: --changed-ns finds who changed the user or PID namespace\n")
        self.assertIn(told, self.query("--new-ns=user")[1])
        for args in [["query", "--count"], ["query", "--group-by", "comm"], ["stats"]]:
            result = self.run_forkdb(*args, "--db", self.db, "--new-ns", "--user", "root")
            self.assertIn(told, result.stderr.decode())
        self.assertNotIn("setns", self.query("--pid", "99")[1])

    def test_say_that_a_number_named_several(self):
        self.record(harness.HEADER + b"".join([
            call(1, 10, 20, self.NEWPID, child_pid_ns=7),
            call(2, 20, 21, pid_ns=7, child_pid_ns=7),
            call(3, 10, 22, self.NEWPID, child_pid_ns=7, minute=1),
            call(4, 10, 23, self.NEWUSER, child_user_ns=8)]))
        seqs, told = self.query("--ns", "7")
        self.assertEqual(seqs, [1, 2, 3])
        self.assertIn(
            "forkdb: the number 7 named several namespaces: created at "
            "2025-11-24T16:00:00.001000000Z, 2025-11-24T16:01:00.003000000Z: choose one "
            "with --since and --until\n", told)
        self.assertNotIn("several", self.query("--ns", "7", "--since", "@1764000060")[1])
        self.assertNotIn("several", self.query("--ns", "8")[1])
        other = "11111111-2222-3333-4444-555555555555"
        self.record(harness.HEADER + call(1, 10, 20, user_ns=8), "--boot-id", other)
        self.assertIn("the number 8 named several namespaces: in 2 boots: choose one with "
                      "--boot\n", self.query("--ns", "8")[1])
        self.assertNotIn("several", self.query("--ns", "8", "--boot", "0")[1])


class Show(harness.CliTest):
    def test_decodes_without_a_database(self):
        self.write("source.txt", harness.HEADER +
                   harness.line(1, flags=0x4100) + harness.line(2, error=11))
        answer = self.ok("show", "--source", self.source).decode()
        for word in ["CLONE_VM|CLONE_VFORK", "vfork", "SIGCHLD", "root",
                     "EAGAIN", "10001"]:
            self.assertIn(word, answer)
        self.assertEqual(os.listdir(self.dir), ["source.txt"])

    def test_takes_a_condition_and_a_limit(self):
        self.write("source.txt", harness.HEADER + harness.lines(1, 9))
        answer = self.ok("show", "--source", self.source, "--format", "tsv",
                         "-n", "2", "seq < 6")
        self.assertEqual([row.split(b"\t")[0] for row in answer.splitlines()],
                         [b"seq", b"4", b"5"])

    def test_tells_of_lines_that_are_no_records(self):
        self.write("source.txt", harness.HEADER + b"bad\n" + harness.line(1))
        result = self.run_forkdb("show", "--source", self.source)
        self.assertEqual(result.returncode, 0)
        self.assertEqual(result.stderr, b"forkdb: 1 lines are not records\n")

    def test_reads_a_pipe(self):
        data = harness.HEADER + harness.lines(1, 3)
        with subprocess.Popen(["cat"], stdin=subprocess.PIPE,
                              stdout=subprocess.PIPE) as cat:
            show = self.start("show", "--source", "/dev/fd/%d" %
                              cat.stdout.fileno(), "--format", "json",
                              pass_fds=[cat.stdout.fileno()])
            cat.stdin.write(data)
            cat.stdin.close()
            out = show.communicate(timeout=harness.PATIENCE)[0]
        self.assertEqual(out.count(b"\n"), 3)

    def test_a_limit_is_of_the_past_only(self):
        self.write("source.txt", harness.HEADER + harness.lines(1, 5))
        show = self.start("show", "--source", self.source, "--follow", "-n", "2",
                          "--format", "json")
        seen = [json.loads(show.stdout.readline())["seq"] for _ in range(2)]
        with open(self.source, "ab") as source:
            source.write(harness.lines(6, 15))
        seen += [json.loads(show.stdout.readline())["seq"] for _ in range(10)]
        self.assertEqual(seen, [4, 5, *range(6, 16)])
        self.assertEqual(self.stop(show), (130, b"", b""))

    def test_tells_of_records_that_are_missing(self):
        self.write("source.txt", harness.HEADER + harness.lines(5, 6) +
                   harness.lines(9, 9))
        result = self.run_forkdb("show", "--source", self.source)
        self.assertEqual(result.returncode, 0)
        self.assertEqual(result.stderr, b"forkdb: 2 records are missing: the source lost "
                         b"them before forkdb read them\n")

    def test_of_ebpf_counts_what_comes_and_ends(self):
        with self.subTest("first records"):
            show = self.start("show", "--source", "ebpf", "-n", "3", "--format", "json")
            harness.wait_until(lambda: subprocess.run(["true"], check=True) and
                               show.poll() is not None, "three calls")
            out, err = show.communicate(timeout=harness.PATIENCE)
            if show.returncode == 1 and b"eBPF" in err:
                self.skipTest(err.decode())
            self.assertEqual((show.returncode, err), (0, b""))
            seqs = [json.loads(row)["seq"] for row in out.splitlines()]
            self.assertEqual(seqs, [1, 2, 3])

    def test_follows_until_interrupted(self):
        for number in [signal.SIGINT, signal.SIGTERM]:
            self.write("source.txt", harness.HEADER + harness.lines(1, 2))
            show = self.start("show", "--source", self.source, "--follow",
                              "--format", "json")
            seen = [json.loads(show.stdout.readline())["seq"] for _ in range(2)]
            with open(self.source, "ab") as source:
                source.write(harness.lines(3, 4))
            seen += [json.loads(show.stdout.readline())["seq"]
                     for _ in range(2)]
            self.assertEqual(seen, [1, 2, 3, 4])
            self.assertEqual(self.stop(show, number), (130, b"", b""))


if __name__ == "__main__":
    unittest.main()
