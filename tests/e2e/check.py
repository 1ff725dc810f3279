#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Compares the database with strace: of one tree of processes, both must hold
exactly the same calls, in the same order within each thread.

Usage: check.py --db FILE --strace DIR [--want ERRNO_OR_FLAG,...]

Knows nothing of where the records came from: any source that forkdb records
can be compared this way. Exit 0 if all agrees, 1 if not.
"""

import argparse
import collections
import sys

sys.dont_write_bytecode = True  # the sources stay clean
import database
from oracle import (CLONE_NEWPID, CLONE_NEWUSER, CLONE_PARENT, CLONE_THREAD,
                    ERESTART, Trace)


def select_tree(rows, root):
    """The rows whose caller is the root process or descends from it. The link
    is (pid, start time) of the row that created the caller; the process that
    strace started is the one that the newest row of that child_pid created."""
    made_root = [row["id"] for row in rows if row["child_pid"] == root]
    if not made_root:
        return None, []
    inside, tree = {made_root[-1]}, []
    for row in rows:  # a caller is always created before it calls
        if row["caller_id"] in inside:
            tree.append(row)
            if row["child_pid"] is not None:
                inside.add(row["id"])
    return made_root[-1], tree


def by_thread(rows):
    """The rows of each calling thread, in the order of their numbers."""
    threads = collections.defaultdict(list)
    for row in rows:
        threads[row["pid"]].append(row)
    return threads


def differences(call, row, lost):
    """The fields in which a call and its row differ. A child that strace
    followed but could not name (`lost`) is named by the row, once."""
    if row["flags_raw"] != call.flags:
        yield "flags", hex(call.flags), hex(row["flags_raw"])
    if row["exit_signal"] != call.exit_signal:
        yield "exit_signal", call.exit_signal, row["exit_signal"]
    if call.uid is not None and row["uid"] != call.uid:
        yield "uid", call.uid, row["uid"]
    if call.ret is not None and row["ret"] != call.ret:
        yield "ret", call.ret, row["ret"]
    if call.ret is not None and row["errno"] != call.errno:
        yield "errno", call.errno, row["errno"]
    if call.child is not None:
        if row["child_pid"] != call.child:
            yield "child", call.child, row["child_pid"]
    elif row["child_pid"] is not None:
        if row["child_pid"] not in lost:
            yield "child", sorted(lost), row["child_pid"]
        lost.discard(row["child_pid"])


def compare(trace, tree, problems):
    """Both lists, thread by thread. Returns the pairs that belong together."""
    calls = {tid: [call for call in calls if not call.refused]
             for tid, calls in trace.by_thread.items()}
    rows, lost, pairs = by_thread(tree), set(trace.lost), []
    for tid in sorted(set(calls) | set(rows)):
        mine, theirs = calls.get(tid, []), rows.get(tid, [])
        problems.expect(len(mine) == len(theirs),
                        f"thread {tid}: strace has {len(mine)} calls, "
                        f"the database {len(theirs)}")
        for number, (call, row) in enumerate(zip(mine, theirs), 1):
            pairs.append((call, row))
            for field, expected, got in differences(call, row, lost):
                problems.add(f"thread {tid}, call {number} ({call.name}), row "
                             f"{row['id']}: {field} is {got}, strace: {expected}")
    problems.expect(not lost, f"no row names the children {sorted(lost)}")
    return pairs


def check_family(pairs, tree, creator, problems):
    """Caller, process, parent and namespaces of each row against the row that
    created the caller."""
    row_of = {row["id"]: row for row in tree} | {creator["id"]: creator}
    threads = {row["child_pid"]: row["tgid"] for _, row in pairs
               if row["child_pid"] is not None and row["flags_raw"] & CLONE_THREAD}
    for call, row in pairs:
        maker = row_of[row["caller_id"]]
        where = f"row {row['id']}"
        problems.expect(row["tgid"] == threads.get(row["pid"], row["pid"]),
                        f"{where}: process {row['tgid']} of thread {row['pid']}")
        problems.expect((maker["child_pid"], maker["child_start_ns"])
                        == (row["tgid"], row["start_ns"]),
                        f"{where}: caller_id names another process")
        parent = maker["ppid"] if maker["flags_raw"] & CLONE_PARENT else maker["tgid"]
        problems.expect(row["ppid"] in (parent, 1),
                        f"{where}: parent {row['ppid']}, not {parent}")
        problems.expect(call.unshared or (row["pid_ns"], row["user_ns"])
                        == (maker["child_pid_ns"], maker["child_user_ns"]),
                        f"{where}: the caller's namespaces are not those it was made in")
        if row["child_pid"] is not None:
            check_namespaces(call, row, creator, problems)


def check_namespaces(call, row, creator, problems):
    """A new namespace exactly where one was asked for, and the child's own
    number in it."""
    where, flags = f"row {row['id']}", row["flags_raw"]
    new_user = row["child_user_ns"] != row["user_ns"]
    problems.expect(new_user == bool(flags & CLONE_NEWUSER), f"{where}: user namespace")
    if not call.unshared:
        new_pid = row["child_pid_ns"] != row["pid_ns"]
        problems.expect(new_pid == bool(flags & CLONE_NEWPID), f"{where}: pid namespace")
    if flags & CLONE_NEWPID:
        expected = 1
    elif row["child_pid_ns"] == creator["pid_ns"]:
        expected = row["child_pid"]
    elif row["child_pid_ns"] == row["pid_ns"]:
        expected = row["ret"]
    else:
        return
    problems.expect(row["child_ns_pid"] == expected,
                    f"{where}: child_ns_pid {row['child_ns_pid']}, not {expected}")


def check_wanted(pairs, wanted, problems):
    """The workload really met these errors and used these flags."""
    seen = {row["errno"] for _, row in pairs}
    for _, row in pairs:
        seen.update((row["flags"] or "").split("|"))
    for name in wanted:
        problems.expect(name in seen, f"never seen: {name}")


def run(db, strace, wanted, problems):
    """The whole comparison. Returns the counts, as one line."""
    connection = database.open_database(db)
    release, = connection.execute("SELECT kernel_release FROM boots").fetchone()
    trace = Trace(strace, release)
    rows, missing = database.check_all(connection, problems)
    root, tree = select_tree(rows, trace.root)
    if root is None:
        problems.add(f"no row created the root process {trace.root}")
        return "nothing to compare"
    pairs = compare(trace, tree, problems)
    creator = next(row for row in rows if row["id"] == root)
    check_family(pairs, tree, creator, problems)
    check_wanted(pairs, wanted, problems)
    refused = [call for call in trace.calls if call.refused]
    restarts = sum(call.errno in ERESTART for call in trace.calls)
    print("clone3() calls excluded, refused before kernel_clone():")
    for reason, count in sorted(collections.Counter(c.refused for c in refused).items()):
        print(f"  {count} {reason}")
    return (f"strace calls: {len(trace.calls)}, rows: {len(tree)}, excluded before "
            f"kernel_clone: {len(refused)}, gaps: {missing}; compared {len(pairs)} "
            f"({sum(row['ret'] < 0 for _, row in pairs)} failed, {restarts} restarted, "
            f"{len({row['pid'] for _, row in pairs})} callers)")


def main():
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n", maxsplit=1)[0])
    parser.add_argument("--db", required=True)
    parser.add_argument("--strace", required=True)
    parser.add_argument("--want", default="")
    args = parser.parse_args()
    problems = database.Problems()
    print(run(args.db, args.strace, [w for w in args.want.split(",") if w], problems))
    for problem in problems:
        print("PROBLEM", problem)
    if problems.count:
        sys.exit(f"{problems.count} problems")


if __name__ == "__main__":
    main()
