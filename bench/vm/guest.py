# SPDX-License-Identifier: MIT
"""A guest in QEMU, without hardware virtualization, that runs loop.c's commands
one after the other, as serve.sh takes them from its second serial port."""

import pathlib
import shutil
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[1] / "tests/e2e"))
from emulator import Failure, compile_static, make_root, pack, verdict_lines
from watch import Watch

# -icount: one instruction is one tick of the guest's time stamp counter. A page
# is not cleared by REP STOSB here, whose 4096 bytes would be counted as so many
# instructions, and would make everything else look cheap.
EXACT = ["-accel", "tcg,thread=single", "-icount", "shift=0", "-smp", "1",
         "-cpu", "max,erms=off,fsrm=off"]


def parallel(processors):
    """QEMU options for real time and so many processors."""
    return ["-accel", "tcg,thread=multi", "-smp", str(processors), "-cpu", "max"]


class Guest:
    """Up once constructed; a context manager that ends it. Not thread-safe."""

    def __init__(self, kernel, forkdb, work, options, silence_s=600):
        self.work, self.silence_s = work, silence_s
        shutil.rmtree(work, ignore_errors=True)
        (work / "share").mkdir(parents=True)
        command = ["qemu-system-x86_64", *options, "-m", "768", "-nodefaults",
                   "-display", "none", "-no-reboot", "-kernel", kernel / "bzImage",
                   "-initrd", self._initramfs(kernel, forkdb),
                   "-append", "console=ttyS0 panic=-1 oops=panic norandmaps "
                   "forkdb.scenario=serve",
                   "-serial", f"file:{work / 'console'}", "-serial", "stdio",
                   "-fsdev", f"local,id=share,path={work / 'share'},security_model=none",
                   "-device", "virtio-9p-pci,fsdev=share,mount_tag=share"]
        self.process = subprocess.Popen([str(word) for word in command],
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        stderr=subprocess.STDOUT)
        try:
            self.answer()
        except Failure:
            self.process.kill()
            raise

    def _initramfs(self, kernel, forkdb):
        root, archive = self.work / "root", self.work / "initramfs.gz"
        make_root(root, {"forkdb": forkdb})
        for script in (HERE / "serve.sh", HERE.parents[1] / "tests/e2e/guest/lib.sh"):
            shutil.copy(script, root / "e2e")
        compile_static(root / "e2e/loop", HERE / "loop.c")
        if (kernel / "fork_info.ko").exists():
            shutil.copy(kernel / "fork_info.ko", root / "e2e")
        pack(root, archive)
        return archive

    def _watch(self):
        return Watch(self.silence_s, self.silence_s)

    def tell(self, *words):
        """Sends a command without waiting for its answer."""
        self.process.stdin.write(" ".join(map(str, words)).encode() + b"\n")
        self.process.stdin.flush()

    def answer(self):
        """The numbers that the last command printed."""
        numbers = []
        for line in verdict_lines(self.process, self._watch()):
            if line == "done":
                return numbers
            if not line.replace(" ", "").isdigit():
                raise Failure(f"the guest said: {line} (see {self.work / 'console'})")
            numbers += map(int, line.split())
        raise Failure(f"the guest is gone (see {self.work / 'console'})")

    def ask(self, *words):
        """Runs one command to its end."""
        self.tell(*words)
        return self.answer()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.communicate()

    def end(self):
        """Has the guest leave its files in share/out, and go."""
        self.tell("end")
        last = [*verdict_lines(self.process, self._watch())][-1:]
        if last != ["PASS"]:
            raise Failure(f"the guest said: {last} (see {self.work / 'console'})")
        return self.work / "share/out/serve"
