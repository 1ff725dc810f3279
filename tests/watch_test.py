"""What watch.py, which finds hanging tests, takes for a hang, and what not."""

import contextlib
import functools
import io
import os
import signal
import subprocess
import sys
import time
import unittest
from unittest import mock

import watch


def ended(pid):
    """Whether a process is no more, or only waits for whoever took it over."""
    try:
        with open(f"/proc/{pid}/stat", encoding="ascii") as stat:
            return stat.read().rpartition(")")[2].split()[0] == "Z"
    except FileNotFoundError:
        return True


class WatchTest(unittest.TestCase):
    """With steps of a tenth of a second, so that limits of one second count."""

    def setUp(self):
        for name, value in {"STEP_S": 0.1, "slowness": lambda: self.slowness}.items():
            patch = mock.patch.object(watch, name, value)
            patch.start()
            self.addCleanup(patch.stop)
        self.slowness = 1

    def run_watched(self, script, *limits):
        """Exit status, and what was printed by watch.run() and the script."""
        printed = io.TextIOWrapper(io.BytesIO())
        with contextlib.redirect_stdout(printed):
            status = watch.run(["sh", "-c", script], watch.Watch(*limits))
        printed.flush()
        return status, printed.buffer.getvalue().decode()

    def test_passes_on_output_and_exit_status(self):
        self.assertEqual(self.run_watched("echo word; exit 3", 60), (3, "word\n"))

    def test_a_command_killed_by_a_signal_fails(self):
        self.assertEqual(self.run_watched("kill -9 $$", 60)[0], 128 + 9)

    def test_silence_ends_a_command_and_all_that_it_started(self):
        status, printed = self.run_watched("echo $$; sleep 1000 & echo $!; wait", 1)
        self.assertEqual(status, 124)
        self.assertIn("hangs: nothing new for 1 s", printed)
        for pid in printed.split()[:2]:
            watch.wait_until(functools.partial(ended, pid), f"the end of {pid}")

    def test_output_is_a_sign_of_life(self):
        script = "for i in 1 2 3 4 5; do sleep 1; echo $i; done"
        self.assertEqual(self.run_watched(script, 4)[0], 0)

    def test_new_processes_are_a_sign_of_life(self):
        self.assertEqual(self.run_watched("for i in 1 2 3 4 5; do sleep 1; done", 4)[0], 0)

    def test_output_without_end_is_ended(self):
        status, printed = self.run_watched("while :; do echo; sleep 0.1; done", 60, 1)
        self.assertEqual(status, 124)
        self.assertIn("does not end: not in 1 s", printed)

    def test_a_busy_machine_stretches_the_limit(self):
        self.slowness = 20
        self.assertEqual(self.run_watched("exec sleep 3", 1)[0], 0)
        self.slowness = 1
        self.assertEqual(self.run_watched("exec sleep 1000", 1)[0], 124)

    def test_wait_until_names_what_it_waited_for(self):
        with self.assertRaisesRegex(watch.Hang, "waited in vain: a miracle"):
            watch.wait_until(lambda: False, "a miracle", 0.5)


class SlownessTest(unittest.TestCase):
    """The measurement itself, in a process of its own."""

    SCRIPT = "import watch; print(min(watch.slowness() for _ in range(3)))"

    def measure(self, while_it_runs=lambda process: None):
        with subprocess.Popen([sys.executable, "-B", "-c", self.SCRIPT], text=True,
                              cwd=os.path.dirname(os.path.abspath(__file__)),
                              stdout=subprocess.PIPE) as process:
            while process.poll() is None:
                while_it_runs(process)
                time.sleep(0.02)
            return float(process.stdout.read())

    def test_who_seldom_gets_a_processor_finds_the_machine_slow(self):
        def hold_up(process):
            process.send_signal(signal.SIGSTOP)
            time.sleep(0.1)
            process.send_signal(signal.SIGCONT)

        quiet = self.measure()
        self.assertGreaterEqual(quiet, 1)
        self.assertGreater(self.measure(hold_up), 1.5 * quiet)


if __name__ == "__main__":
    unittest.main()
