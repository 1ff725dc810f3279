# SPDX-License-Identifier: MIT
"""Counts the instructions of one call of a kernel function, one step at a time,
over QEMU's gdb stub. Interrupts wait meanwhile, as QEMU's stub has it."""

import bisect
import collections
import socket

from emulator import Failure
from watch import wait_until

RSP, RIP = 7, 16  # in the order of the stub's registers
LONGEST = 100_000  # instructions
PATIENCE_S = 600  # for one answer, however busy the machine is


class Stepper:
    """A connection, which stops the guest; leaving the context lets it go."""

    def __init__(self, path, system_map):
        symbols = [line.split() for line in system_map.read_text().splitlines()]
        self.symbols = sorted((int(address, 16), name) for address, _, name in symbols)
        self.addresses = {name: address for address, name in self.symbols}
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.connect(str(path))
        self.socket.settimeout(PATIENCE_S)
        self.data = b""
        self._send("qC")
        while not self._receive().startswith("QC"):
            pass  # word of the stop, unasked

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._ask("D")
        self.socket.close()

    def _send(self, text):
        packet = text.encode()
        self.socket.sendall(b"$%s#%02x" % (packet, sum(packet) % 256))

    def _receive(self):
        while b"#" not in self.data[:-2]:
            more = self.socket.recv(4096)
            if not more:
                raise Failure("the emulator's gdb stub is gone")
            self.data += more
        packet, self.data = self.data.split(b"#", 1)
        self.data = self.data[2:]
        self.socket.sendall(b"+")
        return packet.lstrip(b"+").lstrip(b"$").decode()

    def _ask(self, text):
        self._send(text)
        return self._receive()

    def _registers(self):
        text = self._ask("g")
        values = [text[16 * i:16 * (i + 1)] for i in range(RIP + 1)]
        return [int.from_bytes(bytes.fromhex(value), "little") for value in values]

    def _word(self, address, size):
        return int.from_bytes(bytes.fromhex(self._ask(f"m{address:x},{size}")), "little")

    def _name(self, address):
        return self.symbols[bisect.bisect_right(self.symbols, (address, "\x7f")) - 1][1]

    def call(self, function, lock, begin):
        """Runs the guest until it calls the function, which the command that
        begin() gives will have it do. Returns how many instructions each
        function ran in that call, and how many ran with the 32 bits at the lock
        not zero."""
        entry = self.addresses[function]
        self._ask(f"Z0,{entry:x},1")
        self._send("c")
        begin()
        self._receive()
        self._ask(f"z0,{entry:x},1")
        registers = self._registers()
        if registers[RIP] != entry:
            raise Failure(f"the guest did not stop in {function}")
        top, back = registers[RSP], self._word(registers[RSP], 8)
        steps, held = collections.Counter(), 0
        while registers[RIP] != back or registers[RSP] <= top:
            steps[self._name(registers[RIP])] += 1
            held += self._word(lock, 4) != 0
            self._ask("s")
            registers = self._registers()
            if steps.total() > LONGEST:
                raise Failure(f"{function} does not return")
        return steps, held


def connect(path, system_map):
    """A Stepper, once the emulator has made its socket."""
    wait_until(path.exists, f"the emulator makes {path}")
    return Stepper(path, system_map)
