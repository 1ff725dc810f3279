"""Faults, done for real, under a recorder that must live through them. Each
ends with a database that is whole and accounts for every number."""

import glob
import os
import random
import resource
import select
import signal
import sqlite3
import subprocess
import time
import unittest

import accounts
from accounts import harness


def tearDownModule():
    accounts.print_tally()


class Disks(accounts.FaultTest):
    def test_full_and_freed(self):
        disk = self.mount("-t", "tmpfs", "-o", "size=4m", "none")
        self.db = os.path.join(disk, "fork.db")
        recorder = self.begin()
        self.feed(100)
        self.wait_for_last()
        filler = os.path.join(disk, "filler")
        with open("/dev/zero", "rb") as zero, self.assertRaises(OSError):
            with open(filler, "wb", buffering=0) as file:
                while True:
                    file.write(zero.read(4096))
        self.feed(20_000)
        self.wait_said("no space left")
        self.feed(10_000)
        self.wait_for_retries(recorder)
        self.assertEqual(self.times_said("no space left"), 1, self.said)
        os.unlink(filler)
        harness.run("mount", "-o", "remount,size=64m", disk)
        self.wait_for_last()
        self.wait_said("works again")
        self.finish(recorder)
        self.account("full disk, freed")

    def wait_for_retries(self, recorder):
        """Until it has been at it again for a second of its pauses."""
        before = context_switches(recorder)
        harness.wait_until(lambda: context_switches(recorder) > before + 50,
                           "a living recorder")

    def test_full_while_a_fifo_brings_more_than_memory_takes(self):
        disk = self.mount("-t", "tmpfs", "-o", "size=1m", "none")
        self.db = os.path.join(disk, "fork.db")
        self.source = self.path("fifo")
        os.mkfifo(self.source)
        recorder = self.begin()
        self.fed = 400_000
        with open(self.source, "wb") as pipe:
            pipe.write(harness.HEADER + harness.lines(1, 100_000))
            pipe.flush()
            self.wait_said("no space left")
            writer = os.fork()
            if writer == 0:
                pipe.write(harness.lines(100_001, self.fed))
                pipe.flush()
                os._exit(0)
        # It is the writer that has to wait in the end.
        fields = f"/proc/{recorder.pid}/status"
        time.sleep(3)
        self.assertEqual(os.waitpid(writer, os.WNOHANG), (0, 0))
        with open(fields, encoding="ascii") as status:
            resident = next(line for line in status if "VmRSS" in line)
        self.assertLess(int(resident.split()[1]), 150_000)
        harness.run("mount", "-o", "remount,size=256m", disk)
        self.assertEqual(os.waitpid(writer, 0)[1], 0)
        self.wait_for_last()
        self.finish(recorder)
        self.account("full disk, a FIFO beyond the bound of memory")

    def test_full_until_the_source_loses_records(self):
        """A FIFO that nobody empties for two seconds loses 5000 of them, as
        the kernel's buffer does when it is overwritten."""
        disk = self.mount("-t", "tmpfs", "-o", "size=1m", "none")
        self.db = os.path.join(disk, "fork.db")
        self.source = self.path("fifo")
        os.mkfifo(self.source)
        recorder = self.begin()
        pipe = os.open(self.source, os.O_WRONLY)
        self.addCleanup(os.close, pipe)
        os.set_blocking(pipe, False)
        os.write(pipe, harness.HEADER)
        while self.push(pipe):
            self.assertLess(self.fed, 10**6)
        self.fed += 5000
        harness.run("mount", "-o", "remount,size=256m", disk)
        self.wait_said("works again")
        for _ in range(100):
            self.assertTrue(self.push(pipe))
        self.wait_for_last()
        self.finish(recorder)
        self.assertEqual(self.times_said("gap: "), 1, self.said)
        self.assertEqual(self.times_said("gap: 5000 records lost ("), 1, self.said)
        self.account("full disk, until 5000 records are lost", gaps=5000)

    def push(self, pipe):
        """Writes some lines; False if for two seconds there is no room."""
        some = harness.lines(self.fed + 1, self.fed + 20)
        self.assertLess(len(some), select.PIPE_BUF)  # all or nothing
        if not select.select([], [pipe], [], 2)[1]:
            return False
        os.write(pipe, some)
        self.fed += 20
        return True

    def test_read_only_at_the_start(self):
        disk = self.mount("-t", "tmpfs", "-o", "size=16m,ro", "none")
        self.db = os.path.join(disk, "fork.db")
        self.feed(100)
        recorder = self.begin()
        self.wait_said("Read-only file system")
        self.feed(100)
        harness.run("mount", "-o", "remount,rw", disk)
        self.wait_for_last()
        self.finish(recorder)
        self.account("read-only at the start, then writable")

    def test_remounted_read_only_by_its_error_while_recording(self):
        image = self.path("image")
        harness.run("truncate", "-s", "32M", image)
        harness.run("mkfs.ext4", "-q", "-F", "-O", "^has_journal", image)
        options = ("-o", "loop,errors=remount-ro", image)
        disk = self.mount(*options)
        device = harness.run("findmnt", "-no", "SOURCE", disk).decode().strip()
        os.mkdir(os.path.join(disk, "in"))
        self.db = os.path.join(disk, "in", "fork.db")
        recorder = self.begin()
        self.feed(100)
        self.wait_for_last()
        with open(f"/sys/fs/ext4/{os.path.basename(device)}/trigger_fs_error",
                  "w", encoding="ascii") as trigger:
            trigger.write("a test")
        self.feed(1000)
        self.wait_said(": retrying; records wait in memory")
        harness.run("umount", "-l", disk)
        self.feed(1000)
        # The recorder lets go of the old mount, and the device with it.
        harness.wait_until(lambda: not harness.run("losetup", "-j", image),
                           "the device is free")
        subprocess.run(["e2fsck", "-fy", image], check=False,
                       capture_output=True)
        self.mount(*options)
        self.wait_for_last()
        self.finish(recorder)
        self.account("read-only by an error, repaired")


class Locks(accounts.FaultTest):
    def test_of_a_browser_that_is_writing(self):
        recorder = self.begin()
        self.feed(100)
        self.wait_for_last()
        browser = sqlite3.connect(self.db, isolation_level=None)
        browser.execute("BEGIN EXCLUSIVE")
        self.feed(5000)
        self.wait_said("another program holds its lock")
        for second in range(120):
            self.feed(100)
            time.sleep(1)
            if second % 20 == 19:  # watch.py takes silence for a hang
                print(f"locked for {second + 1} s", flush=True)
        self.assertEqual(self.times_said("another program"), 1, self.said)
        self.assertIsNone(recorder.poll())
        browser.execute("ROLLBACK")
        browser.close()
        self.wait_for_last()
        self.finish(recorder)
        self.account("locked by a browser's write transaction, 2 minutes")

    def test_of_a_reader_that_holds_the_log_back(self):
        recorder = self.begin()
        self.feed(100)
        self.wait_for_last()
        reader = sqlite3.connect(self.db, isolation_level=None)
        reader.execute("BEGIN")
        seen = reader.execute("SELECT count(*) FROM forks").fetchone()
        for _ in range(20):
            self.feed(5000)
            self.wait_for_last()
        self.assertEqual(
            reader.execute("SELECT count(*) FROM forks").fetchone(), seen)
        grown = os.path.getsize(self.db + "-wal")
        self.assertGreater(grown, 6 << 20)
        reader.execute("COMMIT")
        reader.close()
        for _ in range(3):
            self.feed(5000)
            self.wait_for_last()
        self.assertLess(os.path.getsize(self.db + "-wal"), 5 << 20)
        self.finish(recorder)
        self.account("a long reader; the log shrank again")

    def test_of_another_recorder(self):
        recorder = self.begin()
        self.feed(100)
        self.wait_for_last()
        self.fails(1, f"the recorder with pid {recorder.pid}", "record",
                   "--source", self.source, "--db", self.db)
        self.feed(100)
        self.wait_for_last()
        self.finish(recorder)
        self.account("a second recorder, refused")


class Damage(accounts.FaultTest):
    def spoil(self):
        """dd over all pages but the first."""
        pages = os.path.getsize(self.db) // 4096
        harness.run("dd", "if=/dev/urandom", f"of={self.db}", "bs=4096",
                    "seek=1", f"count={pages - 1}", "conv=notrunc")

    def check_aside(self):
        aside = [path for path in glob.glob(self.db + ".corrupt-*")
                 if path.endswith("Z")]
        self.assertEqual(len(aside), 1, os.listdir(self.dir))
        self.assertEqual(self.times_said(aside[0]), 1, self.said)

    def test_while_stopped(self):
        self.feed(20_000)
        self.finish_after(self.begin())
        self.spoil()
        self.feed(100)
        recorder = self.begin()
        self.wait_for_last()
        self.finish(recorder)
        self.check_aside()
        self.account("pages overwritten while stopped")

    def finish_after(self, recorder):
        self.wait_for_last()
        self.finish(recorder)

    def test_while_recording(self):
        self.feed(20_000)
        recorder = self.begin()
        self.wait_for_last()
        self.spoil()
        with open(self.db + "-wal", "r+b") as log:
            log.truncate(0)
        # It remembers the pages of a batch: let it read them again.
        recorder.send_signal(signal.SIGHUP)
        self.feed(50_000)
        self.wait_said("continuing in a new file")
        self.feed(100)
        self.wait_for_last()
        self.finish(recorder)
        self.check_aside()
        self.account("pages overwritten while recording")

    def test_of_a_newer_version_is_none(self):
        self.feed(100)
        self.finish_after(self.begin())
        with sqlite3.connect(self.db) as database:
            database.execute("PRAGMA user_version = 2")
        database.close()
        self.fails(1, "newer forkdb", "record", "--source", self.source,
                   "--db", self.db)
        self.assertEqual(glob.glob(self.db + ".corrupt*"), [])
        with sqlite3.connect(self.db) as database:
            database.execute("PRAGMA user_version = 1")
        database.close()
        self.account("a newer version's database, untouched")


class Files(accounts.FaultTest):
    def start_with(self, records):
        self.feed(records)
        recorder = self.begin()
        self.wait_for_last()
        return recorder

    def test_deleted(self):
        recorder = self.start_with(5000)
        os.unlink(self.db)
        self.feed(100)
        self.wait_said("was deleted: continuing in a new file")
        self.wait_for_last()
        self.finish(recorder)
        self.account("database deleted: a new one, from the source's oldest")

    def test_moved(self):
        recorder = self.start_with(5000)
        moved, database = self.db + ".1", self.db
        os.rename(self.db, moved)
        self.feed(100)
        self.wait_said("was moved to " + moved)
        self.wait_for_last()
        self.finish(recorder)
        self.account("database moved: the successor")
        self.fed, self.db = 5000, moved
        self.account("database moved: the old one")
        self.db = database

    def test_replaced_by_a_copy(self):
        recorder = self.start_with(5000)
        copy = self.path("copy.db")
        harness.run("sqlite3", self.db, f"VACUUM INTO '{copy}'")
        self.feed(5000)
        self.wait_for_last()
        os.rename(copy, self.db)
        self.feed(100)
        self.wait_for_last()
        self.finish(recorder)
        self.account("database replaced by an older copy")


class Sources(accounts.FaultTest):
    def test_fifo_that_goes_and_comes(self):
        self.source = self.path("fifo")
        os.mkfifo(self.source)
        recorder = self.begin()
        for turn in range(3):
            with open(self.source, "wb") as pipe:
                pipe.write(harness.HEADER + harness.lines(
                    self.fed + 1, self.fed + 1000))
                self.fed += 1000
                os.unlink(self.source)
            self.wait_said(": retrying", turn + 1)
            self.wait_for_last()
            os.mkfifo(self.source)
            self.wait_said("the source works again", turn + 1)
        self.finish(recorder)
        self.account("source gone and there again, three times")

    def test_clock_that_is_set(self):
        """Ten years ahead, then back to where it was, then a year back."""
        recorder = self.begin("--keep", "30000d")
        year = 365 * 86400 * 10**9
        for step in [0, 10 * year, 0, -year]:
            lines = harness.lines(self.fed + 1, self.fed + 5000)
            with open(self.source, "ab") as source:
                for line in lines.splitlines(keepends=True):
                    fields = line.split(b" ", 2)
                    fields[1] = b"%d" % (int(fields[1]) + step)
                    source.write(b" ".join(fields))
            self.fed += 5000
            self.wait_for_last()
        self.finish(recorder)
        self.account("clock steps of years, both ways")


class Processes(accounts.FaultTest):
    def test_without_descriptors(self):
        self.source = self.path("fifo")
        os.mkfifo(self.source)
        recorder = self.begin()
        limits = resource.prlimit(recorder.pid, resource.RLIMIT_NOFILE)
        for turn in range(3):
            pipe = open(self.source, "wb")  # pylint: disable=R1732
            pipe.write(harness.HEADER +
                       harness.lines(self.fed + 1, self.fed + 1000))
            self.fed += 1000
            pipe.flush()
            self.wait_for_last()
            resource.prlimit(recorder.pid, resource.RLIMIT_NOFILE,
                             (3, limits[1]))
            pipe.close()
            self.wait_said("Too many open files", turn + 1)
            resource.prlimit(recorder.pid, resource.RLIMIT_NOFILE, limits)
            self.wait_said("the source works again", turn + 1)
        self.finish(recorder)
        self.account("no descriptors left, three times")

    def test_whose_reader_of_the_log_has_gone(self):
        read_end, write_end = os.pipe()
        recorder = self.start(
            "record", "--source", self.source, "--db", self.db, "--interval",
            "10ms", stderr=write_end)
        os.close(write_end)
        os.close(read_end)
        self.feed(100)
        self.wait_for_last()
        os.unlink(self.db)
        self.feed(100)
        self.wait_for_last()
        self.finish(recorder)
        self.account("a log that nobody reads")

    def test_killed_200_times_at_any_moment(self):
        chance = random.Random(5)
        for _ in range(200):
            self.feed(chance.randrange(1, 500))
            recorder = subprocess.Popen(
                [harness.FORKDB, "record", "--source", self.source, "--db",
                 self.db, "--interval", "1ms"], stderr=subprocess.DEVNULL)
            # From the first instruction to well after the first commit.
            deadline = time.monotonic() + chance.uniform(0, 0.06)
            while time.monotonic() < deadline:
                self.feed(chance.randrange(1, 20))
            recorder.send_signal(signal.SIGKILL)
            recorder.wait()
        recorder = self.begin()
        self.wait_for_last()
        self.finish(recorder)
        self.account("killed 200 times")


def context_switches(process):
    with open(f"/proc/{process.pid}/status", encoding="ascii") as status:
        return sum(int(line.split()[1]) for line in status
                   if "ctxt_switches" in line)


if __name__ == "__main__":
    unittest.main()
