"""The questions in examples/, asked of a sample history."""

import os
import pathlib
import re
import subprocess
import unittest

import harness

EXAMPLES = pathlib.Path(__file__).resolve().parents[2] / "examples"
SCRIPTS = {"ssh_session.sh"}
HOST = 4026531836
POD = 4026532999


def call(seq, minute, uid, caller, child, comm, flags=0, error=0, ns=HOST,
         child_ns=None, ns_pid=None):
    """Process caller makes process child; both start at their pid."""
    made = b"0 0 0 0 0" if error else b"%d %d %d %d 4026531837" % (
        child, child, child_ns or ns, ns_pid or child)
    return b"%d %d 0x%x 17 %d %d %d 1 %d %d 4026531837 %d %s %s\n" % (
        seq, harness.START_NS + minute * 60_000_000_000 + seq, flags, uid,
        caller, caller, caller, ns, -error if error else ns_pid or child, made,
        comm)


SAMPLE = b"".join([
    call(1, 0, 0, 10, 20, b"cron"),
    call(2, 0, 0, 20, 21, b"cron"),
    call(3, 0, 33, 21, 22, b"sh"),
    call(4, 1, 0, 11, 30, b"sshd"),
    call(5, 1, 0, 30, 31, b"sshd"),
    call(6, 1, 0, 31, 32, b"bash"),
    call(7, 1, 33, 31, 33, b"bash", flags=0x10000),
    call(8, 2, 0, 12, 40, b"runc", flags=0x20000000, child_ns=POD, ns_pid=1),
    call(9, 2, 0, 40, 41, b"sh", ns=POD, ns_pid=2),
    call(10, 3, 65534, 13, 50, b"bomb"),
    call(11, 3, 65534, 13, 51, b"bomb"),
    call(12, 3, 65534, 13, 0, b"bomb", error=11),
    call(13, 3, 33, 22, 0, b"sh", error=11),
])

# What sqlite3 prints: a row a line.
ANSWERS = {
    "busiest_minute.sql": """\
2025-11-24T16:01Z|root|sshd|2
2025-11-24T16:01Z|root|bash|1
2025-11-24T16:01Z|www-data|bash|1
""",
    "changed_user.sql": """\
2025-11-24T16:00:00.000000003Z|21|root|www-data|sh|cron
2025-11-24T16:01:00.000000007Z|31|root|www-data|bash|sshd
""",
    "containers.sql": """\
2025-11-24T16:02:00.000000008Z|root|runc|12|40|4026532999|0
""",
    "first_eagain.sql": """\
nobody|1|2025-11-24T16:03:00.000000012Z|bomb
www-data|1|2025-11-24T16:03:00.000000013Z|sh
""",
    "forks_per_minute.sql": """\
2025-11-24T16:00Z|3|0|0
2025-11-24T16:01Z|3|1|0
2025-11-24T16:02Z|2|0|0
2025-11-24T16:03Z|2|0|2
""",
    "namespace.sql": """\
2025-11-24T16:02:00.000000009Z|root|sh|40|fork|41|2|
""",
    "pid_table.sql": """\
nobody|bomb|3|1|2025-11-24T16:03:00.000000010Z|2025-11-24T16:03:00.000000012Z
www-data|sh|1|1|2025-11-24T16:03:00.000000013Z|2025-11-24T16:03:00.000000013Z
""",
    "started_by_cron.sql": """\
2025-11-24T16:00:00.000000001Z|1|root|cron|20|fork
2025-11-24T16:00:00.000000002Z|1|root|cron|21|fork
2025-11-24T16:00:00.000000003Z|2|www-data|sh|22|fork
""",
    "threads_or_processes.sql": """\
bash|1|1
bomb|2|0
cron|2|0
sh|2|0
sshd|2|0
runc|1|0
""",
}


class Examples(harness.CliTest):
    def setUp(self):
        super().setUp()
        self.record(harness.HEADER + SAMPLE)

    def ask(self, name):
        with (EXAMPLES / name).open("rb") as file:
            return subprocess.run(["sqlite3", "-readonly", self.db], stdin=file,
                                  check=False, stdout=subprocess.PIPE,
                                  stderr=subprocess.STDOUT,
                                  timeout=harness.PATIENCE).stdout.decode()

    def test_each_has_its_answer(self):
        self.assertEqual({path.name for path in EXAMPLES.glob("*.sql")},
                         set(ANSWERS))
        self.maxDiff = None
        self.assertEqual({name: self.ask(name) for name in ANSWERS}, ANSWERS)

    def test_the_oldest_of_many_records_is_in_the_answer(self):
        first = len(SAMPLE.splitlines()) + 1
        self.record(harness.HEADER + SAMPLE + harness.lines(first, 101_000))
        self.assertEqual(self.ask("changed_user.sql"), ANSWERS["changed_user.sql"])

    def test_each_says_how_to_use_it(self):
        for name in [*ANSWERS, *SCRIPTS]:
            head = (EXAMPLES / name).read_text(encoding="utf-8")
            for word in ["Question: .*\\?", "Run: .*" + re.escape(name),
                         "Answer: "]:
                self.assertRegex(head, f"(?m)^(--|#) {word}", name)

    def test_an_ssh_session_is_all_below_its_sshd(self):
        def session(*args):
            return subprocess.run(
                ["sh", EXAMPLES / "ssh_session.sh", *args], check=False,
                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT, timeout=harness.PATIENCE,
                env={**os.environ, "FORKDB": harness.FORKDB}).stdout.decode()

        answer = session("30", self.db).splitlines()
        self.assertEqual([line.split()[1:5] for line in answer[1:]],
                         [["root", "sshd", "30", "31"],
                          ["root", "bash", "31", "32"],
                          ["www-data", "bash", "31", "33"]])


if __name__ == "__main__":
    unittest.main()
