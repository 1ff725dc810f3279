#!/usr/bin/env python3
"""Breaks the code in each way that mutants.py lists, and expects a test to fail.

    tests/mutants/run.py BUILD [NAME ...]

BUILD is a build directory whose tests pass. The tree is copied beside it, so the
checkout stays as it is. A mutant that no test notices fails the run, and so does
one whose text is no longer in the code, exactly once.
"""

import os
import pathlib
import shutil
import subprocess
import sys

import mutants

TOP = pathlib.Path(__file__).resolve().parents[2]


def copy_tree(tree):
    """The files that git knows, with their dates: only mutants are compiled."""
    shutil.rmtree(tree, ignore_errors=True)
    names = subprocess.run(["git", "ls-files", "-z"], cwd=TOP, check=True,
                           stdout=subprocess.PIPE).stdout.decode().split("\0")
    for name in filter(None, names):
        if not (TOP / name).is_file():
            continue
        (tree / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(TOP / name, tree / name)


def build(directory):
    """Whether it compiles."""
    return subprocess.run(["cmake", "--build", directory, "--target", "forkdb",
                           "forkdb_unit_tests"], check=False,
                          stdout=subprocess.DEVNULL,
                          stderr=subprocess.DEVNULL).returncode == 0


def passes(directory, test):
    """Whether a GoogleTest filter, or a file of tests/cli, passes to its end."""
    if test.endswith(".py"):
        command = [sys.executable, "-B", directory.parent / "tests/cli" / test]
    else:
        command = [directory / "tests/forkdb_unit_tests",
                   "--gtest_brief=1", f"--gtest_filter={test}"]
    environment = {**os.environ, "FORKDB": str(directory / "forkdb")}
    # One that hangs fails.
    return subprocess.run([sys.executable, "-B", TOP / "tests/watch.py", *command],
                          env=environment, check=False,
                          stdout=subprocess.DEVNULL,
                          stderr=subprocess.DEVNULL).returncode == 0


def judge(tree, mutant):
    """"" where a test notices, or what is wrong."""
    path = tree / mutant.file
    original = path.read_text(encoding="utf-8")
    if original.count(mutant.old) != 1:
        return "its text is not in the code once: the list is out of date"
    path.write_text(original.replace(mutant.old, mutant.new), encoding="utf-8")
    try:
        if not build(tree / "build"):
            return "does not compile"
        return "no test noticed" if passes(tree / "build", mutant.test) else ""
    finally:
        path.write_text(original, encoding="utf-8")


def main():
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    tree = pathlib.Path(sys.argv[1]).resolve() / "mutants"
    wanted = sys.argv[2:]
    copy_tree(tree)
    subprocess.run(["cmake", "--preset", "default", "-DCMAKE_BUILD_TYPE=Debug"],
                   cwd=tree, check=True, stdout=subprocess.DEVNULL)
    if not build(tree / "build"):
        sys.exit("the code does not compile as it is")
    chosen = [m for m in mutants.MUTANTS if not wanted or m.name in wanted]
    for test in sorted({mutant.test for mutant in chosen}):
        if not passes(tree / "build", test):
            sys.exit(f"{test} fails on the code as it is, or names no test")
    bad = 0
    for mutant in chosen:
        trouble = judge(tree, mutant)
        bad += trouble != ""
        print(f"{'caught' if not trouble else 'SURVIVED'}  {mutant.name}"
              f"{': ' + trouble if trouble else ''}", flush=True)
    print(f"{len(chosen) - bad} passed, {bad} failed")
    sys.exit(1 if bad else 0)


if __name__ == "__main__":
    main()
