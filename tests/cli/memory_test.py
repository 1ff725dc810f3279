#!/usr/bin/env python3
"""Memory does not grow with the input, whatever it makes up. Takes some 30 s."""

import os
import re
import resource
import signal
import subprocess
import unittest

import harness

MB = 1 << 20
NS = 4026531836


def hostile(first, last):
    """Records that each have a name, a user, flags and namespaces of their own,
    and a caller that no record made."""
    for seq in range(first, last + 1):
        yield b"%d %d 0x%x 17 %d %d %d 1 %d %d %d %d %d %d %d %d %d c%d\n" % (
            seq, harness.START_NS + seq * 1_000_000, seq << 32, 100_000 + seq, seq, seq, seq,
            NS + seq % 100_000_000, NS, 10_000 + seq, 10_000 + seq, seq * 1000, NS,
            10_000 + seq, NS, seq)


def ordinary(first, last):
    for seq in range(first, last + 1):
        yield harness.line(seq)


class MemoryTest(harness.CliTest):
    def source_of(self, name, lines):
        path = self.path(name)
        with open(path, "wb") as file:
            file.write(harness.HEADER)
            file.writelines(lines)
        return path

    def peak_of(self, *args):
        """Runs forkdb to its end. Returns its peak memory in bytes."""
        with subprocess.Popen([harness.FORKDB, *args], stdin=subprocess.DEVNULL,
                              stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
                              cwd=self.dir) as process:
            said = process.stderr.read()
            _, status, usage = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
        self.assertEqual(process.returncode, 0, said)
        return usage.ru_maxrss * 1024

    def test_the_recorder_does_not_grow_with_names_users_flags_and_namespaces(self):
        count = 200_000
        usual = self.peak_of("record", "--once", "--db", self.path("usual.db"), "--source",
                             self.source_of("usual.txt", ordinary(1, count)))
        peak = self.peak_of("record", "--once", "--db", self.db, "--source",
                            self.source_of("hostile.txt", hostile(1, count)))
        self.assertLess(peak, usual + 28 * MB)
        self.assertEqual(self.value("SELECT count(*) FROM flag_sets"), count)
        self.assertEqual(self.value("SELECT count(*) FROM users"), count)

    def test_a_question_gets_so_much_and_no_more(self):
        self.run_forkdb("record", "--once", "--db", self.db, "--source",
                        self.source_of("hostile.txt", hostile(1, 100_000)))
        result = subprocess.run(
            ["prlimit", f"--data={16 * MB}", harness.FORKDB, "query", "--db", self.db,
             "--group-by", "comm,username,flags"], stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, check=False, cwd=self.dir)
        self.assertEqual((result.returncode, result.stdout), (1, b""))
        self.assertRegex(result.stderr, rb"\Aforkdb: [^\n]* MiB of memory [^\n]*narrow the query\n\Z")
        query = self.start("query", "--db", self.db)
        query.stdout.read(1)  # it waits for a reader of the rest
        limit, _ = resource.prlimit(query.pid, resource.RLIMIT_DATA)
        self.assertLess(0, limit)  # -1 for none
        self.assertLess(limit, 1100 * MB)
        self.stop(query, signal.SIGKILL)

    def test_show_does_not_grow_with_its_source(self):
        for limit in [], ["-n", "10"]:
            short, long = (self.peak_of(
                "show", *limit, "--source",
                self.source_of(f"{count}.txt", ordinary(1, count)))
                for count in (140_000, 420_000))
            self.assertLess(long, short + 16 * MB, limit)

    def test_show_follow_does_not_grow_with_time(self):
        fifo = self.path("fifo")
        os.mkfifo(fifo)
        output = self.path("output")
        with open(output, "wb") as file:
            show = subprocess.Popen(
                [harness.FORKDB, "show", "--follow", "--format", "tsv", "--source", fifo],
                stdin=subprocess.DEVNULL, stdout=file, stderr=subprocess.DEVNULL)
        self.addCleanup(show.wait)
        self.addCleanup(show.kill)

        def peak_after(pipe, first, last):
            pipe.writelines(hostile(first, last))
            pipe.flush()
            harness.wait_until(lambda: self.tail_of(output).startswith(b"%d\t" % last),
                               f"record {last}")
            with open(f"/proc/{show.pid}/status", encoding="ascii") as status:
                return int(re.search(r"VmHWM:\s+(\d+) kB", status.read())[1]) * 1024

        with open(fifo, "wb") as pipe:
            pipe.write(harness.HEADER)
            early = peak_after(pipe, 1, 140_000)
            late = peak_after(pipe, 140_001, 350_000)
        self.assertLess(late, early + 16 * MB)

    def tail_of(self, path):
        """The last line of a file."""
        with open(path, "rb") as file:
            size = file.seek(0, os.SEEK_END)
            file.seek(max(0, size - 4096))
            lines = file.read().splitlines()
        return lines[-1] if lines else b""


if __name__ == "__main__":
    unittest.main()
