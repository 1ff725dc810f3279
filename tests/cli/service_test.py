"""forkdb record under a service manager: sd_notify, the journal, the unit."""

import contextlib
import json
import os
import pathlib
import re
import signal
import socket
import subprocess
import unittest

import harness

# Debian's own Python, which has Debian's packages.
PARSE_METRICS = ["/usr/bin/python3", "-c", """
import json, sys
from prometheus_client.parser import text_string_to_metric_families
print(json.dumps({sample.name: [sample.value, family.documentation]
                  for family in text_string_to_metric_families(sys.stdin.read())
                  for sample in family.samples}))
"""]
EXAMPLES = pathlib.Path(__file__).resolve().parents[2] / "examples"


class Manager(harness.CliTest):
    """Plays the service manager: the other end of NOTIFY_SOCKET."""

    def setUp(self):
        super().setUp()
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.addCleanup(self.socket.close)
        self.socket.bind(self.path("notify"))
        os.chmod(self.path("notify"), 0o777)
        self.socket.settimeout(harness.PATIENCE)
        self.write("source.txt", harness.HEADER + harness.lines(3, 5))

    def start_service(self, *options, command=(), **environment):
        """As start_recorder(), before it has said anything."""
        process = subprocess.Popen(
            [*command, harness.FORKDB, "record", "--source", self.source,
             "--db", self.db, "--interval", "10ms", *options], cwd=self.dir,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env={**os.environ, "NOTIFY_SOCKET": self.path("notify"),
                 **environment})
        self.addCleanup(harness.end, process)
        return process

    def said(self):
        return self.socket.recv(4096).decode()

    def receive(self, wanted):
        """The next message that begins so."""
        while True:
            message = self.said()
            if message.startswith(wanted):
                return message

    def feed(self, *records):
        with open(self.source, "ab") as source:
            source.write(b"".join(records))


class Notify(Manager):
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

    def test_opens_all_anew_at_sighup_and_goes_on(self):
        recorder = self.start_service()
        self.receive("STATUS=file: 3 records")
        for suffix in ("", "-wal", "-shm"):
            os.rename(self.db + suffix, self.path("old.db" + suffix))
        recorder.send_signal(signal.SIGHUP)
        self.assertRegex(self.receive("RELOADING=1"), r"\nMONOTONIC_USEC=\d+$")
        self.receive("READY=1")
        self.feed(harness.lines(6, 9))
        harness.wait_until(lambda: os.path.exists(self.db), "a new file")
        self.wait_for_rows(7)
        self.assertEqual(self.stop(recorder)[0], 0)

    def test_writes_metrics_that_prometheus_reads(self):
        metrics = self.path("forkdb.prom")
        recorder = self.start_service("--metrics", metrics)
        self.receive("STATUS=file: 3 records")
        self.feed(b"nonsense\n", harness.lines(8, 8))
        self.receive("STATUS=file: 4 records")
        self.assertEqual(self.stop(recorder)[0], 0)
        with open(metrics, "rb") as file:
            samples = json.loads(subprocess.run(
                PARSE_METRICS, stdin=file, capture_output=True, check=True).stdout)
        values = {name: value for name, (value, _) in samples.items()}
        self.assertEqual(values["forkdb_records_total"], 4)
        self.assertEqual(values["forkdb_missing_records"], 4)
        self.assertEqual(values["forkdb_rejected_lines_total"], 1)
        self.assertEqual(values["forkdb_last_seq"], 8)
        self.assertGreater(values["forkdb_last_drain_time_seconds"],
                           values["forkdb_start_time_seconds"] - 1)
        self.assertGreater(values["forkdb_database_bytes"], 0)
        self.assertTrue(all(text for _, text in samples.values()))

    def test_writes_metrics_where_node_exporter_looks(self):
        self.fails(2, ".prom", "record", "--metrics", self.path("x.txt"),
                   "--source", self.source, "--db", self.db)

    def test_says_nothing_to_a_manager_that_has_gone(self):
        os.unlink(self.path("notify"))
        recorder = self.start_service(WATCHDOG_USEC="200000")
        self.assertIn(b"recording into", recorder.stderr.readline() +
                      recorder.stderr.readline())
        self.assertEqual(self.stop(recorder)[0], 0)

    def fill_socket(self):
        """Until the manager's socket takes no more, as while it hangs."""
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as other:
            other.setblocking(False)
            with self.assertRaises(BlockingIOError):
                while True:
                    other.sendto(b"X=of another service", self.path("notify"))

    def test_never_waits_for_a_manager_that_does_not_read(self):
        self.fill_socket()
        recorder = self.start_service(WATCHDOG_USEC="200000")
        self.assertIn(b"recording into", recorder.stderr.readline())
        self.wait_for_rows(3)
        self.feed(harness.lines(6, 9))
        self.wait_for_rows(7)
        # Once the manager reads, it is told: its start has not been lost.
        self.receive("READY=1")
        self.receive("STATUS=file: 7 records")
        self.receive("WATCHDOG=1")
        self.fill_socket()
        self.assertEqual(self.stop(recorder)[0], 0)

    def test_records_with_what_the_unit_leaves_it(self):
        """As another user, with no capability and no way to a new one."""
        os.chmod(self.source, 0o644)
        os.mkdir(self.path("state"), 0o750)
        self.db = self.path("state/fork.db")
        subprocess.run(["chown", "nobody:nogroup", self.path("state")],
                       check=True)
        recorder = self.start_service(command=(
            "setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups",
            "--bounding-set=-all", "--inh-caps=-all", "--no-new-privs"))
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


def allowed_calls(*files):
    """The system calls that a unit of these files lets through."""
    calls = set()
    text = "".join((EXAMPLES / file).read_text() for file in files)
    for value in re.findall(r"^SystemCallFilter=(.*)$", text, re.M):
        for name in value.removeprefix("~").split():
            expanded = {name}
            if name.startswith("@"):
                expanded = expand(name)
            calls = calls - expanded if value[0] == "~" else calls | expanded
    return calls


def expand(group):
    text = subprocess.run(["systemd-analyze", "syscall-filter", group],
                          capture_output=True, check=True, text=True).stdout
    calls = set()
    for word in re.findall(r"^ {4}([@a-z0-9_-]+)", text, re.M):
        calls |= expand(word) if word.startswith("@") else {word}
    return calls


@harness.skip_under_sanitizers("its runtime makes system calls of its own")
class Traced(Manager):
    """The recorder as the unit's user; strace knows what it called."""

    def calls_of(self, source, caps, feed):
        os.mkdir(self.path("state"), 0o750)
        os.chown(self.path("state"), 65534, 65534)
        self.db, self.source = self.path("state/fork.db"), source
        tracer = self.start_service("--keep", "90d", "--max-size", "4G", command=(
            "strace", "-f", "-qq", "-o", self.path("trace"), "setpriv",
            "--reuid=nobody", "--regid=nogroup", "--clear-groups",
            f"--inh-caps=-all{caps}", f"--ambient-caps=-all{caps}",
            "--no-new-privs"), WATCHDOG_USEC="100000")
        self.receive("READY=1")
        feed()
        self.receive("WATCHDOG=1")
        recorder = int(subprocess.run(
            ["pgrep", "-x", "-P", str(tracer.pid), "forkdb"],
            capture_output=True, check=True, text=True).stdout)
        os.kill(recorder, signal.SIGHUP)
        self.receive("RELOADING=1")
        self.receive("READY=1")
        os.kill(recorder, signal.SIGTERM)
        self.receive("STOPPING=1")
        said = tracer.communicate(timeout=harness.PATIENCE)[1]
        self.assertEqual(tracer.returncode, 0, said)
        with open(self.path("trace"), encoding="utf-8") as trace:
            text = trace.read()
        begin = text.rindex('execve("' + harness.FORKDB)
        return set(re.findall(r"^\d+ +(?:<\.\.\. )?([a-z0-9_]+)[( ]",
                              text[begin:], re.M)) - {"execve", "exit"}

    def test_calls_nothing_that_the_unit_forbids(self):
        os.chmod(self.source, 0o644)
        calls = self.calls_of(self.source, "",
                              lambda: self.feed(harness.lines(6, 9)))
        self.assertEqual(calls - allowed_calls("forkdb.service"), set())
        self.assertIn("pwrite64", calls)

    @unittest.skipUnless(os.path.exists("/sys/kernel/btf/vmlinux"),
                         "no BTF: there is no eBPF source here")
    def test_calls_nothing_by_ebpf_that_the_drop_in_forbids(self):
        calls = self.calls_of("ebpf", ",+bpf,+perfmon",
                              lambda: subprocess.run(["true"], check=True))
        allowed = allowed_calls("forkdb.service", "forkdb-ebpf.conf")
        self.assertEqual(calls - allowed, set())
        self.assertLessEqual({"bpf", "capset"}, calls)
        # Which a recorder of /proc/fork_info gives up in the same way.
        self.assertIn("capset", allowed_calls("forkdb.service"))


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
        self.assertLessEqual(self.exposure(unit + ebpf), 2.0)
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
