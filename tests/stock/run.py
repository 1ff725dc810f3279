#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Boots a stock Debian kernel in an emulator under a preemption model, records
there with the eBPF source while many processes make calls, and checks that every
call is a row or a counted loss. Exit 0 if all is well, 1 if not. See README.md."""

import argparse
import pathlib
import re
import shutil
import sys
import time

sys.dont_write_bytecode = True  # the sources stay clean
import checks
import image
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "e2e"))
import database
from emulator import (Failure, alarms, compile_static, make_root, pack, qemu_command,
                      retry_once, run_tool, try_boot, which)
from watch import GUEST_SILENCE_S, Watch

HERE = pathlib.Path(__file__).resolve().parent
E2E = HERE.parent / "e2e"
SCENARIOS = "oracle parallel vforks hide crowd clock user".split()  # user unmounts tracefs: last
MODELS = "default none voluntary full lazy rt".split()
MODULES = ("virtio_pci", "9pnet_virtio", "9p")  # for the shared directory
UNPACK = {".xz": "xz", ".zst": "zstd", ".gz": "gzip"}


def install_modules(stock, directory):
    """The modules that the guest loads, plain and in order."""
    directory.mkdir(parents=True)
    for number, file in enumerate(stock.modules(*MODULES)):
        target = directory / f"{number:02}-{file.name.split('.')[0]}.ko"
        if file.suffix in UNPACK:
            run_tool("sh", "-c", '"$0" -dc "$1" >"$2"', which(UNPACK[file.suffix]),
                     file, target)
        else:
            shutil.copy(file, target)


def build_initramfs(stock, forkdb, work):
    """All that the guest is made of, as one compressed archive."""
    root, archive = work / "root", work / "initramfs.gz"
    make_root(root, {"forkdb": forkdb, "strace": which("strace"),
                     "setpriv": which("setpriv")})
    install_modules(stock, root / "e2e/modules")
    shutil.copy(E2E / "guest/lib.sh", root / "e2e")
    for script in (HERE / "guest").glob("*.sh"):
        shutil.copy(script, root / "e2e")
    compile_static(root / "e2e/load", HERE / "load.c")
    compile_static(root / "e2e/workload", E2E / "workload.c", E2E / "workload_clone3.c")
    pack(root, archive)
    return archive


def check_model(text, model, problems):
    """The console says that the kernel runs under the model that was asked for.
    Returns the model."""
    found = re.search(r"Dynamic Preempt: (\w+)", text)
    # An rt kernel may have dynamic preemption as well.
    used = "rt" if "PREEMPT_RT" in text else found[1] if found else None
    problems.expect(used, "the console does not name the preemption model")
    problems.expect(model in ("default", used), f"this kernel runs as {used}, not {model}")
    return used


def report(name, figures, problems):
    """One line, and what was wrong. Returns the number of problems."""
    print(f"{'FAIL' if problems.count else 'ok'}  {name}: {figures}")
    for problem in problems:
        print(f"      {problem}")
    if problems.count > len(problems):
        print(f"      and {problems.count - len(problems)} more")
    return problems.count


def check_all(args, work):
    """All checks of the host. Returns the number of problems."""
    problems = database.Problems()
    text = (work / "console").read_text(errors="replace")
    for line in alarms(text):
        problems.add(f"on the console: {line}")
    failed = report("kernel", f"preemption: {check_model(text, args.preempt, problems)}",
                    problems)
    for name in args.scenarios:
        problems = database.Problems()
        check = getattr(checks, f"check_{name}", checks.check_load)
        try:
            figures = check(work / "share/out" / name, problems)
        except Exception as error:  # a check that breaks is a check that fails
            figures = "broken off"
            problems.add(f"{type(error).__name__}: {error}")
        failed += report(name, figures, problems)
    return failed


def arguments():
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--forkdb", type=pathlib.Path, required=True)
    parser.add_argument("--cache", type=pathlib.Path, required=True,
                        help="directory for packages and unpacked kernels, kept")
    parser.add_argument("--out", type=pathlib.Path, required=True)
    parser.add_argument("--suite", default="bookworm", help="Debian suite to take the kernel of")
    parser.add_argument("--preempt", default="default", choices=MODELS,
                        help="preemption model; rt takes the rt image")
    parser.add_argument("--scenarios", type=lambda text: text.split(","), default=SCENARIOS,
                        help=f"of {','.join(SCENARIOS)}")
    args = parser.parse_args()
    if unknown := set(args.scenarios) - set(SCENARIOS):
        parser.error(f"no such scenario: {', '.join(sorted(unknown))}")
    return args


def run(args, work):
    """Fetches, boots and checks. Returns what failed, as lines."""
    shutil.rmtree(work, ignore_errors=True)
    (work / "share").mkdir(parents=True)
    flavour = "rt-amd64" if args.preempt == "rt" else "amd64"
    stock = image.fetch(args.suite, flavour, args.cache)
    print(f"{args.suite}: Linux {stock.release}, preempt={args.preempt}", flush=True)
    append = f"forkdb.scenario=tracefs,{','.join(args.scenarios)}"
    if args.preempt not in ("default", "rt"):
        append += f" preempt={args.preempt}"
    command = qemu_command(stock.kernel, build_initramfs(stock, args.forkdb, work),
                           work / "share", work / "console", append)
    failures = try_boot(command, work / "console", Watch(GUEST_SILENCE_S))
    if problems := check_all(args, work):
        failures.append(f"{problems} problems")
    return failures


def main():
    """Everything in order."""
    args, started = arguments(), time.monotonic()
    work = args.out.resolve()
    try:
        failures = retry_once(lambda: run(args, work))
    except Failure as failure:
        failures = [str(failure)]
    shutil.rmtree(work / "root", ignore_errors=True)
    print(f"{time.monotonic() - started:.0f} s, files in {work}")
    if failures:
        sys.exit(f"FAIL: {'; '.join(failures)}")
    print("PASS")


if __name__ == "__main__":
    main()
