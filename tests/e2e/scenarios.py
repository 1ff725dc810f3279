# SPDX-License-Identifier: MIT
"""What the host checks of each scenario, from the files that it left.

Each check_NAME(directory, problems) returns one line with its figures.
"""

import collections
import csv
import json
import re

import check
import database

DUMP_FIELDS = ("time_ns", "flags_raw", "exit_signal", "uid", "pid", "tgid", "ppid",
               "start_ns", "pid_ns", "user_ns", "ret", "child_pid", "child_start_ns",
               "child_pid_ns", "child_ns_pid", "child_user_ns")
FLAG_NAMES = {
    0x80: "NEWTIME", 0x100: "VM", 0x200: "FS", 0x400: "FILES", 0x800: "SIGHAND",
    0x1000: "PIDFD", 0x2000: "PTRACE", 0x4000: "VFORK", 0x8000: "PARENT",
    0x10000: "THREAD", 0x20000: "NEWNS", 0x40000: "SYSVSEM", 0x80000: "SETTLS",
    0x100000: "PARENT_SETTID", 0x200000: "CHILD_CLEARTID", 0x400000: "DETACHED",
    0x800000: "UNTRACED", 0x1000000: "CHILD_SETTID", 0x2000000: "NEWCGROUP",
    0x4000000: "NEWUTS", 0x8000000: "NEWIPC", 0x10000000: "NEWUSER",
    0x20000000: "NEWPID", 0x40000000: "NEWNET", 0x80000000: "IO",
    1 << 32: "CLEAR_SIGHAND", 1 << 33: "INTO_CGROUP",
}
# What the workload must really have met, so that its comparison means something.
WANTED = """EAGAIN EBADF EEXIST EFAULT EINVAL EMFILE ENOMEM ENOSPC EPERM CLONE_PARENT
CLONE_THREAD CLONE_VFORK CLONE_PIDFD CLONE_INTO_CGROUP CLONE_CLEAR_SIGHAND
CLONE_UNTRACED CLONE_IO CLONE_NEWTIME CLONE_NEWNS CLONE_NEWCGROUP CLONE_NEWUTS
CLONE_NEWIPC CLONE_NEWUSER CLONE_NEWPID CLONE_NEWNET""".split()


def unescape(text):
    """The bytes behind \\ooo octal escapes."""
    return re.sub(rb"\\([0-7]{3})", lambda m: bytes([int(m[1], 8)]),
                  text.encode("utf-8"))


def comm_bytes(comm):
    """A name of the database as bytes, whether it is TEXT or BLOB."""
    return comm if isinstance(comm, bytes) else comm.encode("utf-8")


def load(directory, problems, name="fork.db"):
    """Rows, gaps and connection of a database in which everything must hold
    that must hold in any."""
    connection = database.open_database(directory / name)
    rows, missing = database.check_all(connection, problems)
    gaps = [tuple(gap) for gap in connection.execute(
        "SELECT first_seq, last_seq FROM gaps ORDER BY stream, first_seq")]
    return connection, rows, gaps, missing


def check_against_dump(rows, dump, problems):
    """Row by row the same as a saved copy of /proc/fork_info, for the numbers
    that both hold; returns how many. The rows may end before the dump does."""
    by_seq = {row["seq"]: row for row in rows}
    newest = max(by_seq, default=0)
    both = [seq for seq in dump if seq <= newest]
    for seq in both:
        if seq not in by_seq:
            problems.add(f"seq {seq} is in the ring and not in the database")
            continue
        row, fields = by_seq[seq], dump[seq]
        for name, text in zip(DUMP_FIELDS, fields[1:]):
            expected = int(text, 0)
            if name.startswith("child_") and int(fields[11]) < 0:
                expected = None
            problems.expect(row[name] == expected,
                            f"seq {seq}: {name} is {row[name]}, the kernel's {text}")
        problems.expect(comm_bytes(row["comm"]) == unescape(fields[17]),
                        f"seq {seq}: comm is {row['comm']!r}, the kernel's {fields[17]}")
    return len(both)


def expect_only_first_gap(gaps, problems):
    """Nothing was lost but what was gone before the first drain."""
    later = [gap for gap in gaps if gap[0] != 1]
    problems.expect(not later, f"gaps after the first drain: {later[:5]}")


def check_oracle(directory, problems):
    """strace and the database, call by call."""
    figures = check.run(directory / "fork.db", directory / "strace", WANTED, problems)
    expect_only_first_gap(load(directory, problems)[2], problems)
    return figures


def check_beside(directory, problems):
    """The eBPF source's records are those of /proc/fork_info, field by field:
    all of the workload's, in the same order within each thread, and nothing
    that the kernel's own ring does not have."""
    root = int((directory / "root").read_text())
    fields = [field for field in DUMP_FIELDS if field != "time_ns"]
    fields += ["username", "comm", "kind", "flags", "errno"]
    trees, everything, missing = [], [], 0
    for name in ("fork.db", "ebpf.db"):
        connection = database.open_database(directory / name)
        rows, missing = database.check_all(connection, problems)
        _, tree = check.select_tree(rows, root)
        trees.append(check.by_thread(tree))
        everything.append([tuple(row[field] for field in fields) for row in rows])
    problems.expect(missing == 0, f"eBPF lost {missing} records")
    compared = 0
    for thread in sorted(set(trees[0]) | set(trees[1])):
        ours, theirs = trees[0].get(thread, []), trees[1].get(thread, [])
        problems.expect(len(ours) == len(theirs), f"thread {thread}: {len(ours)} "
                        f"records in proc, {len(theirs)} by eBPF")
        for proc, ebpf in zip(ours, theirs):
            compared += 1
            for field in fields:
                problems.expect(proc[field] == ebpf[field], f"row {proc['id']}: {field} "
                                f"is {proc[field]} in proc, {ebpf[field]} by eBPF")
            problems.expect(abs(proc["time_ns"] - ebpf["time_ns"]) < 1_000_000_000,
                            f"row {proc['id']}: the times differ")
    extra = collections.Counter(everything[1]) - collections.Counter(everything[0])
    problems.expect(not extra, f"only eBPF has {list(extra)[:3]}")
    problems.expect(compared > 100, "hardly anything was compared")
    hook = connection.execute("SELECT hook FROM streams").fetchone()[0]
    kthreads = sum(row[fields.index("kind")] == "kthread" for row in everything[1])
    return (f"{compared} records of the workload equal in {len(fields)} fields, "
            f"{len(everything[1])} by eBPF in all ({kthreads} kthreads), by {hook}")


def check_overflow(directory, problems):
    """One gap, and it is the numbers between the last drain and the ring."""
    _, rows, gaps, missing = load(directory, problems)
    capacity = int((directory / "capacity").read_text())
    next_seq = int((directory / "next_seq").read_text())
    before = database.read_dump(directory / "before")
    after = database.read_dump(directory / "after")
    newest = rows[-1]["seq"]
    lost = [gap for gap in gaps if gap[0] != 1]
    problems.expect(len(before) == capacity == len(after), "the ring is not full")
    problems.expect(max(before) < newest < max(after),
                    f"the newest row is {newest}, the ring's newest was {max(before)} "
                    f"before and {max(after)} after")
    problems.expect(len(lost) == 1 and lost[0][0] == next_seq
                    and min(before) <= lost[0][1] + 1 <= min(after),
                    f"gaps {lost}, expected {next_seq} to about {min(before) - 1}")
    both = {seq: before[seq] for seq in before if seq >= min(after)}
    check_against_dump(rows, both, problems)
    check_against_dump(rows, after, problems)
    width = sum(last - first + 1 for first, last in lost)
    problems.expect(width >= 2 * capacity, f"only {width} lost")
    return (f"ring {capacity}, highest number {newest} = {len(rows)} rows + {missing} "
            f"in gaps; the storm lost {width}, in {len(lost)} gap")


def check_kill(directory, problems):
    """Nothing twice; nothing lost that the ring still held."""
    _, rows, gaps, missing = load(directory, problems)
    small = int((directory / "small").read_text())  # next_seq after the small storm
    before = database.read_dump(directory / "before")
    after = database.read_dump(directory / "after")
    lost_early = [gap for gap in gaps if 1 < gap[0] < small]
    problems.expect(not lost_early, f"lost although the ring held it: {lost_early}")
    problems.expect(max(before) < rows[-1]["seq"] < max(after), "the newest row")
    check_against_dump(rows, {s: f for s, f in before.items() if s >= min(after)}, problems)
    check_against_dump(rows, after, problems)
    drains = int((directory / "drains").read_text())
    problems.expect(drains >= 3 + 8, f"only {drains} drains: nobody was killed at work")
    return (f"24 kills, {drains} drains, highest number {rows[-1]['seq']} = {len(rows)} "
            f"rows + {missing} in gaps; none lost in the small storm")


def check_comm(directory, problems):
    """One row a name and the same bytes; so in every format of query."""
    _, rows, _, _ = load(directory, problems)
    expected = {}
    for line in (directory / "expected").read_text().splitlines():
        pid, name = line.split(" ")
        expected[int(pid)] = bytes.fromhex(name)[:15]
    for pid, name in expected.items():
        found = [row["comm"] for row in rows if row["child_pid"] == pid]
        try:
            stored = name.decode("utf-8")
        except UnicodeDecodeError:
            stored = name
        problems.expect(found == [stored], f"{name!r} is stored as {found!r}")
    formats = {"json": read_json, "csv": read_csv, "tsv": read_tsv}
    for name, read in formats.items():
        printed = list(read(directory / f"query.{name}"))
        for pid, comm in expected.items():
            found = [value for child, value in printed if child == str(pid)]
            problems.expect(found == [comm], f"{name} prints {comm!r} as {found!r}")
    lines = (directory / "query.table").read_bytes()
    problems.expect(not re.search(rb"[\x00-\x09\x0b-\x1f\x7f]", lines),
                    "the table holds control characters")
    check_against_dump(rows, database.read_dump(directory / "ring"), problems)
    blobs = sum(isinstance(row["comm"], bytes) for row in rows)
    return f"{len(expected)} names in the table and in {len(formats)} formats, {blobs} BLOBs"


def read_json(path):
    """(child pid, name) of each line; bytes that are no text are a list."""
    for line in path.read_text().splitlines():
        fields = json.loads(line)
        comm = fields["comm"]
        yield str(fields["child_pid"]), bytes(comm) if isinstance(comm, list) \
            else comm.encode("utf-8")


def plain_cell(cell):
    """A cell without the quote that keeps spreadsheets from computing it."""
    return unescape(cell[1:] if re.match("'[-=+@']", cell) else cell)


def read_csv(path):
    """(child pid, name) of each row."""
    with path.open(newline="", encoding="utf-8") as file:
        for row in list(csv.reader(file))[1:]:
            yield row[0], plain_cell(row[1])


def read_tsv(path):
    """(child pid, name) of each row."""
    for line in path.read_text(encoding="utf-8").split("\n")[1:-1]:
        child, comm = line.split("\t")
        yield child, plain_cell(comm)


def check_access(directory, problems):
    """What alice read was a sound database."""
    _, rows, _, missing = load(directory, problems)
    denied = (directory / "denied").read_text().splitlines()
    return (f"alice read {(directory / 'rows').read_text().strip()} rows while recording; "
            f"{len(denied)} refusals of one line; {len(rows)} rows + {missing} in gaps")


def check_show(directory, problems):
    """Each flag by its name, each error by its name, for what the ring held."""
    dump = database.read_dump(directory / "ring")
    compared = 0
    for line in (directory / "json").read_text().splitlines():
        shown = json.loads(line)
        fields = dump.get(shown["seq"])
        if fields is None:
            continue
        names = {FLAG_NAMES[1 << bit] for bit in range(64) if int(fields[2], 0) >> bit & 1}
        got = {name.removeprefix("CLONE_") for name in (shown["flags"] or "").split("|")
               if name}
        problems.expect(got == names, f"seq {shown['seq']}: {got}, not {names}")
        failed = int(fields[11]) < 0
        problems.expect(isinstance(shown["result"], str) == failed
                        and (shown["child_pid"] is None) == failed,
                        f"seq {shown['seq']}: result {shown['result']}")
        compared += 1
    table = (directory / "table").read_text().splitlines()
    problems.expect(compared >= 20, f"only {compared} records compared")
    problems.expect(any("CLONE_VM|CLONE_VFORK" in line and " root " in line
                        for line in table), "no vfork of root in the table")
    return f"{compared} records compared, {len(table) - 1} in the table"


def check_module(directory, problems):
    """Nothing was lost while the module was away."""
    _, rows, gaps, missing = load(directory, problems)
    expect_only_first_gap(gaps, problems)
    compared = check_against_dump(rows, database.read_dump(directory / "after"), problems)
    return f"{len(rows)} rows + {missing} in gaps, {compared} compared with the ring"


def check_wake(directory, problems):
    """Asleep when idle; awake in time."""
    _, rows, gaps, missing = load(directory, problems)
    expect_only_first_gap(gaps, problems)
    sleeps = int((directory / "sleeps").read_text())
    # The interval is 20 ms. The kernel may fork a thread of its own.
    problems.expect(sleeps < 25, f"woken up {sleeps} times in five idle seconds")
    compared = check_against_dump(rows, database.read_dump(directory / "after"), problems)
    return (f"woken up {sleeps} times in five idle seconds; {len(rows)} rows + {missing} "
            f"in gaps, {compared} compared with the ring")


def check_reload(directory, problems):
    """Nothing was lost while the module was away under a living recorder."""
    said = (directory / "recorder.log").read_text()
    for words in ("not there: load the module", "the source works again"):
        problems.expect(words in said, f"not said: {words}")
    return check_module(directory, problems)


def check_clock(directory, problems):
    """Every number is there, although time went in both directions."""
    _, rows, gaps, missing = load(directory, problems)
    expect_only_first_gap(gaps, problems)
    days = [(later["time_ns"] - row["time_ns"]) // 86_400_000_000_000
            for row, later in zip(rows, rows[1:])]
    for way, found in (("ahead", max(days) > 300), ("back", min(days) < -700)):
        problems.expect(found, f"the clock did not go {way}: {min(days)} to {max(days)}")
    compared = check_against_dump(rows, database.read_dump(directory / "after"), problems)
    return (f"{len(rows)} rows + {missing} in gaps, steps of {max(days)} and {min(days)} "
            f"days, {compared} compared with the ring")


def check_reuse(directory, problems):
    """Each child was linked to the record of its own creation, whatever else
    had its pid before and after. The start times are from /proc/PID/stat."""
    _, rows, gaps, _ = load(directory, problems)
    expect_only_first_gap(gaps, problems)
    by_id = {row["id"]: row for row in rows}
    calls = {}
    for row in rows:
        calls.setdefault((row["tgid"], row["child_pid"]), []).append(row)
    lines = (directory / "expected").read_text().splitlines()
    for line in lines:
        pid, ticks, child = map(int, line.split())
        same = [row for row in calls.get((pid, child), [])
                if row["start_ns"] // 10_000_000 == ticks]
        problems.expect(len(same) == 1, f"{len(same)} rows of: {line}")
        for row in same:
            creator = by_id.get(row["caller_id"])
            problems.expect(creator and creator["child_pid"] == pid
                            and creator["child_start_ns"] == row["start_ns"]
                            and creator["tgid"] == row["ppid"],
                            f"caller_id {row['caller_id']} of row {row['id']}")
    pids = {int(line.split()[0]) for line in lines}
    problems.expect(len(pids) * 3 < len(lines), "the pids were not used again")
    return f"{len(lines)} processes on {len(pids)} pids, each with its own creator"


def check_power(directory, problems):
    """Whole after the power went, with what was in the write-ahead log."""
    wal = directory / "fork.db-wal"
    size = wal.stat().st_size if wal.exists() else 0
    problems.expect(size > 0, "no write-ahead log: nothing was being written")
    _, rows, gaps, missing = load(directory, problems)
    problems.expect(len(rows) > 1000, f"only {len(rows)} rows")
    return (f"integrity_check ok, {size >> 10} KiB of log replayed, {len(rows)} rows + "
            f"{missing} in {len(gaps)} gaps = highest number {rows[-1]['seq']}")


def check_again(directory, problems):
    """The boot after: a stream of its own, the old one untouched."""
    _, rows, _, missing = load(directory, problems)
    _, old_rows, _, _ = load(directory.parent / "power", problems)
    first = [tuple(row) for row in rows if row["stream"] == old_rows[0]["stream"]]
    second = [row for row in rows if row["stream"] != old_rows[0]["stream"]]
    problems.expect(first == [tuple(row) for row in old_rows],
                    "the rows of the boot before have changed")
    problems.expect(len({row["boot"] for row in rows}) == 2, "not two boots")
    problems.expect(second and second[0]["seq"] == 1, "the boot does not begin with 1")
    compared = check_against_dump(second, database.read_dump(directory / "ring"), problems)
    return (f"{len(first)} rows of the boot before, {len(second)} new, {compared} compared "
            f"with the ring, {missing} in gaps")
