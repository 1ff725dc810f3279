# SPDX-License-Identifier: MIT
"""The figures of kernel_cost.py as a section in Markdown."""

import os
import statistics
import subprocess

import measure

TARGET = 0.01
CALLS = {"fork": "fork, exit, wait", "exec": "vfork, exec, exit, wait",
         "fail": "clone, refused at once"}


def median(values):
    """Of numbers."""
    return statistics.median(values)


def spread(values, digits=0):
    """The median, and the range in which all of them are."""
    return (f"{median(values):,.{digits}f} "
            f"({min(values):,.{digits}f}–{max(values):,.{digits}f})")


def more(new, old):
    """What the medians differ by, as a number and as a share."""
    difference = median(new) - median(old)
    return f"{difference:+,.0f} | {difference / median(old):+.2%}"


def targets(found):
    """The table that run.py gathers."""
    total, forking, _ = zip(*found["recorded"])
    everything = median(total) / median(found["off"]["fork"]) - 1
    shares = {
        "no reader": (found["on"]["fork"], found["off"]["fork"], ""),
        "a recorder": (forking, found["off, forking"],
                       f" in the processes that fork; {everything:+.0%} with the recorder itself")}
    rows = []
    for name, (new, old, where) in shares.items():
        share = median(new) / median(old) - 1
        rows.append((f"kernel: less than {TARGET:.0%} more instructions a fork+exit+wait, {name}",
                     f"{share:+.2%}{where}", share < TARGET, "see the hook by function"))
    return measure.targets(rows)


def preface(found):
    """What was measured, and with what."""
    emulator = subprocess.run(["qemu-system-x86_64", "--version"], text=True, check=True,
                              stdout=subprocess.PIPE).stdout
    return f"""Debian's Linux 6.1 in its smallest configuration, which makes a fork as cheap, and
the hook's share of it as large, as can be, with `CONFIG_FORK_INFO` off and on,
ring of 4096; QEMU {emulator.split()[3]}, x86-64, TCG.
Medians of {len(found["on"]["fork"])} (min–max).
"""


def calls(found):
    """Off against on."""
    lines = ["""### Instructions

Exact counts of all that one virtual processor executes (`-icount shift=0`), user
space, timer ticks and kernel threads included. A step of a string instruction
counts as one; REP STOSB, by which a cleared page would be 4096, is off.
""", "| a call | off | on, no reader | more | share |", "|---|---|---|---|---|"]
    for call, name in CALLS.items():
        off, on = found["off"][call], found["on"][call]
        lines.append(f"| {name} | {spread(off)} | {spread(on)} | {more(on, off)} |")
    short = {call: more(found["on, shorter"][call], found["off, shorter"][call])
             for call in CALLS}
    difference = median(found["on"]["fork"]) - median(found["off"]["fork"])
    hook = found["steps"]["fork_info_record"][0].total()
    return "\n".join(lines) + f"""

The refused clone is the worst case there is, a system call that does nothing
else.

Noise: the two kernels are two builds, so part of a difference could be the
compiler's. Stepped through by itself, the hook of a fork is {hook} instructions;
{difference - hook:+.0f} remain for its call and for all other differences of the builds. With a
quarter of the calls the differences are {short["fork"].replace(" | ", " or ")} (fork),
{short["exec"].replace(" | ", " or ")} (exec) and {short["fail"].replace(" | ", " or ")} \
(refused).
"""


def recorder(found):
    """With forkdb record beside the forks."""
    total, forking, recording = zip(*found["recorded"])
    rest = [a - b - c for a, b, c in zip(total, forking, recording)]
    off, on = found["off, forking"], found["on, forking"]
    idle = median(found["on"]["fork"]) - median(on)
    all_told = median(total) / median(found["off"]["fork"]) - 1
    return f"""### Beside a recorder

`forkdb record` with default settings on the same processor, database on tmpfs,
awake for each half ring, every fork in the database afterwards. Instructions of a
fork, exit, wait, by whose they are:

| executed in | off | on, no reader | on, recorder |
|---|---|---|---|
| the processes that fork | {spread(off)} | {spread(on)} | {spread(forking)} |
| the recorder (reading, decoding, SQLite) | | | {spread(recording)} |
| kernel threads, between processes | {median(found["off"]["fork"]) - median(off):,.0f} \
| {idle:,.0f} | {spread(rest)} |

All told it is {all_told:.0%} more than off: the recorder's own work,
which with a second processor delays no fork, and RCU's thread, which has more to
do when there is another process to switch to. Whose an instruction is, is the
scheduler's account of CPU time.
"""


def drain(found):
    """Reading /proc/fork_info, and what is done with the lock held."""
    ticks, reads, size, records = map(median, zip(*found["drain"]))
    hook, held = found["steps"]["fork_info_record"]
    copy, copied = found["steps"]["fork_info_get"]
    parts = ",\n".join(", ".join(f"`{name}` {count}" for name, count in some) for some in
                        (hook.most_common(4), hook.most_common(8)[4:]))
    return f"""### Reading, and the lock

| | |
|---|---|
| a full ring, read as fast as can be | {records:,.0f} records, {size:,.0f} bytes |
| read(2) calls for it, the last finds nothing | {reads + 1:.0f} |
| records a call | {records / reads:.0f} |
| bytes a call | {size / reads:,.0f} |
| instructions a record | {ticks / records:,.0f} |
| instructions of the hook | {hook.total()} |
| with the lock held, by the hook | {held} |
| instructions of copying a record for a reader | {copy.total()} |
| with the lock held, by that reader | {copied} |

The hook by function: {parts}.
"""


def contention(rounds):
    """Eight processors; each round has its own base line."""
    columns = {name: [found[name] for found in rounds] for name in rounds[0]}
    names = {"off": "off", "off again": "off, once more", "on": "on, no reader",
             "recorded": "on, recorder"}
    lines = ["| | forks a second | of off in the same round |", "|---|---|---|"]
    for name, title in names.items():
        ratios = [a / b for a, b in zip(columns[name], columns["off"])]
        lines.append(f"| {title} | {spread(columns[name])} | {spread(ratios, 2)} |")
    noise = max(abs(a / b - 1) for a, b in zip(columns["off again"], columns["off"]))
    return f"""### Eight processors forking at once

Eight virtual processors (`-smp 8`, in parallel, no counting), each with a loop of
fork, exit, wait, taking turns, {len(rounds)} rounds.

""" + "\n".join(lines) + f"""

Noise: the same kernel, twice in a round, differs by up to {noise:.0%}: eight virtual
processors shared this machine's {os.cpu_count()} with other work. No smaller effect can be
seen here, and one that holds the lock may be put to sleep by the host, which
real processors do not do. The recorder takes its time from the same processors.
"""


def section(found, rounds):
    """All of it."""
    return "\n".join([preface(found), targets(found), calls(found), recorder(found), drain(found),
                      contention(rounds)]).rstrip() + "\n"
