"""DB Browser for SQLite reads the view forks with the SQLite that it brings."""

import os
import subprocess
import unittest

import harness

# DB Browser runs a script in a savepoint; RELEASE keeps what the script made.
SCRIPT = b"CREATE TABLE seen AS SELECT * FROM forks; RELEASE RESTOREPOINT;"


class Browser(harness.CliTest):
    def test_reads_the_view_as_sqlite3_does(self):
        self.record(harness.HEADER + harness.line(1, comm=b"postgres")
                    + harness.line(2, comm=b"a\nb\xff", error=11))
        environment = {**os.environ, "HOME": self.dir, "LC_ALL": "C.UTF-8",
                       "XDG_CONFIG_HOME": self.path("config"),
                       "XDG_RUNTIME_DIR": self.dir,
                       "QT_QPA_PLATFORM": "offscreen"}
        browser = subprocess.Popen(
            ["sqlitebrowser", "--sql", self.write("script.sql", SCRIPT), self.db],
            env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL)
        self.addCleanup(harness.end, browser)
        harness.wait_until(lambda: self.value(
            "SELECT count(*) FROM sqlite_schema WHERE name = 'seen'"),
            "DB Browser's script")
        seen = self.sql("SELECT * FROM seen")
        self.assertEqual(seen, self.sql("SELECT * FROM forks"))
        self.assertEqual([row[3] for row in seen], ["postgres", b"a\nb\xff"])


if __name__ == "__main__":
    unittest.main()
