"""What nobody recorded, and the gaps: every answer about that time says so."""

import contextlib
import json
import re
import sqlite3
import shutil
import unittest

import harness

SECOND = 10**9
TELLS = (b"nothing recorded from 2025-11-24T16:00:00.010000000Z to "
         b"2025-11-24T16:00:08.000000000Z (recorder stopped)")
# Numbers 2 to 4 are missing, and process 200 was made meanwhile.
GAP = b"".join((
    harness.HEADER,
    b"1 1795478401000000000 0x1200000 17 0 1 1 0 0 4026531836 4026531837 100 "
    b"100 1000000000 4026531836 100 4026531837 init\n",
    b"5 1795478405000000000 0x1200000 17 0 200 200 100 3000000000 4026531836 "
    b"4026531837 300 300 5000000000 4026531836 300 4026531837 lost-child\n"))


class Downtime(harness.CliTest):
    """Records 1 to 10 in ten milliseconds; then two attachments of eBPF are
    put into the database, with eight seconds between them."""

    def setUp(self):
        super().setUp()
        self.record(harness.HEADER + harness.lines(1, 10))
        self.attach("1", -20, 0.01)
        self.attach("2", 8, 90)

    def attach(self, name, began, ended):
        with contextlib.closing(sqlite3.connect(self.db)) as database:
            # The machine booted 100 s before the first record.
            attach, end = (
                harness.START_NS + int(second * SECOND)
                for second in (began, ended))
            boot = harness.START_NS - 100 * SECOND
            database.execute(
                "INSERT INTO streams (boot, source, attachment, hook, "
                "attach_ns, attach_boottime_ns, ended_ns, "
                "ended_boottime_ns, capacity) VALUES "
                "(1, 'ebpf', ?, 'x', ?, ?, ?, ?, 0)",
                (name, attach, attach - boot, end, end - boot))
            database.commit()

    def told(self, *args):
        """What a command says on stderr of a time."""
        result = self.run_forkdb(*args, "--db", self.db)
        self.assertEqual(result.returncode, 0, result.stderr)
        return result.stderr

    def test_is_told_by_each_command_whose_time_overlaps_it(self):
        inside = ("--utc", "--since", "2025-11-24 16:00:05", "--until",
                  "2025-11-24 16:00:06")
        for command in (("query",), ("query", "--count"), ("stats",),
                        ("export",), ("export", "--format", "json"),
                        ("export", "--html", self.path("r.html"))):
            with self.subTest(command):
                self.assertIn(TELLS, self.told(*command, *inside))
        # The tree of a process that was made before.
        self.assertIn(TELLS, self.told("tree", "10001"))

    def test_is_not_told_of_another_time(self):
        for times in (("--until", "2025-11-24 16:00:00.010"),
                      ("--since", "2025-11-24 16:00:08", "--until",
                       "2025-11-24 16:01:00")):
            for command in ("query", "stats", "export"):
                with self.subTest((command, times)):
                    self.assertNotIn(b"nothing recorded",
                                     self.told(command, "--utc", *times))
        # What there is, without a time: it ends with the last record.
        self.assertEqual(self.told("query"), b"")

    def test_is_told_once_to_who_goes_on_after_a_cursor(self):
        with contextlib.closing(sqlite3.connect(self.db)) as database:
            database.execute("DELETE FROM streams WHERE attachment = '2'")
            database.commit()
        cursor = ("--cursor-file", self.path("cursor"))
        self.assertEqual(self.told("query", *cursor), b"")
        self.attach("2", 8, 90)
        self.assertIn(TELLS, self.told("query", *cursor))
        self.assertEqual(self.told("query", *cursor), b"")

    def test_goes_on_where_no_recorder_runs(self):
        told = self.told("query", "--utc", "--since", "2025-11-24 16:00:10")
        self.assertIn(b"nothing recorded after 2025-11-24T16:01:30.000000000Z "
                      b"(no recorder is running)", told)

    def test_is_told_by_each_of_several_databases(self):
        other = self.path("other.db")
        shutil.copy(self.db, other)
        told = self.told("query", "--db", other, "--utc", "--since",
                         "2025-11-24 16:00:05", "--until",
                         "2025-11-24 16:00:06")
        self.assertEqual(told.count(TELLS), 2, told)
        self.assertIn(self.db.encode() + b": nothing recorded", told)

    def test_is_in_what_programs_read(self):
        inside = ("--utc", "--since", "2025-11-24 16:00:05", "--until",
                  "2025-11-24 16:00:06", "--db", self.db)
        rows = [json.loads(line) for line in self.ok(
            "stats", *inside, "--format", "json").splitlines()]
        self.assertIn({"section": "downtimes", "pid": None, "records": 0,
                       "name": "2025-11-24T16:00:00.010000000Z/"
                               "2025-11-24T16:00:08.000000000Z"}, rows)
        self.ok("export", "--html", self.path("r.html"), *inside)
        with open(self.path("r.html"), encoding="utf-8") as page:
            data = json.loads(re.search(r'id="data">(.*?)</script>',
                                        page.read(), re.S).group(1))
        self.assertEqual(data["downtimes"], [[
            "2025-11-24T16:00:00.010000000Z", "2025-11-24T16:00:08.000000000Z",
            "recorder stopped"]])
        self.assertEqual(data["missing"]["downtimes"], 1)


class Gaps(harness.CliTest):
    def test_are_told_by_export(self):
        self.record(harness.HEADER + harness.lines(1, 3) + harness.lines(6, 9))
        for args in (("--format", "csv"), ("--format", "json"),
                     ("--html", self.path("r.html"))):
            result = self.run_forkdb("export", "--db", self.db, *args)
            self.assertEqual(result.returncode, 0)
            self.assertIn(b"2 records are missing (1 gap", result.stderr, args)
        result = self.run_forkdb("export", "--db", self.db, "--utc", "--since",
                                 "2025-11-24 16:00:00.007")
        self.assertEqual(result.stderr, b"")

    def test_may_hide_the_maker_of_a_process(self):
        self.record(GAP)
        self.assertIn(b"a gap may hide the record of its creation",
                      self.ok("tree", "300", "--db", self.db))

    def test_are_of_their_own_time(self):
        self.record(GAP)
        self.record(GAP + GAP.splitlines(True)[-1].replace(
            b"5 1795478405", b"6 1795478500"))
        for since, told in (("1795478404", True), ("1795478405", False),
                            ("1795478450", False)):
            result = self.run_forkdb("query", "--db", self.db, "--since",
                                     "@" + since)
            self.assertEqual(b"3 records are missing" in result.stderr, told,
                             (since, result.stderr))


if __name__ == "__main__":
    unittest.main()
