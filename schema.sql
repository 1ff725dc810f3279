-- forkdb's database, schema version 1. The binary contains this file and runs
-- it once, in one transaction, on a new database.
--
-- Users query the view `forks`. The tables below it are compact: repeated
-- values (command names, users, flag sets, namespaces) are stored once and
-- referenced by a small integer. Everything is plain SQL, so sqlite3, DB
-- browsers and the drivers of all languages read the same data.
--
-- The code has names for the numbers here (store/record.h): a stream has
-- kSeqLimit = 1000000000000 numbers, which are kStreamBlocks = 244140625
-- blocks of kBlockRecords = 4096. A tick of the table alive is kTickNs =
-- 10000000 ns.
--
-- The recorder writes without PRAGMA foreign_keys: SQLite would look up six
-- rows per record that the recorder has just looked up, a third of the time of
-- an insert. PRAGMA foreign_key_check finds no violation.

PRAGMA application_id = 1718579819;  -- the bytes "fork"
PRAGMA user_version = 1;

-- One boot of a kernel.
CREATE TABLE boots (
  id INTEGER PRIMARY KEY,
  -- /proc/sys/kernel/random/boot_id, or "file:PATH" for a saved copy of
  -- unknown boot.
  boot_id TEXT NOT NULL UNIQUE CHECK (boot_id <> ''),
  host TEXT,
  machine_id TEXT,
  kernel_release TEXT,
  -- When the kernel started, in ns since the epoch: CLOCK_REALTIME minus
  -- CLOCK_BOOTTIME when the boot was first seen.
  boot_ns INTEGER
) STRICT;

-- Processes that were alive when a recorder of this machine's kernel started,
-- from /proc. Ancestry continues here if no record created a process. A
-- process has one row, as first seen; a later start adds processes created in
-- between. A boot's rows are deleted with its last record, unless it is the
-- latest boot.
CREATE TABLE alive (
  id INTEGER PRIMARY KEY CHECK (id > 0),
  boot INTEGER NOT NULL REFERENCES boots (id),
  -- start_ns / 10000000 of its records: /proc resolves 10 ms, and no pid is
  -- reused that fast.
  start_tick INTEGER NOT NULL CHECK (start_tick >= 0),
  pid INTEGER NOT NULL CHECK (pid > 0),
  -- The parent when the process was seen: its creator or, if that had ended,
  -- the process that adopted it. 0 for none.
  ppid INTEGER NOT NULL CHECK (ppid >= 0),
  -- The parent's row; NULL if it has none.
  parent INTEGER REFERENCES alive (id) CHECK (parent <> id),
  uid INTEGER NOT NULL CHECK (uid BETWEEN 0 AND 4294967295),
  username TEXT NOT NULL,
  -- The process's name when it was seen, in the form of comms.
  comm ANY NOT NULL CHECK (typeof(comm) IN ('text', 'blob')),
  -- Its pid in its own PID namespace; NULL if equal to pid.
  ns_pid INTEGER CHECK (ns_pid > 0 AND ns_pid <> pid),
  seen_ns INTEGER NOT NULL,
  -- Serves: finding the caller or child of a record.
  UNIQUE (boot, start_tick, pid)
) STRICT;
-- Serves: finding the children of a process.
CREATE INDEX alive_by_parent ON alive (parent) WHERE parent IS NOT NULL;

-- One uninterrupted numbering of records.
CREATE TABLE streams (
  id INTEGER PRIMARY KEY CHECK (id BETWEEN 1 AND 9000000),
  boot INTEGER NOT NULL REFERENCES boots (id),
  source TEXT NOT NULL CHECK (source IN ('proc', 'ebpf', 'file')),
  -- Distinguishes streams of one boot and source.
  attachment TEXT NOT NULL,
  hook TEXT NOT NULL,
  -- When the first recorder attached. The _boottime_ns columns are the same
  -- moments in CLOCK_BOOTTIME, which no clock step changes. They are NULL for
  -- a saved copy, because no recorder watched it.
  attach_ns INTEGER NOT NULL,
  attach_boottime_ns INTEGER CHECK (attach_boottime_ns >= 0),
  -- The last moment when a recorder was known to watch the stream: each
  -- earlier call is a row of records or lies in a gap. Updated at each commit,
  -- every minute on a quiet machine, and at an orderly end.
  ended_ns INTEGER,
  ended_boottime_ns INTEGER CHECK (ended_boottime_ns >= 0),
  capacity INTEGER NOT NULL,
  -- The lowest number not seen yet. Each lower number is a row of records,
  -- lies in a gap, was thinned, or was pruned.
  next_seq INTEGER NOT NULL DEFAULT 1 CHECK (next_seq >= 1),
  -- The highest pruned number. All lower numbers are pruned, too, whether
  -- rows, in gaps or thinned: rows + gaps + thinned + pruned_seq = next_seq -
  -- 1. Pruning deletes a stream's lowest block of numbers (see blocks) and
  -- everything that belongs only to it. A gap that extends beyond the block
  -- keeps its rest. Streams and boots stay.
  pruned_seq INTEGER NOT NULL DEFAULT 0 CHECK (pruned_seq >= 0),
  -- Calls in pruned rows of missed.
  pruned_missed INTEGER NOT NULL DEFAULT 0 CHECK (pruned_missed >= 0),
  -- The sum of records in the stream's rows of thinned.
  thinned INTEGER NOT NULL DEFAULT 0 CHECK (thinned >= 0),
  CHECK (pruned_seq < next_seq),
  CHECK ((ended_ns IS NULL) = (ended_boottime_ns IS NULL)),
  UNIQUE (boot, source, attachment)
) STRICT;

-- Passes of the recorder over the source that brought something. The oldest
-- are deleted with the last of their records.
CREATE TABLE drains (
  id INTEGER PRIMARY KEY,
  stream INTEGER NOT NULL REFERENCES streams (id),
  time_ns INTEGER NOT NULL,
  records INTEGER NOT NULL CHECK (records >= 0),
  duplicates INTEGER NOT NULL CHECK (duplicates >= 0),
  rejected INTEGER NOT NULL CHECK (rejected >= 0),
  -- Lowest and highest id of the records stored; NULL if none.
  first_id INTEGER,
  last_id INTEGER,
  CHECK ((records > 0) = (first_id IS NOT NULL)),
  CHECK (first_id <= last_id)
) STRICT;

-- Ranges of numbers without records, both ends included: the recorder never
-- saw them, or the database refused the record (see rejects).
CREATE TABLE gaps (
  id INTEGER PRIMARY KEY,
  stream INTEGER NOT NULL REFERENCES streams (id),
  first_seq INTEGER NOT NULL CHECK (first_seq >= 1),
  last_seq INTEGER NOT NULL,
  noticed_ns INTEGER NOT NULL,
  -- Times of the records before and after the gap; NULL if there was none.
  after_ns INTEGER,
  before_ns INTEGER,
  CHECK (first_seq <= last_seq),
  -- Serves: finding the gap of a number (a record that arrives late).
  UNIQUE (stream, first_seq)
) STRICT;

-- Calls that the hook skipped and that took no number, as counted by the
-- kernel. (A preempted eBPF program keeps others from running on its
-- processor.) They were made between two readings of the kernel's count.
CREATE TABLE missed (
  stream INTEGER NOT NULL REFERENCES streams (id),
  -- The stream's highest number at the second reading. Pruning this number
  -- also prunes the row.
  seq INTEGER NOT NULL CHECK (seq >= 0),
  calls INTEGER NOT NULL CHECK (calls > 0),
  after_ns INTEGER NOT NULL,
  before_ns INTEGER NOT NULL,
  -- Serves: pruning, and adding calls to a row.
  PRIMARY KEY (stream, seq)
) WITHOUT ROWID, STRICT;

-- All losses, with or without numbers. Serves: warnings about losses in a time
-- range.
CREATE VIEW losses AS
SELECT stream, first_seq, last_seq, last_seq - first_seq + 1 AS records,
  noticed_ns, after_ns, before_ns FROM gaps
UNION ALL
SELECT stream, NULL, NULL, calls, before_ns, after_ns, before_ns FROM missed;

-- Records deleted to make room while other records of the same time stayed.
-- Above the size limit, users who fill the database lose their oldest records.
-- The records of all other users stay.
CREATE TABLE thinned (
  -- The block of their numbers (see blocks). If consecutive blocks are empty,
  -- the last of them has the counts of all.
  block INTEGER NOT NULL,
  -- Whose records: a uid, or the first uid of a range. From 100000 on, a range
  -- is 65536 uids, as /etc/subuid assigns them to one user. -1 for numbers
  -- that were never seen: the gaps of a block in which nothing else was left.
  uid INTEGER NOT NULL CHECK (uid BETWEEN -1 AND 4294967295),
  records INTEGER NOT NULL CHECK (records > 0),
  -- Lowest and highest time. Serves: losses in a time range.
  first_time_ns INTEGER NOT NULL,
  last_time_ns INTEGER NOT NULL,
  PRIMARY KEY (block, uid)
) WITHOUT ROWID, STRICT;

-- Lines that were not records, and records that a CHECK or a user's own index
-- refused. For a refused record, line is the record, reason begins with
-- "refused by the database: ", and the number lies in a gap. Holds the first
-- few rejects of each drain (drains.rejected counts all), and each line of a
-- stream once.
CREATE TABLE rejects (
  id INTEGER PRIMARY KEY,
  drain INTEGER NOT NULL REFERENCES drains (id),
  stream INTEGER NOT NULL REFERENCES streams (id),
  reason TEXT NOT NULL,
  line BLOB NOT NULL,
  -- Serves: recognizing a line of a source that is read again.
  UNIQUE (stream, line)
) STRICT;

-- Limits of the last recorder: 'keep_ns' (a duration) and 'max_bytes' (file
-- and log together); no row means no limit. While the recorder doubts a step
-- of the clock, 'believed_ns' is the time before the step. While a recorder
-- has the database open, 'recording' is PRAGMA schema_version: it reveals a
-- copy of the file without its log (-wal).
CREATE TABLE settings (
  name TEXT PRIMARY KEY,
  value INTEGER NOT NULL
) STRICT;

-- Rows of comms, users, flag_sets and namespace_sets are deleted with the last
-- record that refers to them. The recorder notices deletions by the sums of
-- pruned_seq and thinned.

-- Command names, byte-exact: TEXT if the bytes are UTF-8, else BLOB.
CREATE TABLE comms (
  id INTEGER PRIMARY KEY,
  comm ANY NOT NULL UNIQUE
    CHECK (typeof(comm) IN ('text', 'blob') AND length(comm) <= 255)
) STRICT;

-- Users, with their name when the record arrived. A uid without a user has its
-- number as the name.
CREATE TABLE users (
  id INTEGER PRIMARY KEY,
  uid INTEGER NOT NULL CHECK (uid BETWEEN 0 AND 4294967295),
  username TEXT NOT NULL,
  -- 0 if no name is known yet, because the system has not answered. username
  -- is then the number, until the answer replaces it.
  is_answered INTEGER NOT NULL DEFAULT 1 CHECK (is_answered IN (0, 1)),
  UNIQUE (uid, username)
) STRICT;

-- Clone flags together with the exit signal.
CREATE TABLE flag_sets (
  id INTEGER PRIMARY KEY,
  flags INTEGER NOT NULL,
  exit_signal INTEGER NOT NULL CHECK (exit_signal BETWEEN 0 AND 255),
  -- "CLONE_VM|CLONE_FS", unknown bits in hex; NULL if no flag is set.
  names TEXT CHECK ((names IS NULL) = (flags = 0)),
  kind TEXT NOT NULL GENERATED ALWAYS AS (CASE
    -- NEWTIME, NEWNS, NEWCGROUP, NEWUTS, NEWIPC, NEWUSER, NEWPID, NEWNET
    WHEN flags & 0x7e020080 THEN 'namespace'
    WHEN flags & 0x00010000 THEN 'thread'                     -- THREAD
    WHEN flags & 0x00004100 = 0x00004100 THEN 'vfork'         -- VM and VFORK
    -- PARENT_SETTID, CHILD_CLEARTID, CHILD_SETTID and PIDFD only report ids.
    WHEN flags & ~0x01301000 = 0 AND exit_signal = 17 THEN 'fork'
    ELSE 'process' END) STORED,
  UNIQUE (flags, exit_signal)
) STRICT;

-- The caller's and the child's namespaces, by inode number.
CREATE TABLE namespace_sets (
  id INTEGER PRIMARY KEY,
  pid_ns INTEGER NOT NULL,
  user_ns INTEGER NOT NULL,
  child_pid_ns INTEGER,
  child_user_ns INTEGER,
  CHECK ((child_pid_ns IS NULL) = (child_user_ns IS NULL))
) STRICT;
-- Serves: the recorder's look-up of a set (NULLs rule out UNIQUE on columns).
CREATE UNIQUE INDEX namespace_sets_unique ON namespace_sets (
  pid_ns, user_ns, ifnull(child_pid_ns, -1), ifnull(child_user_ns, -1));

-- The errors seen, by the return value of kernel_clone().
CREATE TABLE errnos (
  ret INTEGER PRIMARY KEY CHECK (ret BETWEEN -4095 AND -1),
  errno TEXT NOT NULL,
  description TEXT NOT NULL
) STRICT;

-- Names of the exit signals seen.
CREATE TABLE signals (
  exit_signal INTEGER PRIMARY KEY,
  signal TEXT NOT NULL
) STRICT;

-- The records. The key is stream * 1000000000000 + seq, so that no record is
-- stored twice and new records only append.
CREATE TABLE records (
  id INTEGER PRIMARY KEY
    CHECK (id > 1000000000000 AND id % 1000000000000 > 0),
  time_ns INTEGER NOT NULL CHECK (time_ns >= 0),
  user INTEGER NOT NULL REFERENCES users (id),
  comm INTEGER NOT NULL REFERENCES comms (id),
  flag_set INTEGER NOT NULL REFERENCES flag_sets (id),
  namespace_set INTEGER NOT NULL REFERENCES namespace_sets (id),
  pid INTEGER NOT NULL CHECK (pid >= 0),
  tgid INTEGER NOT NULL CHECK (tgid >= 0),
  ppid INTEGER NOT NULL CHECK (ppid >= 0),
  start_ns INTEGER NOT NULL CHECK (start_ns >= 0),
  ret INTEGER NOT NULL CHECK (ret >= -4095 AND ret <> 0),
  -- NULL if the call failed.
  child_pid INTEGER CHECK (child_pid > 0),
  child_start_ns INTEGER CHECK (child_start_ns >= 0),
  -- NULL if equal to child_pid.
  child_ns_pid INTEGER CHECK (child_ns_pid > 0),
  -- The record that created the caller; NULL if unknown. Not a foreign key:
  -- the record may have been pruned or thinned. Its number is never reused, so
  -- callers with the same number are still the same process.
  caller_id INTEGER,
  CHECK ((ret > 0) = (child_pid IS NOT NULL)),
  CHECK ((child_pid IS NULL) = (child_start_ns IS NULL)),
  CHECK (child_ns_pid IS NULL OR ifnull(child_ns_pid <> child_pid, 0)),
  CHECK (caller_id <> id)
) STRICT;

-- Serves: --failed and --errno. Small, because failures are rare.
CREATE INDEX records_failed ON records (id) WHERE ret < 0;

-- Blocks summarise the records, 4096 numbers at a time. block = records.id /
-- 4096; no block spans two streams, because 4096 divides 1000000000000. A
-- query reads only the blocks that can contain matches. So columns need no
-- indexes, which would have an entry per record, in random order.
--
-- A block is closed once its stream is past it. A closed block with records
-- has a row here, and rows in all the tables below for the values of its
-- records. A stream's last block may still be open (view open_blocks).
CREATE TABLE blocks (
  block INTEGER PRIMARY KEY,
  records INTEGER NOT NULL CHECK (records BETWEEN 1 AND 4096),
  -- Lowest and highest time. Serves: --since and --until.
  first_time_ns INTEGER NOT NULL,
  last_time_ns INTEGER NOT NULL,
  -- Lowest and highest of the children; NULL if there is none. Serves:
  -- --child, and finding the record that created a process of the table alive.
  first_child_pid INTEGER,
  last_child_pid INTEGER,
  first_child_start_ns INTEGER,
  last_child_start_ns INTEGER
) STRICT;

-- This table and the next four: how many records of a block have a value. The
-- key serves: finding the blocks with a value, newest first.
CREATE TABLE comm_blocks (
  comm INTEGER NOT NULL REFERENCES comms (id),
  block INTEGER NOT NULL REFERENCES blocks (block),
  records INTEGER NOT NULL CHECK (records > 0),
  PRIMARY KEY (comm, block)
) WITHOUT ROWID, STRICT;

CREATE TABLE user_blocks (
  user INTEGER NOT NULL REFERENCES users (id),
  block INTEGER NOT NULL REFERENCES blocks (block),
  records INTEGER NOT NULL CHECK (records > 0),
  PRIMARY KEY (user, block)
) WITHOUT ROWID, STRICT;

CREATE TABLE flag_set_blocks (
  flag_set INTEGER NOT NULL REFERENCES flag_sets (id),
  block INTEGER NOT NULL REFERENCES blocks (block),
  records INTEGER NOT NULL CHECK (records > 0),
  PRIMARY KEY (flag_set, block)
) WITHOUT ROWID, STRICT;

CREATE TABLE namespace_set_blocks (
  namespace_set INTEGER NOT NULL REFERENCES namespace_sets (id),
  block INTEGER NOT NULL REFERENCES blocks (block),
  records INTEGER NOT NULL CHECK (records > 0),
  PRIMARY KEY (namespace_set, block)
) WITHOUT ROWID, STRICT;

CREATE TABLE errno_blocks (
  ret INTEGER NOT NULL REFERENCES errnos (ret),
  block INTEGER NOT NULL REFERENCES blocks (block),
  records INTEGER NOT NULL CHECK (records > 0),
  PRIMARY KEY (ret, block)
) WITHOUT ROWID, STRICT;

-- The records of each caller in a block. Half the size of an index on
-- caller_id, which would have an entry per record. Includes open blocks. The
-- key serves: --pid, and finding what a process created (view calls), even if
-- no record created the process.
CREATE TABLE pid_blocks (
  pid INTEGER NOT NULL,  -- the caller's pid or tgid; each has its row
  block INTEGER NOT NULL,
  caller_id INTEGER NOT NULL,  -- as in records; 0 for NULL
  -- A JSON array of their ids minus block * 4096.
  calls TEXT NOT NULL,
  PRIMARY KEY (pid, block, caller_id)
) WITHOUT ROWID, STRICT;

-- The records of a closed block that created processes, by the child's start.
-- A sixth of the size of an index on child_start_ns. Excludes threads. A rowid
-- table, because its pages stay full if rows only append.
CREATE TABLE start_blocks (
  boot INTEGER NOT NULL REFERENCES boots (id),
  span INTEGER NOT NULL,  -- child_start_ns >> 34, about 17 s
  block INTEGER NOT NULL REFERENCES blocks (block),
  -- Lowest and highest (child_start_ns >> 14) % 1048576.
  first_tick INTEGER NOT NULL,
  last_tick INTEGER NOT NULL,
  -- Ascending 4-byte big-endian numbers, one per record: tick * 4096 + id %
  -- 4096.
  starts BLOB NOT NULL CHECK (length(starts) > 0 AND length(starts) % 4 = 0),
  CHECK (first_tick <= last_tick),
  -- Serves: finding the record of a boot that created a process.
  UNIQUE (boot, span, block)
) STRICT;

-- The blocks without a summary. Every query reads them.
CREATE VIEW open_blocks AS
SELECT DISTINCT (s.id * 1000000000000 + s.next_seq - 1) / 4096 AS block
FROM streams AS s
WHERE s.next_seq > 1 AND NOT EXISTS (
  SELECT 1 FROM blocks AS b
  WHERE b.block = (s.id * 1000000000000 + s.next_seq - 1) / 4096);

-- Serves recursive SQL: the ids of the calls of the process that the record
-- caller_id created. Query it by caller_id.
CREATE VIEW calls AS
SELECT m.id AS caller_id, p.block * 4096 + c.value AS id
FROM records AS m
CROSS JOIN pid_blocks AS p ON p.pid = m.child_pid AND p.caller_id = m.id
CROSS JOIN json_each(p.calls) AS c;

-- Serves: the periods between two streams in which nothing was recorded. The
-- time after the last stream is not here, because a recorder may still run.
-- The ring of /proc/fork_info keeps calls while no recorder runs, so a proc
-- stream counts from the start of its boot; calls that the ring lost are in
-- gaps. Within a boot, durations are by CLOCK_BOOTTIME and times by the clock
-- at the later attachment. Between boots, each boot's latest clock counts,
-- because a machine without a battery boots in the past. If a boot then begins
-- before the end of the previous one, the period is unknown and has no row.
CREATE VIEW downtimes AS
WITH watched AS (
  SELECT
    s.id AS stream,
    s.boot AS boot,
    ifnull(b.machine_id, ifnull(b.host, '')) AS machine,
    CASE s.source WHEN 'proc' THEN 0 ELSE s.attach_boottime_ns END AS first_ns,
    ifnull(s.ended_boottime_ns, s.attach_boottime_ns) AS last_ns,
    s.attach_ns - s.attach_boottime_ns AS boot_start_ns,
    ifnull(s.ended_ns, s.attach_ns) AS ended_ns
  FROM streams AS s JOIN boots AS b ON b.id = s.boot
  WHERE s.ended_ns IS NOT NULL OR s.attach_boottime_ns IS NOT NULL
), watched_boots AS (
  -- SQLite takes ended_ns from the row with the maximum.
  SELECT boot, machine, max(last_ns) AS last_ns, ended_ns
  FROM watched GROUP BY boot
), boot_changes AS (
  SELECT boot, ended_ns - last_ns AS boot_start_ns,
    lag(ended_ns) OVER (PARTITION BY machine ORDER BY boot) AS before_ns
  FROM watched_boots
), attachments AS (
  SELECT w.*, c.before_ns,
    max(last_ns) OVER (PARTITION BY w.boot ORDER BY first_ns, stream
      ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS before_last_ns
  FROM watched AS w JOIN boot_changes AS c ON c.boot = w.boot
), spans AS (
  SELECT boot, (SELECT min(stream) FROM watched AS w WHERE w.boot = c.boot)
    AS stream, 'machine off' AS what, before_ns AS began_ns,
    boot_start_ns AS ended_ns
  FROM boot_changes AS c WHERE before_ns < boot_start_ns
  UNION ALL
  SELECT boot, stream, 'recorder stopped',
    boot_start_ns + ifnull(before_last_ns, 0), boot_start_ns + first_ns
  FROM attachments
  WHERE first_ns > ifnull(before_last_ns, 0)
    -- The time before a machine's first stream is not a downtime.
    AND (before_last_ns IS NOT NULL OR before_ns IS NOT NULL)
)
SELECT
  b.boot_id AS boot,  -- the boot that began or continued after it
  b.host AS host,
  d.what AS what,
  strftime('%Y-%m-%dT%H:%M:%S', d.began_ns / 1000000000, 'unixepoch')
    || printf('.%09dZ', d.began_ns % 1000000000) AS began,
  strftime('%Y-%m-%dT%H:%M:%S', d.ended_ns / 1000000000, 'unixepoch')
    || printf('.%09dZ', d.ended_ns % 1000000000) AS ended,
  d.began_ns AS began_ns,
  d.ended_ns AS ended_ns,
  d.stream AS stream  -- a stream that began after it
FROM spans AS d JOIN boots AS b ON b.id = d.boot;

-- The view for users. LEFT JOIN lets SQLite skip the tables of columns that a
-- query does not use.
CREATE VIEW forks AS
SELECT
  r.id AS id,
  strftime('%Y-%m-%dT%H:%M:%S', r.time_ns / 1000000000, 'unixepoch')
    || printf('.%09dZ', r.time_ns % 1000000000) AS time,
  u.username AS username,
  c.comm AS comm,
  r.pid AS pid,
  -- kthreadd is pid 2 and has no parent; pid 0 creates kthreadd.
  CASE WHEN r.tgid = 2 AND r.ppid = 0 OR r.tgid = 0 AND r.child_pid = 2
    THEN 'kthread' ELSE f.kind END AS kind,
  f.names AS flags,
  r.child_pid AS child_pid,
  r.ret AS ret,
  e.errno AS errno,
  r.id / 1000000000000 AS stream,
  r.id % 1000000000000 AS seq,
  (SELECT b.boot_id FROM streams AS s JOIN boots AS b ON b.id = s.boot
    WHERE s.id = r.id / 1000000000000) AS boot,
  r.time_ns AS time_ns,
  f.flags AS flags_raw,
  f.exit_signal AS exit_signal,
  u.uid AS uid,
  r.tgid AS tgid,
  r.ppid AS ppid,
  r.start_ns AS start_ns,
  n.pid_ns AS pid_ns,
  n.user_ns AS user_ns,
  r.child_start_ns AS child_start_ns,
  n.child_pid_ns AS child_pid_ns,
  ifnull(r.child_ns_pid, r.child_pid) AS child_ns_pid,
  n.child_user_ns AS child_user_ns,
  r.caller_id AS caller_id
FROM records AS r
LEFT JOIN users AS u ON u.id = r.user
LEFT JOIN comms AS c ON c.id = r.comm
LEFT JOIN flag_sets AS f ON f.id = r.flag_set
LEFT JOIN namespace_sets AS n ON n.id = r.namespace_set
LEFT JOIN errnos AS e ON e.ret = r.ret;
