"""The questions of the query benchmark, as each tool is asked them."""

import datetime
import sqlite3

FIELD = r"^([^ ]* ){%d}"  # so many fields of a line, for grep -E
NS = 10**9
UID = 1012       # some 2 % of the records
COMM = "rsync"
DEPTH = 8
NEWEST = "| tail -n 20"


def middle_hour(database):
    """From and to, ns, of a whole hour in the middle of the history."""
    first, last = database.execute(
        "SELECT (SELECT time_ns FROM records ORDER BY id LIMIT 1), "
        "(SELECT time_ns FROM records ORDER BY id DESC LIMIT 1)").fetchone()
    start = (first + last) // 2 // (3600 * NS) * 3600 * NS
    return start, start + 3600 * NS


def job_in_the_middle(database):
    """id and pid of a process that a daemon made: the head of a job."""
    middle, = database.execute("SELECT avg(id) FROM (SELECT min(id) AS id FROM records UNION ALL "
                               "SELECT max(id) FROM records)").fetchone()
    find = "SELECT id, caller_id, tgid, child_pid FROM records WHERE id = ?"
    row = database.execute("SELECT id, caller_id, tgid, child_pid FROM records WHERE id >= ? AND "
                           "ret > 0 AND pid = tgid AND tgid > 300 LIMIT 1", [int(middle)]).fetchone()
    while row[2] > 300 and row[1] is not None:
        row = database.execute(find, [row[1]]).fetchone()
    return row[0], row[3]


def moment(ns, pattern):
    """A time in UTC."""
    return datetime.datetime.fromtimestamp(ns // NS, datetime.timezone.utc).strftime(pattern)


def namespace_in_the_middle(database, job_id):
    """Inode of a PID namespace that was made after a job began."""
    return database.execute(
        "SELECT n.child_pid_ns FROM records AS r JOIN namespace_sets AS n ON n.id = r.namespace_set "
        "WHERE r.id > ? AND n.child_pid_ns <> n.pid_ns ORDER BY r.id LIMIT 1", [job_id]).fetchone()[0]


def filters(database):
    """[(question, arguments of forkdb)]: the named filters that questions() leaves out, one by
    one, for the first 20 rows."""
    job_id, job_pid = job_in_the_middle(database)
    newest = [("caller's pid", ["--pid", job_pid]), ("child", ["--child", job_pid]),
              ("errno", ["--errno", "ENOMEM"]), ("kind", ["--kind", "vfork"]),
              ("rare kind", ["--kind", "namespace"]), ("kernel threads", ["--kind", "kthread"]),
              ("new threads", ["--threads"]), ("no new threads", ["--no-threads"]),
              ("flag that is not set", ["--not-flag", "VM"]), ("new namespaces", ["--new-ns=user"]),
              ("namespace", ["--ns", namespace_in_the_middle(database, job_id)]),
              ("ancestor", ["--under", job_id]), ("boot", ["--boot", 0]),
              ("command that is not there", ["--comm", "nosuch"]),
              ("command by pattern", ["--comm", "rs*"])]
    asked = [(f"filter: {name}", ["query", "-n", "20", *map(str, arguments)])
             for name, arguments in newest]
    start, end = middle_hour(database)
    hour = ["--since", moment(start, "%Y-%m-%dT%H:%M:%SZ"),
            "--until", moment(end, "%Y-%m-%dT%H:%M:%SZ")]
    return asked + [("filter: tree, ancestors only", ["tree", str(job_id), "--up"]),
                    ("filter: stats of an hour", ["stats", *hour])]


def questions(path):
    """[(question, {tool: arguments})] for the history of the database at path.
    What stands behind grep is put behind the file's name."""
    database = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    start, end = middle_hour(database)
    job_id, job_pid = job_in_the_middle(database)
    more = [(name, {"forkdb": arguments}) for name, arguments in filters(database)]
    database.close()
    hour = ["--since", moment(start, "%Y-%m-%dT%H:%M:%SZ"),
            "--until", moment(end, "%Y-%m-%dT%H:%M:%SZ")]
    journal_hour = [f"--since=@{start // NS}", f"--until=@{end // NS}"]
    audit_hour = (f"-ts {moment(start, '%m/%d/%y %H:%M:%S')} -te {moment(end, '%m/%d/%y %H:%M:%S')}")
    in_hour = f"$2 >= {start} && $2 <= {end}"
    family = (f"awk 'BEGIN {{d[{job_pid}] = 0}} ($7 in d) && d[$7] < {DEPTH} {{print; "
              "if ($13 > 0 && $6 == $7) d[$13] = d[$7] + 1}'")
    return more + [
        ("newest 20", {
            "forkdb": ["query", "-n", "20"],
            "journalctl": ["-n", "20"], "text": "tail -n 20"}),
        ("newest 20 of an hour", {
            "forkdb": ["query", "-n", "20", *hour], "ausearch": f"{audit_hour} {NEWEST}",
            "journalctl": ["-n", "20", *journal_hour],
            "text": f"awk '{in_hour}' {{}} {NEWEST}"}),
        ("newest 20 of one user", {
            "forkdb": ["query", "-n", "20", "--uid", str(UID)], "ausearch": f"-ua {UID} {NEWEST}",
            "journalctl": ["-n", "20", f"_UID={UID}"],
            "text": f"grep -E '{FIELD % 4}{UID} ' {{}} {NEWEST}"}),
        ("newest 20 of one command", {
            "forkdb": ["query", "-n", "20", "--comm", COMM], "ausearch": f"-c {COMM} {NEWEST}",
            "journalctl": ["-n", "20", f"_COMM={COMM}"],
            "text": f"grep ' {COMM}$' {{}} {NEWEST}"}),
        ("newest 20 failures", {
            "forkdb": ["query", "-n", "20", "--failed"], "ausearch": f"-sv no {NEWEST}",
            "journalctl": ["-n", "20", "FORK_FAILED=1"],
            "text": f"grep -F ' 0 0 0 0 0 ' {{}} {NEWEST}"}),
        ("newest 20 with CLONE_NEWUSER", {
            "forkdb": ["query", "-n", "20", "--flag", "NEWUSER"],
            "journalctl": ["-n", "20", "FORK_NEWUSER=1"],
            "text": f"grep -E ' 0x[0-9a-f]*[13579bdf][0-9a-f]{{7}} ' {{}} {NEWEST}"}),
        (f"tree of depth {DEPTH}, newest 20 children each", {
            "forkdb": ["tree", str(job_id), "--depth", str(DEPTH)], "text": family}),
        ("statistics: all of forkdb stats", {
            "forkdb": ["stats", "--format", "json"],
            "text": "awk '{n[$5]++} END {for (u in n) print u, n[u]}'"}),
        ("scan: all rows of an hour, narrowed by blocks", {
            "forkdb": ["query", *hour, "--format", "tsv"], "text": f"awk '{in_hour}'"}),
        ("scan: a condition that no block knows", {
            "forkdb": ["query", "ppid = 126", "--format", "tsv"],
            "floor": "SELECT id FROM records WHERE ppid = 126",
            "text": f"grep -E '{FIELD % 7}126 '"}),
        ("count by user, by blocks", {
            "forkdb": ["query", "--group-by", "uid"],
            "text": "awk '{n[$5]++} END {for (u in n) print u, n[u]}'"}),
        ("scan: count by user in SQL, all rows", {
            "forkdb": ["query", "--sql", "SELECT uid, count(*) FROM forks GROUP BY uid"],
            "floor": "SELECT user, count(*) FROM records GROUP BY user",
            "text": "awk '{n[$5]++} END {for (u in n) print u, n[u]}'"}),
    ]
