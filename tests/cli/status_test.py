"""forkdb status from the command line."""

import grp
import json
import os
import signal
import unittest

import harness

NO_RECORDER = b"forkdb: no recorder is running: forkdb record\n"


class Status(harness.CliTest):
    def test_without_a_recorder_is_a_failure_with_the_reason(self):
        self.record(harness.HEADER + harness.lines(3, 9))
        result = self.run_forkdb("status", "--db", self.db)
        self.assertEqual((result.returncode, result.stderr), (1, NO_RECORDER))
        text = result.stdout.decode()
        self.assertRegex(text, r"(?m)^recorder +not running$")
        self.assertRegex(text, r"(?m)^last number +9$")
        self.assertRegex(text, r"(?m)^records +7$")
        self.assertRegex(text, r"(?m)^gaps +1, with 2 records missing$")
        self.assertRegex(text, r"(?m)^retention +keeps all$")

    def test_of_a_healthy_recorder_is_a_success(self):
        os.mkfifo(self.path("fifo"))
        group = grp.getgrgid(1).gr_name
        process = self.start_recorder(self.path("fifo"), "--group", group)
        for who in ({}, {"user": "nobody", "groups": [group]}):
            result = self.run_forkdb("status", "--db", self.db, **who)
            self.assertEqual((result.returncode, result.stderr), (0, b""))
            self.assertIn(b"running, pid %d\n" % process.pid, result.stdout)
        self.stop(process, signal.SIGKILL)
        self.assertEqual(
            self.run_forkdb("status", "--db", self.db).returncode, 1)

    def test_is_one_json_object(self):
        self.record(harness.HEADER + harness.lines(3, 9), "--keep", "100000d")
        result = self.run_forkdb("status", "--db", self.db, "--format", "json")
        status = json.loads(result.stdout)
        self.assertEqual(status["records"], 7)
        self.assertEqual(status["missing"], 2)
        self.assertEqual(status["last_seq"], 9)
        self.assertEqual(status["keep_ns"], 100000 * 86400 * 10**9)
        self.assertIsNone(status["recorder_pid"])
        self.assertEqual(status["database_bytes"], os.path.getsize(self.db))
        self.assertIn("no recorder", status["problems"])

    def test_answers_a_member_of_the_group(self):
        group = grp.getgrgid(1).gr_name
        self.record(harness.HEADER + harness.lines(1, 9), "--group", group)
        result = self.run_forkdb("status", "--db", self.db, user="nobody",
                                 groups=[group])
        self.assertEqual((result.returncode, result.stderr), (1, NO_RECORDER))
        self.assertRegex(result.stdout, rb"(?m)^records +9$")

    def test_of_no_database_says_what_to_do(self):
        self.fails(1, "record something first", "status", "--db", self.db)


if __name__ == "__main__":
    unittest.main()
