"""What the command-line tests share: running forkdb, and sources for it.

The environment variable FORKDB names the binary. The tests need root: they
make users' files, mount a small disk and change users for real.
"""

import contextlib
import os
import pathlib
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
import watch  # pylint: disable=wrong-import-position

FORKDB = os.path.abspath(os.environ["FORKDB"])
HEADER = (b"fork_info - version: 1 capacity: 16384\n"
          b"# seq time_ns flags exit_signal uid pid ...\n")
START_NS = 1_764_000_000_000_000_000
# Seconds that a command may take, however busy the machine is. What hangs is found
# sooner: watch.py, which runs the tests, waits for a sign of life.
PATIENCE = 600



def sanitizer():
    """The runtime that forkdb was built with: "asan" or "tsan", else ""."""
    with open(FORKDB, "rb") as file:
        start = file.read(1 << 20)  # the names of dynamic symbols
    return next((name for name in ("asan", "tsan")
                 if f"__{name}_init".encode() in start), "")


SANITIZER = sanitizer()


def skip_under_sanitizers(reason):
    """Decorates a test that cannot pass with a sanitizer's runtime."""
    return unittest.skipIf(SANITIZER, f"{SANITIZER}: {reason}")


# A shell's background job starts with SIGINT ignored, and so would forkdb.
signal.signal(signal.SIGINT, signal.default_int_handler)


def escape(comm):
    return b"".join(
        bytes([byte]) if 0x20 < byte < 0x7f and byte != 0x5c
        else b"\\%03o" % byte for byte in comm)


def line(seq, comm=b"sh", flags=0x1200000, uid=0, pid=100, error=0,
         time_ns=None):
    """A record: process 100 makes process 10000 + seq, or fails to."""
    if time_ns is None:
        time_ns = START_NS + seq * 1_000_000
    child = b"0 0 0 0 0" if error else b"%d %d 4026531836 %d 4026531837" % (
        10000 + seq, seq, 10000 + seq)
    return b"%d %d 0x%x 17 %d %d %d 1 1000 4026531836 4026531837 %d %s %s\n" % (
        seq, time_ns, flags, uid, pid, pid,
        -error if error else 10000 + seq, child, escape(comm))


def lines(first, last):
    return b"".join(line(seq) for seq in range(first, last + 1))


def wait_until(condition, what):
    try:
        watch.wait_until(condition, what)
    except watch.Hang as hang:
        raise AssertionError(str(hang)) from None


class CliTest(unittest.TestCase):
    """Gives every test a directory that all users may enter."""

    def setUp(self):
        if os.geteuid() != 0:
            self.fail("the command-line tests need root")
        directory = tempfile.TemporaryDirectory(prefix="forkdb-cli-")
        self.addCleanup(directory.cleanup)
        self.dir = directory.name
        os.chmod(self.dir, 0o755)
        self.db = self.path("fork.db")
        self.source = self.path("source.txt")

    def path(self, name):
        return os.path.join(self.dir, name)

    def write(self, name, data):
        with open(self.path(name), "wb") as file:
            file.write(data)
        return self.path(name)

    def run_forkdb(self, *args, user=None, groups=(), **options):
        """Runs it to its end; as root, or as a user with extra groups."""
        options.setdefault("stdout", subprocess.PIPE)
        options.setdefault("stderr", subprocess.PIPE)
        options.setdefault("stdin", subprocess.DEVNULL)
        options.setdefault("cwd", self.dir)
        return subprocess.run(as_user(user, groups) + [FORKDB, *args],
                              timeout=PATIENCE, check=False, **options)

    def ok(self, *args, **options):
        result = self.run_forkdb(*args, **options)
        self.assertEqual(result.returncode, 0, result.stderr)
        return result.stdout

    def fails(self, code, reason, *args, **options):
        """It ends with that code, one line on stderr, nothing on stdout. Where
        the line is of a text, that and a mark under it may follow."""
        result = self.run_forkdb(*args, **options)
        self.assertEqual(result.returncode, code, (args, result))
        text = result.stderr.decode()
        self.assertTrue(text.startswith("forkdb: "), text)
        self.assertRegex(text, r"\A.*\n(  .+\n  +\^\n)?\Z")
        self.assertIn(reason, text)
        if result.stdout is not None:
            self.assertEqual(result.stdout, b"")

    def record(self, data, *args):
        self.write("source.txt", data)
        return self.ok("record", "--source", self.source, "--db", self.db,
                       "--once", *args)

    def start(self, *args, user=None, groups=(), **options):
        """Starts it in the background."""
        options.setdefault("stdout", subprocess.PIPE)
        options.setdefault("stderr", subprocess.PIPE)
        process = subprocess.Popen(as_user(user, groups) + [FORKDB, *args],
                                   stdin=subprocess.DEVNULL, cwd=self.dir,
                                   **options)
        self.addCleanup(end, process)
        return process

    def start_recorder(self, source, *args):
        """Starts a recorder that records already when this returns."""
        process = self.start("record", "--source", source, "--db", self.db,
                             "--interval", "10ms", *args)
        said = process.stderr.readline()
        self.assertIn(b"recording into", said)
        return process

    def stop(self, process, number=signal.SIGTERM):
        """Sends the signal; returns the exit code and what else it said."""
        process.send_signal(number)
        out, err = process.communicate(timeout=PATIENCE)
        return process.returncode, out, err

    def sql(self, statement):
        with contextlib.closing(sqlite3.connect(
                f"file:{self.db}?mode=ro", uri=True)) as database:
            return database.execute(statement).fetchall()

    def value(self, statement):
        return self.sql(statement)[0][0]

    def wait_for_rows(self, count):
        wait_until(lambda: self.sql("SELECT 1 FROM records LIMIT 1 OFFSET "
                                    f"{count - 1}"), f"{count} rows")

    def assert_sound(self, first, last):
        """The database is whole and holds these numbers, each once."""
        self.assertEqual(self.value("PRAGMA integrity_check"), "ok")
        self.assertEqual(
            self.sql("SELECT count(*), count(DISTINCT seq), min(seq), max(seq),"
                     " (SELECT count(*) FROM gaps) FROM forks"),
            [(last - first + 1, last - first + 1, first, last, 0)])


def add_user(path, uid, name):
    """As if the user had a record."""
    with contextlib.closing(sqlite3.connect(path)) as database, database:
        database.execute("INSERT INTO users (uid, username) VALUES (?, ?)", (uid, name))


class SampleTest(CliTest):
    """Shell commands on a database of golden/fork_info, which $FORKDB_DB names."""

    ZONE = "UTC"

    def setUp(self):
        super().setUp()
        shutil.copy(pathlib.Path(__file__).parent / "golden/fork_info", self.dir)
        self.ok("record", "--once", "--source", self.path("fork_info"), "--db",
                self.db)
        os.symlink(FORKDB, self.path("forkdb"))
        self.environment = {
            "FORKDB_DB": self.db, "TZ": self.ZONE, "LC_ALL": "C.UTF-8",
            "PATH": self.dir + ":" + os.environ["PATH"]}

    def shell(self, command, **options):
        return subprocess.run(["sh", "-c", command], cwd=self.dir, check=False,
                              env=self.environment, stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, timeout=PATIENCE, **options)


def as_user(user, groups):
    if user is None:
        return []
    return ["setpriv", f"--reuid={user}", "--regid=nogroup",
            "--groups=" + ",".join(groups) if groups else "--clear-groups"]


def open_files(process):
    directory = f"/proc/{process.pid}/fd"
    return [os.path.join(directory, fd) for fd in os.listdir(directory)]


def blocks(process, number):
    """Whether it takes the signal in its own way, and no more by dying."""
    with open(f"/proc/{process.pid}/status", encoding="ascii") as status:
        mask = next(line for line in status if line.startswith("SigBlk:"))
    return int(mask.split()[1], 16) >> (number - 1) & 1


def run(*command):
    """A program of the system that must do its work."""
    return subprocess.run(command, check=True, capture_output=True,
                          timeout=PATIENCE).stdout


def end_quietly(process):
    """Ends it, and leaves its streams to who reads them."""
    if process.poll() is None:
        process.kill()
    process.wait()


def end(process):
    if process.poll() is None:
        process.kill()
    process.wait()
    for stream in (process.stdout, process.stderr):
        if stream:
            stream.close()
