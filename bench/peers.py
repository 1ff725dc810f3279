"""The same history as the logs of other tools: what a record would be as an
audit log's SYSCALL event and as a journal's entry.
"""

import subprocess

import measure

EXPORT = """\
__REALTIME_TIMESTAMP={us}
__MONOTONIC_TIMESTAMP={us}
_BOOT_ID=5c4a3b2918074655a1b2c3d4e5f60718
_UID={uid}
_PID={tgid}
_COMM={comm}
_TRANSPORT=journal
SYSLOG_IDENTIFIER=fork_info
MESSAGE={comm} makes {child_pid}
FORK_FLAGS={flags}
FORK_NEWUSER={newuser}
FORK_RET={ret}
FORK_FAILED={failed}
FORK_THREAD={pid}
FORK_PARENT={ppid}
FORK_CHILD={child_pid}
FORK_PID_NS={pid_ns}
FORK_USER_NS={user_ns}

"""

AUDIT = ("type=SYSCALL msg=audit({seconds}.{ms:03d}:{seq}): arch=c000003e syscall=56 "
         "success={success} exit={ret} a0={a0} a1=0 a2=0 a3=0 items=0 ppid={ppid} "
         "pid={pid} auid=4294967295 uid={uid} gid={uid} euid={uid} suid={uid} "
         "fsuid={uid} egid={uid} sgid={uid} fsgid={uid} tty=(none) ses=4294967295 "
         'comm={comm} exe="/usr/bin/true" subj=unconfined key="fork"\n')

FIELDS = ("seq time_ns flags exit_signal uid pid tgid ppid start_ns pid_ns user_ns ret "
          "child_pid child_start_ns child_pid_ns child_ns_pid child_user_ns comm").split()


def records_of(source):
    """Each record of a saved history, as a dict of texts."""
    with source.open(encoding="ascii") as file:
        for line in file:
            if line[0].isdigit():
                yield dict(zip(FIELDS, line.rstrip("\n").split(" ")))


def make(path, source, convert):
    """Writes convert(record) of every record, unless the file is there."""
    if path.exists():
        return path
    measure.say(f"making {path.name}")
    part = path.with_suffix(".part")
    with part.open("w", encoding="ascii") as file:
        file.writelines(map(convert, records_of(source)))
    part.rename(path)
    return path


def audit_line(record):
    """What auditd would have written."""
    ret = int(record["ret"])
    comm = record["comm"]
    # auditd writes what is not plain as hex.
    comm = f'"{comm}"' if "\\" not in comm and '"' not in comm else comm.encode().hex().upper()
    time_ns = int(record["time_ns"])
    return AUDIT.format(**{**record, "comm": comm}, seconds=time_ns // 10**9,
                        ms=time_ns // 10**6 % 1000, success="yes" if ret > 0 else "no",
                        a0=record["flags"][2:])


def journal_entry(record):
    """In the journal's export format."""
    return EXPORT.format(**record, us=int(record["time_ns"]) // 1000,
                         newuser=int(record["flags"], 16) >> 28 & 1,
                         failed=int(record["ret"].startswith("-")))


def audit_log(work, records, source):
    """A file for ausearch --input."""
    return make(work / f"{records}.audit", source, audit_line)


def journal(work, records, source):
    """A directory for journalctl --directory."""
    directory = work / f"{records}.journal"
    if directory.exists():
        return directory
    export = make(work / f"{records}.export", source, journal_entry)
    measure.say(f"making {directory.name}")
    part = work / "journal.part"
    subprocess.run(["rm", "-rf", part], check=True)
    part.mkdir()
    with export.open("rb") as file:
        subprocess.run(["/lib/systemd/systemd-journal-remote", "--split-mode=none",
                        "--output", part / "fork.journal", "-"],
                       stdin=file, check=True, stdout=subprocess.DEVNULL,
                       stderr=subprocess.DEVNULL)
    export.unlink()
    part.rename(directory)
    return directory


