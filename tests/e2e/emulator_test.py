"""Which guests are booted a second time, with a shell in the emulator's place."""

import contextlib
import io
import pathlib
import sys
import tempfile
import unittest

sys.dont_write_bytecode = True  # the sources stay clean
import emulator
from watch import Watch

QEMU_FAULT = "[   32.799704] Oops: int3: 0000 [#1] PREEMPT SMP NOPTI"
OTHER_FAULT = "[   32.799704] Oops: general protection fault: 0000 [#1] SMP"


class RetryTest(unittest.TestCase):
    """A guest that dies of QEMU's fault gets a second chance; no other does."""

    def boots(self, *consoles):
        """The number of boots, and the last one's failures, where each boot
        leaves one of these consoles; a boot with an empty one passes."""
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        console, left = pathlib.Path(directory.name, "console"), list(consoles)

        def attempt():
            text = left.pop(0)
            console.write_text(text)
            script = "echo FAIL" if text else "echo PASS"
            return emulator.try_boot(["sh", "-c", script], console, Watch(60))

        with contextlib.redirect_stdout(io.StringIO()):
            try:
                failures = emulator.retry_once(attempt)
            except emulator.Failure as failure:
                failures = [str(failure)]
        return len(consoles) - len(left), failures

    def test_a_guest_that_passes_is_booted_once(self):
        self.assertEqual(self.boots("", ""), (1, []))

    def test_a_guest_that_dies_of_the_emulator_is_booted_once_more(self):
        self.assertEqual(self.boots(QEMU_FAULT, ""), (2, []))

    def test_a_guest_that_dies_of_the_emulator_twice_fails(self):
        number, failures = self.boots(QEMU_FAULT, QEMU_FAULT, "")
        self.assertEqual(number, 2)
        self.assertTrue(failures)

    def test_a_guest_with_a_fault_of_its_own_is_not_booted_again(self):
        self.assertEqual(self.boots(OTHER_FAULT, ""), (1, ["FAIL"]))


if __name__ == "__main__":
    unittest.main()
