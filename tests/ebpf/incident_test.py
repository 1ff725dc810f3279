#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""An incident, recorded live with eBPF, and the questions of docs/questions.md asked
of it: each is answered at the first command. FORKDB names the binary; as root."""

import contextlib
import os
import pathlib
import pwd
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import textwrap
import time
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests"))
import watch  # pylint: disable=wrong-import-position

FORKDB = os.path.realpath(os.environ["FORKDB"])
ROW = re.compile(r"\| (\d+)\. [^|]+ \| (?:`([^`]+)`|not yet) \| [^|]*\|")
WHO = "backup"  # a user that every Debian has
QUESTIONS = 24

# Ends and leaves a daemon behind, which calls once init has adopted it.
DROPPER = """
import os, sys, time
if os.fork() == 0:
    os.setsid()
    parent = os.getpid()
    if os.fork() != 0:
        os._exit(0)
    with open(sys.argv[1], "w") as facts:
        facts.write(str(os.getpid()))
    while os.getppid() == parent:
        time.sleep(0.01)
    for _ in range(5):
        if os.fork() == 0:
            os._exit(0)
        os.wait()
    os._exit(0)
os.wait()
"""
LEAK = """
import threading
stop = threading.Event()
threads = [threading.Thread(target=stop.wait) for _ in range(300)]
for thread in threads:
    thread.start()
stop.set()
"""
STORM = """
import os
for _ in range(600):
    pid = os.fork()
    if pid == 0:
        os._exit(0)
    os.waitpid(pid, 0)
"""
# As the only user with few processes allowed: all but the first fork fail.
FULL = """
import os, resource, time
resource.setrlimit(resource.RLIMIT_NPROC, (2, 2))
uid = int(__import__("sys").argv[1])
os.setresgid(uid, uid, uid)
os.setgroups([])
os.setresuid(uid, uid, uid)
made = []
for _ in range(40):
    try:
        pid = os.fork()
    except BlockingIOError:
        continue
    if pid == 0:
        time.sleep(1000)
    made.append(pid)
for pid in made:
    os.kill(pid, 9)
    os.wait()
"""


class Incident:
    """What was done, as facts for the commands of the questions."""

    def __init__(self, directory):
        self.dir = pathlib.Path(directory)
        (self.dir / "db").mkdir()
        self.db = self.dir / "db" / "fork.db"
        self.facts = {"WHO": WHO, "FORKDB_DB": str(self.db)}
        self.recorder = None

    def path(self, name):
        return str(self.dir / name)

    def start_recorder(self):
        self.recorder = subprocess.Popen(
            [FORKDB, "record", "--source", "ebpf", "--db", str(self.db),
             "--interval", "50ms"], stderr=subprocess.PIPE)
        while b"recording into" not in (line := self.recorder.stderr.readline()):
            if not line:
                raise AssertionError("the recorder did not start: see stderr")
            sys.stderr.write(line.decode())

    def stop_recorder(self):
        self.recorder.send_signal(signal.SIGTERM)
        _, said = self.recorder.communicate()
        if self.recorder.returncode != 0:
            raise AssertionError(said)

    def program(self, name, text, interpreter="/usr/bin/python3"):
        """A script whose processes have that command name."""
        path = self.path(name)
        shutil.copy(os.path.realpath(interpreter), path)
        script = self.path(name + ".txt")
        pathlib.Path(script).write_text(textwrap.dedent(text), encoding="utf-8")
        return [path, script]

    @staticmethod
    def run(*command, **options):
        subprocess.run(command, check=True, stdin=subprocess.DEVNULL,
                       timeout=600, **options)

    def sql(self, statement):
        with contextlib.closing(sqlite3.connect(self.db)) as database:
            return database.execute(statement).fetchall()

    def play(self):
        os.chmod(self.dir, 0o777)
        self.facts["BEGIN"] = now()
        self.start_recorder()
        self.login()
        self.scheduler()
        self.run(*self.program("leaky", LEAK))
        self.run(*self.program("storm", STORM))
        self.run(*self.program("crowded", FULL),
                 str(pwd.getpwnam("games").pw_uid))
        self.container()
        self.reuse()
        self.stop_recorder()
        time.sleep(1.5)  # the downtime
        self.start_recorder()
        self.run("/bin/true")
        self.stop_recorder()

    def login(self):
        """su as a login; under it a dropper, unshare, and a shell with root's
        rights, as sudo has them."""
        shell = self.path("rootshell")
        shutil.copy("/bin/bash", shell)
        os.chmod(shell, 0o4755)
        session = self.path("session")
        dropper = self.program("dropper", DROPPER)
        pathlib.Path(session).write_text(textwrap.dedent(f"""\
            echo $$ >{self.path('login')}
            {dropper[0]} {dropper[1]} {self.path('daemon')} &
            echo $! >{self.path('dropperpid')}
            wait
            unshare -Ur /bin/sh -c '/bin/true; /bin/true'
            {shell} -p -c 'setpriv --reuid 0 /bin/sh -c "/bin/true; /bin/true"; :'
            :
            """), encoding="utf-8")
        for name in ("login", "dropperpid", "daemon"):
            pathlib.Path(self.path(name)).touch()
            os.chmod(self.path(name), 0o666)
        self.run("su", "-s", "/bin/sh", WHO, "-c", f". {session}")
        self.facts["LOGIN"] = self.read("login")
        self.facts["DROPPER"] = self.read("dropperpid")
        watch.wait_until(lambda: self.read("daemon"), "the daemon's pid")
        self.facts["DAEMON"] = self.facts["SUSPECT"] = self.read("daemon")
        watch.wait_until(
            lambda: not os.path.exists(f"/proc/{self.facts['DAEMON']}"),
            "the daemon's end")

    def read(self, name):
        return pathlib.Path(self.path(name)).read_text(encoding="ascii").strip()

    def scheduler(self):
        with subprocess.Popen(
                [*self.program("scheduler", "for i in 1 2 3; do sh -c '/bin/true; "
                               "/bin/true'; done\n", "/bin/sh")]) as process:
            self.facts["SCHEDULER"] = str(process.pid)

    def container(self):
        self.run("unshare", "-p", "-f", "/bin/sh", "-c",
                 f"readlink /proc/self/ns/pid >{self.path('ns')}; /bin/true; :")
        self.facts["CONTAINER"] = re.sub(r"\D", "", self.read("ns"))

    def reuse(self):
        """One pid for three processes; TIME is in the life of the second."""
        for number in range(3):
            process = None
            for pid in self.candidates():
                pathlib.Path("/proc/sys/kernel/ns_last_pid").write_text(
                    str(pid - 1), encoding="ascii")
                process = subprocess.Popen([self.path(f"life{number}"), "30"],
                                           executable="/bin/sleep")
                if number == 0:
                    self.facts["REUSED"] = str(process.pid)
                if str(process.pid) == self.facts["REUSED"]:
                    break
                process.kill()
                process.wait()
            if number == 1:
                self.facts["TIME"] = now()
            process.kill()
            process.wait()

    def candidates(self):
        """The pid that is to be used, again and again: another process may take
        it."""
        pid = int(self.facts.get("REUSED", 7000))
        for _ in range(200):
            yield pid


def now():
    """The time, as a command line takes it."""
    return f"@{time.time():.6f}"


class Questions(unittest.TestCase):
    """Asked of one incident."""

    @classmethod
    def setUpClass(cls):
        directory = tempfile.TemporaryDirectory(prefix="forkdb-incident-")
        cls.addClassCleanup(directory.cleanup)
        cls.incident = Incident(directory.name)
        cls.incident.play()
        os.symlink(FORKDB, cls.incident.path("forkdb"))
        text = (ROOT / "docs/questions.md").read_text(encoding="utf-8")
        cls.commands = {int(number): command
                        for number, command in ROW.findall(text)}

    def ask(self, number):
        facts = self.incident.facts
        result = subprocess.run(
            ["bash", "-c", self.commands[number]], cwd=ROOT, check=False,
            stdin=subprocess.DEVNULL, capture_output=True, timeout=600,
            env={**facts, "PATH": f"{self.incident.dir}:{os.environ['PATH']}"})
        self.assertEqual(result.returncode, 0, result.stderr)
        self.said = result.stderr.decode()
        return result.stdout.decode()

    def assert_in_order(self, words, text):
        place = 0
        for word in words:
            place = text.find(word, place)
            self.assertGreaterEqual(place, 0, f"{word} in {text}")

    def test_all_are_listed_once(self):
        self.assertEqual(sorted(self.commands), list(range(1, QUESTIONS + 1)))
        asked = {int(name.split("_")[1]) for name in dir(self)
                 if name.startswith("test_") and name.split("_")[1].isdigit()}
        self.assertEqual(asked, {number for number, command
                                 in self.commands.items() if command})

    def test_01_what_a_user_started(self):
        text = self.ask(1)
        rows = text.splitlines()[1:]
        self.assertTrue(rows)
        for row in rows:
            self.assertIn(WHO, row)
        self.assertEqual(
            [(len(rows),)],
            self.incident.sql(f"SELECT count(*) FROM forks WHERE username = '{WHO}'"))
        self.assertIn(self.incident.facts["DROPPER"], text)

    def test_02_who_started_a_process(self):
        text = self.ask(2)
        facts = self.incident.facts
        self.assert_in_order([facts["LOGIN"], facts["DROPPER"] + " dropper",
                              facts["SUSPECT"]], text)

    def test_03_what_came_of_the_dropper(self):
        rows = self.ask(3).splitlines()[1:]
        daemon = self.incident.facts["DAEMON"]
        by_daemon = [row for row in rows if f" {daemon} " in row.split("fork")[0]]
        self.assertEqual(len(by_daemon), 5, rows)

    def test_04_who_is_behind_a_daemon(self):
        self.assert_in_order([self.incident.facts["DROPPER"] + " dropper",
                              self.incident.facts["DAEMON"]], self.ask(4))

    def test_05_what_a_login_did_as_root(self):
        rows = self.ask(5).splitlines()[1:]
        self.assertTrue(rows)
        for row in rows:
            self.assertIn("root", row)
        self.assertTrue(any(re.search(r"\bsh\b", row) for row in rows), rows)

    def test_06_which_processes_changed_their_user(self):
        self.assertRegex(self.ask(6), rf"{WHO} +\S+ +root ")

    def test_07_what_failed(self):
        text = self.ask(7)
        self.assertRegex(text, r"games +EAGAIN +\d\d")
        self.assertIn("EAGAIN", self.said)

    def test_08_who_reached_the_limit(self):
        first = self.ask(8).splitlines()[1]
        self.assertRegex(first, r"^games +crowded +\d\d")

    def test_09_whose_fork_storm(self):
        first = self.ask(9).splitlines()[1]
        self.assertRegex(first, r"^root +storm +\d{3}")

    def test_10_which_process_leaks_threads(self):
        rows = self.ask(10).splitlines()
        self.assertRegex(rows[1], r"^leaky +\d+ +300$")
        self.assertEqual(len(rows), 2)

    def test_11_which_process_had_a_pid(self):
        text = self.ask(11)
        self.assertIn(self.incident.facts["REUSED"], text)
        second = self.incident.sql(
            "SELECT id FROM forks WHERE child_pid = "
            f"{self.incident.facts['REUSED']} AND pid = {os.getpid()} "
            "ORDER BY time_ns LIMIT 1 OFFSET 1")
        self.assertIn(str(second[0][0]), text)

    def test_12_how_often_a_pid_was_used(self):
        # Others may have had it, too.
        ours = [row for row in self.ask(12).splitlines()
                if str(os.getpid()) in row.split()]
        self.assertEqual(len(ours), 3)

    def test_13_what_the_scheduler_started(self):
        text = self.ask(13)
        self.assert_in_order([self.incident.facts["SCHEDULER"] + " scheduler"],
                             text)
        self.assertGreaterEqual(len(text.splitlines()), 1 + 3 + 3)

    def test_14_who_changed_namespaces(self):
        rows = self.ask(14).splitlines()[1:]
        self.assertTrue(rows)
        for row in rows:
            self.assertIn(WHO, row)

    def test_15_what_ran_in_a_container(self):
        rows = self.ask(15).splitlines()[1:]
        self.assertGreaterEqual(len(rows), 2)

    def test_16_when_nothing_was_recorded(self):
        rows = self.ask(16).splitlines()[1:]
        self.assertEqual(len(rows), 1, rows)
        self.assertIn("recorder stopped", rows[0])


if __name__ == "__main__":
    unittest.main()
