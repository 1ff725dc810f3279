"""DB Browser for SQLite opens a recorded file and shows the view forks.

FORKDB_SCREENSHOT names a file for what it showed, to be looked at.
"""

import difflib
import os
import re
import shutil
import subprocess
import time
import unittest

import harness

LARGE = "1280x600"


class Browser(harness.CliTest):
    def setUp(self):
        super().setUp()
        self.record(harness.HEADER + harness.line(1, comm=b"postgres")
                    + harness.line(2, comm=b"dovecot", error=11))
        self.environment = {**os.environ, "HOME": self.dir, "LC_ALL": "C.UTF-8",
                            "XDG_CONFIG_HOME": self.path("config"),
                            "XDG_RUNTIME_DIR": self.dir,
                            "QT_QPA_PLATFORM": "xcb",
                            # More threads only get in each other's way.
                            "OMP_THREAD_LIMIT": "1"}
        self.environment["DISPLAY"] = self.start_display()

    def begin(self, *command, **options):
        process = subprocess.Popen(command, env=self.environment,
                                   stdin=subprocess.DEVNULL,
                                   stderr=subprocess.DEVNULL, **options)
        self.addCleanup(harness.end, process)
        return process

    def start_display(self):
        read, write = os.pipe()
        self.begin("Xvfb", "-displayfd", str(write), "-screen", "0",
                   LARGE + "x24", "-nolisten", "tcp", pass_fds=[write])
        os.close(write)
        with os.fdopen(read) as number:
            return ":" + number.readline().strip()

    def run_here(self, *command):
        return subprocess.run(command, env=self.environment, check=True,
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.DEVNULL,
                              timeout=harness.PATIENCE).stdout.decode()

    def read_screen(self):
        """What stands there, as a reader of printed pages reads it."""
        shot = self.path("shot.png")
        self.run_here("import", "-window", "root", shot)
        if "FORKDB_SCREENSHOT" in os.environ:
            shutil.copy(shot, os.environ["FORKDB_SCREENSHOT"])
        large = self.path("large.png")
        self.run_here("convert", shot, "-colorspace", "Gray", "-resize", "200%",
                      large)
        return self.run_here("tesseract", large, "-", "--psm", "11")

    def open_view(self, wanted):
        """Whether all words are seen within half a minute, and what is seen."""
        process = self.begin("sqlitebrowser", "--read-only", "--table", "forks",
                             self.db, stdout=subprocess.DEVNULL)
        window = self.run_here("xdotool", "search", "--sync", "--onlyvisible",
                               "--name", "DB Browser.*fork.db").split()[0]
        width, height = LARGE.split("x")
        self.run_here("xdotool", "windowsize", "--sync", window, width, height)
        deadline = time.monotonic() + 30
        while True:
            seen = self.read_screen()
            # Whoever reads printed pages takes a g for an a at times.
            words = re.findall(r"[\w-]+", seen)
            if all(word in seen or difflib.get_close_matches(word, words, 1, 0.7)
                   for word in wanted):
                return True, seen
            if time.monotonic() > deadline:
                process.kill()
                process.wait()
                return False, seen

    def test_opens_and_lists_the_view(self):
        # Its columns, in part, and both rows.
        wanted = ["forks", "username", "comm", "postgres", "dovecot",
                  "2025-11-24"]
        # On a busy machine it covers the rows with a question whether to go on
        # reading them: then again.
        for _ in range(4):
            found, seen = self.open_view(wanted)
            if found:
                return
        self.fail(f"the view is not in the window: seen is {seen}")


if __name__ == "__main__":
    unittest.main()
