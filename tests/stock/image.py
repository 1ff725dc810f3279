# SPDX-License-Identifier: MIT
"""Kernel images as Debian ships them: fetched with apt, unpacked, not installed.

apt runs with a configuration of its own below the cache directory: it uses this
machine's mirror and proxy, and changes nothing of the machine's own package
lists. One run at a time may use a cache directory; a lock makes others wait.
"""

import contextlib
import dataclasses
import fcntl
import pathlib
import re
import subprocess
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "e2e"))
from emulator import Failure, run_tool, which

LISTS_AGE_S = 86400  # package lists older than this are fetched again
KEYRING = "/usr/share/keyrings/debian-archive-keyring.gpg"


@dataclasses.dataclass
class Image:
    """One unpacked kernel. Below `root` are its modules, as depmod wants them."""
    release: str
    kernel: pathlib.Path
    root: pathlib.Path

    def modules(self, *names):
        """The files of these modules and of what they need, in the order of
        loading. Modules that are built in have none."""
        found = []
        for name in names:
            text = run_tool(which("modprobe"), "-d", self.root, "-S", self.release,
                            "--show-depends", name)
            found += re.findall(r"^insmod (\S+)", text, re.M)
        return [pathlib.Path(path) for path in dict.fromkeys(found)]


def mirror():
    """The address of the Debian archive that this machine's apt uses."""
    printed = run_tool(which("apt-get"), "indextargets", "--format", "$(REPO_URI)")
    for address in printed.split():
        if re.search(r"/debian/?$", address):
            return address
    raise Failure("no Debian archive in /etc/apt: add the mirror to fetch kernels from")


@contextlib.contextmanager
def locked(directory):
    """Holds the directory for one process at a time."""
    directory.mkdir(parents=True, exist_ok=True)
    with (directory / "lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


class Apt:
    """apt for one suite, with its lists in a directory of its own."""

    def __init__(self, suite, directory):
        self.suite, self.directory = suite, directory
        for name in ("lists/partial", "archives/partial", "parts"):
            (directory / name).mkdir(parents=True, exist_ok=True)
        (directory / "status").touch()
        self.sources = directory / "sources.list"
        settings = {"Dir::Etc::SourceList": self.sources,
                    "Dir::Etc::SourceParts": directory / "parts",
                    "Dir::State": directory, "Dir::State::status": directory / "status",
                    "Dir::Cache": directory, "Acquire::Languages": "none",
                    "Acquire::IndexTargets::deb::Contents-deb::DefaultEnabled": "false",
                    "APT::Architecture": "amd64", "APT::Architectures": "amd64",
                    "APT::Sandbox::User": "root", "APT::Update::Error-Mode": "any"}
        self.options = [f"-o{name}={value}" for name, value in settings.items()]
        self._update()

    def _update(self):
        stamp = self.directory / "updated"
        if stamp.exists() and time.time() - stamp.stat().st_mtime < LISTS_AGE_S:
            return
        self.sources.write_text(
            f"deb [arch=amd64 signed-by={KEYRING}] {mirror()} {self.suite} main\n")
        try:
            run_tool(which("apt-get"), *self.options, "-qq", "update")
        except Failure as failure:
            reason = str(failure).splitlines()[0]
            raise Failure(f"Debian's suite {self.suite} cannot be reached: {reason}") from None
        stamp.touch()

    def kernel_packages(self, flavour):
        """Names of the packages with the newest kernel and its modules."""
        printed = run_tool(which("apt-cache"), *self.options, "depends", "--recurse",
                           "--no-recommends", "--no-suggests", "--no-breaks",
                           "--no-conflicts", "--no-replaces", "--no-enhances",
                           f"linux-image-{flavour}")
        names = re.findall(rf"^(linux-(?:base|binary|image|modules)-\d\S*-{flavour})$", printed, re.M)
        if not names:
            raise Failure(f"suite {self.suite} has no linux-image-{flavour}")
        return sorted(set(names), key=lambda name: not name.startswith("linux-image"))

    def download(self, package, directory):
        """The package file, in the directory."""
        result = subprocess.run([which("apt-get"), *self.options, "-qq", "download", package],
                                cwd=directory, text=True, check=False,
                                stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        if result.returncode:
            raise Failure(f"{package} of Debian's suite {self.suite} cannot be fetched: "
                          f"{result.stdout.strip()}")
        return next(directory.glob(f"{package}_*.deb"))


def unpack(apt, packages, target):
    """The packages' files below `target`, which then is complete or not there."""
    unfinished = target.with_name(target.name + ".unfinished")
    run_tool("rm", "-rf", unfinished)
    unfinished.mkdir(parents=True)
    for package in packages:
        file = apt.download(package, unfinished)
        run_tool("dpkg-deb", "-x", file, unfinished)
        file.unlink()
    if not (unfinished / "lib").exists():
        (unfinished / "lib").symlink_to("usr/lib")
    run_tool(which("depmod"), "-b", unfinished, load_image(unfinished).release)
    unfinished.rename(target)


def load_image(root):
    """The image in a directory. Older packages have the kernel in /boot, newer
    ones beside its modules."""
    kernels = [*root.glob("boot/vmlinuz-*"), *root.glob("usr/lib/modules/*/vmlinuz")]
    releases = [path.name for path in root.glob("lib/modules/*")]
    if len(kernels) != 1 or len(releases) != 1:
        raise Failure(f"not one kernel in {root}: {kernels} {releases}")
    return Image(releases[0], kernels[0], root)


def fetch(suite, flavour, cache):
    """The newest stock kernel of a suite, from the cache if it is there."""
    cache = pathlib.Path(cache).resolve()
    with locked(cache / suite):
        apt = Apt(suite, cache / suite)
        packages = apt.kernel_packages(flavour)
        root = cache / "images" / packages[0]
        if not root.exists():
            unpack(apt, packages, root)
    return load_image(root)
