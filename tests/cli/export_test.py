"""forkdb export: whole histories into files, exactly."""

import csv
import io
import json
import os
import random
import re
import signal
import stat
import struct
import subprocess
import unittest

import harness

ACCESS_LIST = "system.posix_acl_access"
NO_ID = 0xffffffff

HOSTILE = [b"", b" ", b"=1+1", b"-x", b"@a", b"+1", b"'q", b"a,b", b'"', b'""',
           b"a\nb", b"\r\n", b"\t", b"\\", b"\\012", b"\x1b[31m", b"\xff\xfe",
           b"\xc2\x9b", b"\xe2\x80\xae", b"caf\xc3\xa9", b"null", b"<script>",
           b"]]>", b"\xe2\x80\xa8", b"\xf0\x9f\x90\xa7", b"\xed\xa0\x80"]


def hostile_comms():
    chance = random.Random(7)
    comms = HOSTILE + [bytes([byte]) for byte in range(1, 256)]
    for _ in range(500):
        comms.append(bytes(chance.randrange(1, 256)
                           for _ in range(chance.randrange(16))))
    return comms


def of_json(value):
    return bytes(value) if isinstance(value, list) else value.encode()


def of_cell(cell):
    """Undoes what README says of csv and tsv."""
    if cell.startswith("'"):
        cell = cell[1:]
    raw = cell.encode()
    return re.sub(rb"\\([0-7]{3})", lambda m: bytes([int(m[1], 8)]), raw)


class Export(harness.CliTest):
    def export(self, *args):
        return self.ok("export", "--db", self.db, *args)

    def rows(self):
        """All of the view, comm as bytes."""
        return [tuple(row) for row in self.sql(
            "SELECT id, time, username, CAST(comm AS BLOB), pid, kind, flags, "
            "child_pid, ret, errno, stream, seq, boot, time_ns, flags_raw, "
            "exit_signal, uid, tgid, ppid, start_ns, pid_ns, user_ns, "
            "child_start_ns, child_pid_ns, child_ns_pid, child_user_ns, "
            "caller_id FROM forks ORDER BY id")]

    def record_hostile(self):
        comms = hostile_comms()
        self.record(harness.HEADER + b"".join(
            harness.line(seq, comm=comm, error=11 if seq % 7 == 0 else 0)
            for seq, comm in enumerate(comms, 1)))
        self.assertEqual([row[3] for row in self.rows()], comms)

    def test_json_gives_every_column_byte_exact(self):
        self.record_hostile()
        out = self.export("--format", "json")
        self.assertTrue(out.isascii())
        exported = []
        for line in out.splitlines():
            row = json.loads(line)
            row["comm"] = of_json(row["comm"])
            exported.append(tuple(row.values()))
        self.assertEqual(exported, self.rows())

    def test_csv_and_tsv_give_every_column_byte_exact(self):
        self.record_hostile()
        for name, dialect in [("csv", {}),
                              ("tsv", {"delimiter": "\t",
                                       "quoting": csv.QUOTE_NONE})]:
            text = self.export("--format", name).decode()
            exported = list(csv.reader(io.StringIO(text, newline=""),
                                       **dialect))
            self.assertEqual(len(exported[0]), 27)
            for got, row in zip(exported[1:], self.rows()):
                for i, (cell, value) in enumerate(zip(got, row)):
                    want = (value if i == 3 else
                            b"" if value is None else str(value).encode())
                    self.assertEqual(of_cell(cell), want)
            self.assertEqual(len(exported) - 1, len(self.rows()))

    def test_file_is_what_standard_output_would_get(self):
        self.record_hostile()
        for name, args in [("a.csv", ["--format", "csv"]),
                           ("a.tsv", ["--format", "tsv"]),
                           ("a.json", ["--format", "json"]),
                           ("a.jsonl", ["--format", "json"]),
                           ("noname", ["--format", "csv"])]:
            self.assertEqual(self.export("-o", name), b"")
            with open(self.path(name), "rb") as file:
                self.assertEqual(file.read(), self.export(*args))
        self.assertEqual(self.export("-o", "-"), self.export())

    def test_takes_the_filters_of_query(self):
        self.record_hostile()
        for filters in [["--failed"], ["--since", "@1764000000.1"],
                        ["--comm", "caf*"], ["seq % 2 = 0"], ["--boot", "0"],
                        ["--child", "10005"], ["--columns", "seq,comm"]]:
            columns = [] if "--columns" in filters else ["--columns", "all"]
            self.assertEqual(
                self.export(*filters),
                self.ok("query", "--db", self.db, "--format", "csv",
                        *columns, *filters))

    def test_mistakes_are_code_2_and_touch_no_file(self):
        self.record(harness.HEADER + harness.lines(1, 3))
        self.write("kept", b"kept")
        for args, reason in [
                (["--format", "table"], "write csv, json or tsv"),
                (["--format", "xml"], "--format xml: no such format"),
                (["--columns", "x"], "no column 'x'"),
                (["nope = 1"], "SQL: no such column: nope"),
                (["--since", "never"], "time 'never': not a time"),
                (["--flag", "X"], "no flag 'X'"),
                (["--boot", "x"], "boot 'x': no such boot")]:
            self.fails(2, reason, "export", "--db", self.db, "-o", "kept",
                       *args)
        for name in ["fork.db", "./fork.db", self.db, "fork.db-wal",
                     "fork.db-journal", "fork.db-lock"]:
            self.fails(2, "database itself", "export", "--db", self.db, "-o",
                       name)
        self.assertEqual(self.value("SELECT count(*) FROM forks"), 3)
        with open(self.path("kept"), "rb") as file:
            self.assertEqual(file.read(), b"kept")

    def test_replaces_a_file_and_follows_a_link(self):
        self.record(harness.HEADER + harness.lines(1, 3))
        self.write("old.csv", b"old" * 100000)
        os.symlink("old.csv", self.path("link.csv"))
        self.export("-o", "link.csv")
        self.assertTrue(os.path.islink(self.path("link.csv")))
        with open(self.path("old.csv"), "rb") as file:
            self.assertEqual(file.read(), self.export())

    def test_a_new_file_is_as_the_umask_says_and_an_old_one_as_it_was(self):
        self.record(harness.HEADER + harness.lines(1, 3))
        self.addCleanup(os.umask, os.umask(0))
        for mask in [0, 0o022, 0o027, 0o077]:
            os.umask(mask)
            for mode in [None, 0o666, 0o604, 0o600]:
                with self.subTest(umask=mask, mode=mode):
                    if mode:
                        os.chmod(self.write("a.csv", b"old"), mode)
                    self.export("-o", "a.csv")
                    self.assertEqual(self.access("a.csv"),
                                     (mode or 0o666 & ~mask, 0, 0))
                    os.unlink(self.path("a.csv"))

    def access(self, name):
        status = os.stat(self.path(name))
        return stat.S_IMODE(status.st_mode), status.st_uid, status.st_gid

    def test_keeps_who_may_read_and_write_the_replaced_file(self):
        self.record(harness.HEADER + harness.lines(1, 3))
        for mode, user, group in [(0o600, 0, 0), (0o600, 65534, 65534),
                                  (0o664, 0, 4), (0o444, 1, 0)]:
            with self.subTest(mode=mode, user=user, group=group):
                path = self.write("old.csv", b"old")
                os.chown(path, user, group)
                os.chmod(path, mode)
                self.export("-o", "old.csv")
                self.assertEqual(self.access("old.csv"), (mode, user, group))
                with open(path, "rb") as file:
                    self.assertEqual(file.read(), self.export())
                os.unlink(path)

    def test_gives_no_group_what_the_replaced_files_group_had(self):
        self.record(harness.HEADER + harness.lines(1, 3))
        os.chmod(self.db, 0o644)
        os.chmod(self.dir, 0o777)
        path = self.write("old.csv", b"old")
        os.chown(path, 65534, 4)  # a group that nobody is not in
        os.chmod(path, 0o660)
        self.ok("export", "--db", self.db, "-o", "old.csv", user="nobody")
        self.assertEqual(self.access("old.csv"), (0o600, 65534, 65534))

    def test_keeps_the_access_control_list(self):
        self.record(harness.HEADER + harness.lines(1, 3))
        path = self.write("old.csv", b"old")
        nobody_reads = struct.pack("<I" + "HHI" * 5, 2, 1, 6, NO_ID,
                                   2, 4, 65534, 4, 0, NO_ID, 16, 4, NO_ID,
                                   32, 0, NO_ID)
        os.setxattr(path, ACCESS_LIST, nobody_reads)
        self.export("-o", "old.csv")
        self.assertEqual(os.getxattr(path, ACCESS_LIST), nobody_reads)
        # A list that the directory gives to new files is not the old file's.
        os.setxattr(self.dir, "system.posix_acl_default", nobody_reads)
        os.removexattr(path, ACCESS_LIST)
        os.chmod(path, 0o640)
        self.export("-o", "old.csv")
        self.assertEqual(self.access("old.csv"), (0o640, 0, 0))
        self.assertNotIn(ACCESS_LIST, os.listxattr(path))

    def test_no_file_is_left_where_it_cannot_be_written(self):
        self.record(harness.HEADER + harness.lines(1, 3))
        before = sorted(os.listdir(self.dir))
        self.fails(1, "none/a.csv: cannot write: No such file", "export",
                   "--db", self.db, "-o", "none/a.csv")
        self.fails(1, "Is a directory", "export", "--db", self.db, "-o", ".")
        self.fails(1, "Permission denied", "export", "--db", self.db, "-o",
                   self.path("a.csv"), user="nobody", groups=["root"])
        self.fails(1, "No space left", "export", "--db", self.db, "-o",
                   "/dev/full")
        self.assertEqual(sorted(os.listdir(self.dir)), before)

    def test_full_disk_leaves_the_old_file(self):
        self.record(harness.HEADER + harness.lines(1, 20000))
        disk = self.path("disk")
        os.mkdir(disk)
        subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1M", "none", disk],
                       check=True)
        self.addCleanup(subprocess.run, ["umount", disk], check=True)
        self.write("disk/a.csv", b"old")
        self.fails(1, "No space left", "export", "--db", self.db, "-o",
                   "disk/a.csv")
        self.assertEqual(os.listdir(disk), ["a.csv"])
        with open(self.path("disk/a.csv"), "rb") as file:
            self.assertEqual(file.read(), b"old")

    def test_interrupted_leaves_the_old_file(self):
        self.record(harness.HEADER + harness.lines(1, 9))
        self.write("a.csv", b"old")
        before = sorted(os.listdir(self.dir))
        for number, expected in [(signal.SIGINT, 130),
                                 (signal.SIGTERM, -signal.SIGTERM),
                                 (signal.SIGKILL, -signal.SIGKILL)]:
            # The first row never comes.
            process = self.start(
                "export", "--db", self.db, "-o", "a.csv",
                "(WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 "
                "FROM n) SELECT count(*) FROM n) > pid")
            harness.wait_until(
                lambda: any("(deleted)" in os.readlink(fd)
                            for fd in harness.open_files(process)),
                "the new file")
            harness.wait_until(lambda: harness.blocks(process, signal.SIGINT),
                               "its way to end")
            self.assertEqual(self.stop(process, number), (expected, b"", b""))
            self.assertEqual(sorted(os.listdir(self.dir)), before)
            with open(self.path("a.csv"), "rb") as file:
                self.assertEqual(file.read(), b"old")

    def test_reader_that_goes_away_ends_it(self):
        self.record(harness.HEADER + harness.lines(1, 20000))
        process = self.start("export", "--db", self.db)
        process.stdout.readline()
        process.stdout.close()
        self.assertEqual(process.wait(timeout=harness.PATIENCE),
                         -signal.SIGPIPE)

    @harness.skip_under_sanitizers("it keeps freed memory")
    def test_memory_does_not_grow_with_the_history(self):
        self.record(harness.HEADER + harness.lines(1, 60000))

        def peak(*filters):
            with open(os.devnull, "wb") as null:
                pid = os.posix_spawn(
                    harness.FORKDB,
                    [harness.FORKDB, "export", "--db", self.db, *filters],
                    os.environ,
                    file_actions=[(os.POSIX_SPAWN_DUP2, null.fileno(), 1)])
                _, status, usage = os.wait4(pid, 0)
            self.assertEqual(status, 0)
            return usage.ru_maxrss

        self.assertLess(peak(), peak("seq < 2000") + 4096)  # KiB


if __name__ == "__main__":
    unittest.main()
