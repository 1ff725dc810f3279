"""forkdb on a terminal of its own, for the command-line tests."""

import fcntl
import os
import pty
import select
import struct
import subprocess
import termios

import harness


class Terminal:
    """Runs a command as a terminal's foreground job, and reads what appears.

    With stdout given, only stdin and stderr are the terminal.
    """

    def __init__(self, args, columns=120, cwd=None, env=None, stdout=None):
        self.fd, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ,
                    struct.pack("HHHH", 24, columns, 0, 0))
        self.process = subprocess.Popen(
            args, stdin=slave, stdout=slave if stdout is None else stdout,
            stderr=slave, cwd=cwd, env=env, start_new_session=True,
            preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0))
        os.close(slave)
        self.seen = b""

    def read(self):
        """Waits for more to appear. Returns false once there will be none."""
        ready, _, _ = select.select([self.fd], [], [], harness.PATIENCE)
        if not ready:
            raise AssertionError(f"nothing more appeared after {self.seen}")
        try:
            data = os.read(self.fd, 65536)
        except OSError:
            data = b""
        self.seen += data
        return bool(data)

    def read_until(self, text):
        while text not in self.seen:
            if not self.read():
                raise AssertionError(f"ended without {text}: {self.seen}")

    def press(self, keys):
        os.write(self.fd, keys)

    def end(self):
        """Its exit code, and all that appeared."""
        while self.read():
            pass
        code = self.process.wait(timeout=harness.PATIENCE)
        return code, self.seen.replace(b"\r\n", b"\n")

    def close(self):
        harness.end(self.process)
        os.close(self.fd)
