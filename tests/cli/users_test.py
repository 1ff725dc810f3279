"""Users' names from a name service that is slow or down.

The service is a module of our own for the C library (nss_moody.c), in a mount
namespace whose nsswitch.conf names it.
"""

import os
import pathlib
import socket
import subprocess
import time
import unittest

import harness

MODULE = pathlib.Path(__file__).resolve().parent / "nss_moody.c"
# Long for a watchdog, short beside a look-up that hangs.
WATCHDOG_S = 10


class NameService(harness.CliTest):
    def setUp(self):
        super().setUp()
        harness.run("cc", "-shared", "-fPIC", "-o",
                    self.path("libnss_moody.so.2"), str(MODULE))
        self.write("nsswitch.conf", b"passwd: files moody\n")
        os.mkfifo(self.path("fifo"))
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.addCleanup(self.socket.close)
        self.socket.bind(self.path("notify"))
        self.socket.settimeout(harness.PATIENCE)
        self.fed = 0

    def answers(self, mood):
        """From now on; at once, not in two steps."""
        os.rename(self.write("mood.new", mood), self.path("mood"))

    def begin(self):
        self.recorder = subprocess.Popen(
            ["unshare", "--mount", "sh", "-c",
             "mount --bind nsswitch.conf /etc/nsswitch.conf && exec \"$@\"",
             "sh", harness.FORKDB, "record", "--source", self.path("fifo"),
             "--db", self.db, "--interval", "10ms"],
            cwd=self.dir, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, env={
                **os.environ, "LD_LIBRARY_PATH": self.dir,
                "MOODY": self.path("mood"),
                "NOTIFY_SOCKET": self.path("notify"),
                "WATCHDOG_USEC": str(WATCHDOG_S * 1_000_000)})
        self.addCleanup(harness.end, self.recorder)
        self.assertIn(b"recording into", self.recorder.stderr.readline())
        self.pipe = open(self.path("fifo"), "wb", buffering=0)  # pylint: disable=R1732
        self.addCleanup(self.pipe.close)
        self.pipe.write(harness.HEADER)

    def feed(self, *uids):
        for uid in uids:
            self.fed += 1
            self.pipe.write(harness.line(self.fed, uid=uid))
        self.wait_for_rows(self.fed)

    def names(self):
        return [name for name, in self.sql(
            "SELECT username FROM forks ORDER BY id")]

    def wait_for_names(self, *names):
        harness.wait_until(lambda: self.names() == list(names),
                           f"{names}: {self.names()}")

    def end(self):
        start = time.monotonic()
        self.assertEqual(self.stop(self.recorder)[0], 0)
        return time.monotonic() - start


class Users(NameService):
    def test_are_named_once_a_service_that_hangs_answers(self):
        self.answers(b"hang")
        self.begin()
        self.feed(5000, 5001, 5002)
        self.assertEqual(self.names(), ["5000", "5001", "5002"])
        # Fed although a look-up takes longer than its limit.
        hangs_until = time.monotonic() + WATCHDOG_S
        while time.monotonic() < hangs_until:
            self.socket.settimeout(WATCHDOG_S)
            while self.socket.recv(4096) != b"WATCHDOG=1":
                pass
        self.feed(5000)
        self.answers(b"up")
        self.wait_for_names("moody", "5001", "5002", "moody")
        self.end()

    def test_do_not_delay_the_end(self):
        self.answers(b"hang")
        self.begin()
        self.feed(5000)
        self.assertLess(self.end(), WATCHDOG_S)
        self.assertEqual(self.names(), ["5000"])
        # The next recorder asks again.
        self.answers(b"up")
        self.begin()
        self.wait_for_names("moody")
        self.end()

    def test_keep_their_names_while_a_service_is_down(self):
        self.answers(b"up")
        self.begin()
        self.feed(5000)
        self.end()
        self.assertEqual(self.names(), ["moody"])
        self.answers(b"down")
        self.begin()
        self.feed(5000, 5001)
        self.assertEqual(self.names(), ["moody", "moody", "5001"])
        self.end()


if __name__ == "__main__":
    unittest.main()
