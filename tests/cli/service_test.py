"""forkdb record under a service manager: sd_notify, the journal, the unit."""

import contextlib
import os
import pathlib
import re
import signal
import socket
import subprocess
import unittest

import harness

EXAMPLES = pathlib.Path(__file__).resolve().parents[2] / "examples"


class Notify(harness.CliTest):
    def setUp(self):
        super().setUp()
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.addCleanup(self.socket.close)
        self.socket.bind(self.path("notify"))
        os.chmod(self.path("notify"), 0o777)
        self.socket.settimeout(harness.PATIENCE)
        self.write("source.txt", harness.HEADER + harness.lines(3, 5))

    def start_service(self, *command, **environment):
        """As start_recorder(), before it has said anything."""
        process = subprocess.Popen(
            [*command, harness.FORKDB, "record", "--source", self.source,
             "--db", self.db, "--interval", "10ms"], cwd=self.dir,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env={**os.environ, "NOTIFY_SOCKET": self.path("notify"),
                 **environment})
        self.addCleanup(harness.end, process)
        return process

    def said(self):
        return self.socket.recv(4096).decode()

    def test_tells_start_status_and_end_in_this_order(self):
        recorder = self.start_service()
        self.assertEqual(self.said(), "READY=1")
        self.assertEqual(self.value("SELECT count(*) FROM records"), 3)
        self.assertEqual(self.said(), "STATUS=file: 3 records, 1 gaps with 2 "
                         "records missing")
        with open(self.source, "ab") as source:
            source.write(harness.lines(6, 9))
        self.assertEqual(self.said(), "STATUS=file: 7 records, 1 gaps with 2 "
                         "records missing")
        self.assertEqual(self.stop(recorder)[0], 0)
        self.assertEqual(self.said(), "STOPPING=1")

    def test_feeds_the_watchdog_with_no_record_coming(self):
        fifo = self.path("fifo")
        os.mkfifo(fifo)
        self.source = fifo
        recorder = self.start_service(WATCHDOG_USEC="200000")
        # A slow machine may feed it before the start is over.
        harness.wait_until(lambda: self.said().startswith("STATUS="), "start")
        for _ in range(3):
            self.assertEqual(self.said(), "WATCHDOG=1")
        self.assertEqual(self.stop(recorder)[0], 0)

    def test_says_nothing_to_a_manager_that_has_gone(self):
        os.unlink(self.path("notify"))
        recorder = self.start_service(WATCHDOG_USEC="200000")
        self.assertIn(b"recording into", recorder.stderr.readline() +
                      recorder.stderr.readline())
        self.assertEqual(self.stop(recorder)[0], 0)

    def test_records_with_what_the_unit_leaves_it(self):
        """As another user, with no capability and no way to a new one."""
        os.chmod(self.source, 0o644)
        os.mkdir(self.path("state"), 0o750)
        self.db = self.path("state/fork.db")
        subprocess.run(["chown", "nobody:nogroup", self.path("state")],
                       check=True)
        recorder = self.start_service(
            "setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups",
            "--bounding-set=-all", "--inh-caps=-all", "--no-new-privs")
        self.assertEqual(self.said(), "READY=1")
        self.assertEqual(self.stop(recorder)[0], 0)
        self.assertEqual(self.value("SELECT count(*) FROM records"), 3)

    def test_gives_the_journal_the_level_of_each_line(self):
        ours, theirs = socket.socketpair()
        with contextlib.closing(ours), contextlib.closing(theirs):
            status = os.fstat(theirs.fileno())
            result = self.run_forkdb(
                "record", "--once", "--source", self.source, "--db", self.db,
                stderr=theirs, env={**os.environ, "JOURNAL_STREAM":
                                    f"{status.st_dev}:{status.st_ino}"})
            self.assertEqual(result.returncode, 0)
            theirs.shutdown(socket.SHUT_WR)
            text = ours.makefile("rb").read()
        self.assertRegex(text, rb"\A(<5>[^\n]*\n)+\Z")
        self.assertIn(b"<5>3 records", text)

    def test_writes_no_message_into_a_file_when_stderr_is_closed(self):
        result = subprocess.run(
            ["sh", "-c", 'exec "$@" 2>&- >&- <&-', "sh", harness.FORKDB,
             "record", "--once", "--source", self.source, "--db", self.db],
            check=False, timeout=harness.PATIENCE)
        self.assertEqual(result.returncode, 0)
        self.assertEqual(self.value("PRAGMA integrity_check"), "ok")
        with open(self.source, "rb") as source:
            self.assertEqual(source.read(),
                             harness.HEADER + harness.lines(3, 5))


class Unit(harness.CliTest):
    def exposure(self, text):
        self.write("forkdb.service", text.encode())
        result = subprocess.run(
            ["systemd-analyze", "security", "--offline=true", "--no-pager",
             self.path("forkdb.service")], capture_output=True, text=True,
            check=True, timeout=harness.PATIENCE)
        return float(re.search(r"Overall exposure level.*: ([\d.]+)",
                               result.stdout).group(1))

    def test_is_exposed_no_more_than_2(self):
        unit = (EXAMPLES / "forkdb.service").read_text(encoding="utf-8")
        ebpf = (EXAMPLES / "forkdb-ebpf.conf").read_text(encoding="utf-8")
        self.assertLessEqual(self.exposure(unit), 2.0)
        self.assertLessEqual(self.exposure(unit + ebpf), 2.5)
        bare = "[Service]\nExecStart=/bin/true\n"
        self.assertGreater(self.exposure(bare), 5.0)

    def test_is_understood_by_systemd(self):
        unit = (EXAMPLES / "forkdb.service").read_text(encoding="utf-8")
        self.write("forkdb.service",
                   unit.replace("/usr/local/bin/forkdb",
                                harness.FORKDB).encode())
        result = subprocess.run(
            ["systemd-analyze", "verify", "--man=no",
             self.path("forkdb.service")], capture_output=True, text=True,
            check=False, timeout=harness.PATIENCE)
        self.assertNotIn("forkdb.service:", result.stderr)
        self.assertEqual(result.returncode, 0, result.stderr)


if __name__ == "__main__":
    unittest.main()
