-- forkdb's database, schema version 1. This file is the one definition: it is
-- embedded in the binary and run once, in one transaction, on a new file.
--
-- People read the view `forks`. What lies under it is compact: whatever
-- repeats (command names, users, flag sets, namespaces) is stored once and
-- named by a small integer. All of it is plain SQL, so that sqlite3, DB
-- browsers and every language's driver read the same thing.
--
-- The numbers in it have names in the code (store/record.h): a stream has
-- kSeqLimit = 1000000000000 numbers, which are kStreamBlocks = 244140625 blocks of
-- kBlockRecords = 4096; a tick of the table alive is kTickNs = 10000000 ns.
--
-- The recorder writes without PRAGMA foreign_keys, which would look up six
-- rows for each record that it has just looked up itself: a third of the time
-- of an insert. PRAGMA foreign_key_check finds nothing.

PRAGMA application_id = 1718579819;  -- the bytes "fork"
PRAGMA user_version = 1;

-- One life of a kernel.
CREATE TABLE boots (
  id INTEGER PRIMARY KEY,
  -- /proc/sys/kernel/random/boot_id, or "file:PATH" for a saved copy whose
  -- boot is not known.
  boot_id TEXT NOT NULL UNIQUE CHECK (boot_id <> ''),
  host TEXT,
  machine_id TEXT,
  kernel_release TEXT,
  -- CLOCK_REALTIME less CLOCK_BOOTTIME when the boot was first seen: when the
  -- kernel started, in ns since the epoch.
  boot_ns INTEGER
) STRICT;

-- The processes that were alive when a recorder of this machine's kernel began,
-- from /proc: ancestry goes on here where no record made a process. Each process
-- once, as it was first seen: a later start adds those that came in between. A
-- boot's go with the last of its records, if it is not the latest boot.
CREATE TABLE alive (
  id INTEGER PRIMARY KEY CHECK (id > 0),
  boot INTEGER NOT NULL REFERENCES boots (id),
  -- start_ns / 10000000 of its records: /proc tells 10 ms, and no pid is used
  -- again so soon.
  start_tick INTEGER NOT NULL CHECK (start_tick >= 0),
  pid INTEGER NOT NULL CHECK (pid > 0),
  -- The parent when it was seen: where the one that made it had ended, whoever
  -- took it over. 0 for none.
  ppid INTEGER NOT NULL CHECK (ppid >= 0),
  -- The parent's row; NULL if it has none.
  parent INTEGER REFERENCES alive (id) CHECK (parent <> id),
  uid INTEGER NOT NULL CHECK (uid BETWEEN 0 AND 4294967295),
  username TEXT NOT NULL,
  -- Its own name when it was seen, as in comms.
  comm ANY NOT NULL CHECK (typeof(comm) IN ('text', 'blob')),
  -- Its pid in its own namespace; NULL where that is pid.
  ns_pid INTEGER CHECK (ns_pid > 0 AND ns_pid <> pid),
  seen_ns INTEGER NOT NULL,
  -- Serves: which of them is this record's caller, or child.
  UNIQUE (boot, start_tick, pid)
) STRICT;
-- Serves: what has this parent.
CREATE INDEX alive_by_parent ON alive (parent) WHERE parent IS NOT NULL;

-- One uninterrupted numbering of records.
CREATE TABLE streams (
  id INTEGER PRIMARY KEY CHECK (id BETWEEN 1 AND 9000000),
  boot INTEGER NOT NULL REFERENCES boots (id),
  source TEXT NOT NULL CHECK (source IN ('proc', 'ebpf', 'file')),
  -- What tells two streams of one boot and source apart: the attachment.
  attachment TEXT NOT NULL,
  hook TEXT NOT NULL,
  -- When the first recorder attached. The _boottime_ns columns are
  -- CLOCK_BOOTTIME of the same moments: no clock step moves them. They are NULL
  -- for a saved copy, which nobody watched.
  attach_ns INTEGER NOT NULL,
  attach_boottime_ns INTEGER CHECK (attach_boottime_ns >= 0),
  -- The last moment at which the stream is known to have been watched: what was
  -- called before it is a row of records, or a gap. It moves with each commit,
  -- every minute on a quiet machine, and at an orderly end.
  ended_ns INTEGER,
  ended_boottime_ns INTEGER CHECK (ended_boottime_ns >= 0),
  capacity INTEGER NOT NULL,
  -- The lowest number that was never seen: below it, every number is a row of
  -- records, lies in a gap, or has been pruned.
  next_seq INTEGER NOT NULL DEFAULT 1 CHECK (next_seq >= 1),
  -- The numbers up to this one were pruned, whether they were rows, lay in gaps
  -- or had been thinned: rows + gaps + thinned + pruned_seq = next_seq - 1.
  -- Pruning takes a stream's lowest block of numbers (see blocks), with what
  -- belongs to it alone. A gap that reaches past it keeps the rest. Streams and
  -- boots stay.
  pruned_seq INTEGER NOT NULL DEFAULT 0 CHECK (pruned_seq >= 0),
  -- Calls of rows of missed that were pruned.
  pruned_missed INTEGER NOT NULL DEFAULT 0 CHECK (pruned_missed >= 0),
  -- The sum of its rows in the table thinned.
  thinned INTEGER NOT NULL DEFAULT 0 CHECK (thinned >= 0),
  CHECK (pruned_seq < next_seq),
  CHECK ((ended_ns IS NULL) = (ended_boottime_ns IS NULL)),
  UNIQUE (boot, source, attachment)
) STRICT;

-- One pass of the recorder over the source that brought something. The oldest
-- go with the last of their records.
CREATE TABLE drains (
  id INTEGER PRIMARY KEY,
  stream INTEGER NOT NULL REFERENCES streams (id),
  time_ns INTEGER NOT NULL,
  records INTEGER NOT NULL CHECK (records >= 0),
  duplicates INTEGER NOT NULL CHECK (duplicates >= 0),
  rejected INTEGER NOT NULL CHECK (rejected >= 0),
  -- Lowest and highest id among the records stored; NULL if none was.
  first_id INTEGER,
  last_id INTEGER,
  CHECK ((records > 0) = (first_id IS NOT NULL)),
  CHECK (first_id <= last_id)
) STRICT;

-- Numbers without a record, both ends included: the recorder never saw them, or
-- the database refused the record (see rejects).
CREATE TABLE gaps (
  id INTEGER PRIMARY KEY,
  stream INTEGER NOT NULL REFERENCES streams (id),
  first_seq INTEGER NOT NULL CHECK (first_seq >= 1),
  last_seq INTEGER NOT NULL,
  noticed_ns INTEGER NOT NULL,
  -- Times of the records on both sides; NULL where there was none.
  after_ns INTEGER,
  before_ns INTEGER,
  CHECK (first_seq <= last_seq),
  -- Serves: which gap holds this number (a record that arrives late).
  UNIQUE (stream, first_seq)
) STRICT;

-- Calls that the hook skipped (a preempted eBPF program keeps others from running
-- on its processor) and that took no number, as the kernel counts them. They were
-- made between two looks at that count.
CREATE TABLE missed (
  stream INTEGER NOT NULL REFERENCES streams (id),
  -- The stream's highest number at the second look; the row is pruned with it.
  seq INTEGER NOT NULL CHECK (seq >= 0),
  calls INTEGER NOT NULL CHECK (calls > 0),
  after_ns INTEGER NOT NULL,
  before_ns INTEGER NOT NULL,
  -- Serves: pruning, and adding to the row.
  PRIMARY KEY (stream, seq)
) WITHOUT ROWID, STRICT;

-- All that was lost, with or without a number. Serves: warnings of what a time
-- lacks.
CREATE VIEW losses AS
SELECT stream, first_seq, last_seq, last_seq - first_seq + 1 AS records,
  noticed_ns, after_ns, before_ns FROM gaps
UNION ALL
SELECT stream, NULL, NULL, calls, before_ns, after_ns, before_ns FROM missed;

-- Records that were deleted to make room while others of their time stayed.
-- Over the size limit, those who fill the database lose the oldest of their
-- records; what all others did stays.
CREATE TABLE thinned (
  -- Of their numbers (see blocks). Where blocks are empty one after the other,
  -- the last of them has the counts of all.
  block INTEGER NOT NULL,
  -- Whose: the uid, or the first one of a range. From 100000 on, 65536 uids
  -- share: that is how /etc/subuid gives them to one user. -1 for numbers that
  -- were never seen: the gaps of a block in which nothing else was left.
  uid INTEGER NOT NULL CHECK (uid BETWEEN -1 AND 4294967295),
  records INTEGER NOT NULL CHECK (records > 0),
  -- Lowest and highest. Serves: what a time lacks.
  first_time_ns INTEGER NOT NULL,
  last_time_ns INTEGER NOT NULL,
  PRIMARY KEY (block, uid)
) WITHOUT ROWID, STRICT;

-- What was put aside: lines that were not records, and records that a CHECK, or
-- an index that a user added, refuses. Of those the line is the record's, the
-- reason begins with "refused by the database: ", and the number is a gap. The
-- first few of each drain (drains.rejected counts them all), each line of a
-- stream once.
CREATE TABLE rejects (
  id INTEGER PRIMARY KEY,
  drain INTEGER NOT NULL REFERENCES drains (id),
  stream INTEGER NOT NULL REFERENCES streams (id),
  reason TEXT NOT NULL,
  line BLOB NOT NULL,
  -- Serves: whether a source that is read again brings it again.
  UNIQUE (stream, line)
) STRICT;

-- What the last recorder was told to keep: 'keep_ns' (a length of time) and
-- 'max_bytes' (file and log together); no row where there is no limit. While a
-- step of the clock is doubted, 'believed_ns' is the time before it. While a
-- recorder has the database open, 'recording' is PRAGMA schema_version: a copy
-- of the file without its log (-wal) is known by it.
CREATE TABLE settings (
  name TEXT PRIMARY KEY,
  value INTEGER NOT NULL
) STRICT;

-- The names of comms, users, flag_sets and namespace_sets go with the last
-- record that has them; the recorder notices by the sums of pruned_seq and
-- thinned.

-- Command names, byte-exact: TEXT where the bytes are UTF-8, else BLOB.
CREATE TABLE comms (
  id INTEGER PRIMARY KEY,
  comm ANY NOT NULL UNIQUE
    CHECK (typeof(comm) IN ('text', 'blob') AND length(comm) <= 255)
) STRICT;

-- Users under the name they had when the record arrived; the number in digits
-- where there was no such user.
CREATE TABLE users (
  id INTEGER PRIMARY KEY,
  uid INTEGER NOT NULL CHECK (uid BETWEEN 0 AND 4294967295),
  username TEXT NOT NULL,
  -- 0 while the system has not said who this is, and no name is known from
  -- before: username is the number until the answer takes its place.
  is_answered INTEGER NOT NULL DEFAULT 1 CHECK (is_answered IN (0, 1)),
  UNIQUE (uid, username)
) STRICT;

-- Clone flags together with the exit signal.
CREATE TABLE flag_sets (
  id INTEGER PRIMARY KEY,
  flags INTEGER NOT NULL,
  exit_signal INTEGER NOT NULL CHECK (exit_signal BETWEEN 0 AND 255),
  -- "CLONE_VM|CLONE_FS", unknown bits in hex; NULL where no flag is set.
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
-- Serves: the recorder's look-up of a set (NULLs rule out UNIQUE columns).
CREATE UNIQUE INDEX namespace_sets_unique ON namespace_sets (
  pid_ns, user_ns, ifnull(child_pid_ns, -1), ifnull(child_user_ns, -1));

-- The errors seen, by what kernel_clone() returned.
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

-- The records. The key is stream * 1000000000000 + seq: it makes a second copy
-- impossible, and new records only append.
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
  -- NULL where the call failed.
  child_pid INTEGER CHECK (child_pid > 0),
  child_start_ns INTEGER CHECK (child_start_ns >= 0),
  -- NULL where it is child_pid, too.
  child_ns_pid INTEGER CHECK (child_ns_pid > 0),
  -- The record that created the caller; NULL where it is not known. It may
  -- name a record that was pruned or thinned since: this is no foreign key.
  -- The number is never used again: callers with the same one are still the
  -- same process.
  caller_id INTEGER,
  CHECK ((ret > 0) = (child_pid IS NOT NULL)),
  CHECK ((child_pid IS NULL) = (child_start_ns IS NULL)),
  CHECK (child_ns_pid IS NULL OR ifnull(child_ns_pid <> child_pid, 0)),
  CHECK (caller_id <> id)
) STRICT;

-- Serves: --failed and --errno. Failures are rare, so is the index.
CREATE INDEX records_failed ON records (id) WHERE ret < 0;

-- Blocks: what the records hold, 4096 numbers at a time. block = records.id /
-- 4096, and none spans two streams, for 4096 divides 1000000000000. They stand
-- in for an index on each column, which would have one entry a record, in
-- random order: a question reads the blocks that can hold an answer.
--
-- A block is closed once its stream has gone past it. A closed block has a row
-- here if it has records, and rows in all the tables below for all that these
-- hold; a stream's last block may still be open (view open_blocks).
CREATE TABLE blocks (
  block INTEGER PRIMARY KEY,
  records INTEGER NOT NULL CHECK (records BETWEEN 1 AND 4096),
  -- Lowest and highest. Serves: --since and --until.
  first_time_ns INTEGER NOT NULL,
  last_time_ns INTEGER NOT NULL,
  -- Of the children, NULL if there is none. Serves: --child, and which record
  -- created this process of the table alive.
  first_child_pid INTEGER,
  last_child_pid INTEGER,
  first_child_start_ns INTEGER,
  last_child_start_ns INTEGER
) STRICT;

-- How many records of a block have a value. The key serves: the blocks with
-- this value, newest first.
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

-- Which records of a block are of which caller, its pid or its tgid: in place
-- of an index on caller_id, which had an entry a record, at twice the size.
-- Open blocks are here, too. The key serves: --pid, and what did this process
-- create (view calls), whether a record made it or not.
CREATE TABLE pid_blocks (
  pid INTEGER NOT NULL,
  block INTEGER NOT NULL,
  caller_id INTEGER NOT NULL,  -- the records'; 0 where that is NULL
  -- A JSON array: their ids less block * 4096.
  calls TEXT NOT NULL,
  PRIMARY KEY (pid, block, caller_id)
) WITHOUT ROWID, STRICT;

-- Which records of a closed block created processes, by their start: in place
-- of an index on child_start_ns, at a sixth of the size. Threads are left out.
-- A rowid table, whose pages are full where rows only append.
CREATE TABLE start_blocks (
  boot INTEGER NOT NULL REFERENCES boots (id),
  span INTEGER NOT NULL,  -- child_start_ns >> 34, some 17 s
  block INTEGER NOT NULL REFERENCES blocks (block),
  -- Lowest and highest (child_start_ns >> 14) % 1048576.
  first_tick INTEGER NOT NULL,
  last_tick INTEGER NOT NULL,
  -- Ascending numbers of 4 bytes, the highest byte first. Each is one record:
  -- its tick * 4096 + id % 4096.
  starts BLOB NOT NULL CHECK (length(starts) > 0 AND length(starts) % 4 = 0),
  CHECK (first_tick <= last_tick),
  -- Serves: which record of this boot created this process.
  UNIQUE (boot, span, block)
) STRICT;

-- The blocks that must be read whatever is asked.
CREATE VIEW open_blocks AS
SELECT DISTINCT (s.id * 1000000000000 + s.next_seq - 1) / 4096 AS block
FROM streams AS s
WHERE s.next_seq > 1 AND NOT EXISTS (
  SELECT 1 FROM blocks AS b
  WHERE b.block = (s.id * 1000000000000 + s.next_seq - 1) / 4096);

-- Serves recursive SQL: the ids of the calls of the process that the record
-- caller_id made. To be asked by caller_id.
CREATE VIEW calls AS
SELECT m.id AS caller_id, p.block * 4096 + c.value AS id
FROM records AS m
CROSS JOIN pid_blocks AS p ON p.pid = m.child_pid AND p.caller_id = m.id
CROSS JOIN json_each(p.calls) AS c;

-- Serves: when nothing was recorded, between two times at which something
-- watched. What comes after the last stream is not here: a recorder may still
-- run. The ring of /proc/fork_info keeps calls while the recorder is away, so a
-- proc stream is watched from its boot's start; what the ring lost is in gaps.
-- Within a boot, lengths are by CLOCK_BOOTTIME and times by the clock at the
-- later attachment. Between boots, each boot's latest clock counts: a machine
-- without a battery boots in the past. Where that clock says that a boot began
-- before the one before it ended, no time is known and there is no row.
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
  -- With max(), ended_ns is of the row that has it.
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
    -- What was before the first stream of a machine is no downtime.
    AND (before_last_ns IS NOT NULL OR before_ns IS NOT NULL)
)
SELECT
  b.boot_id AS boot,  -- the one that began or went on after it
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

-- What people read. LEFT JOIN, so that SQLite skips the tables behind columns
-- that a question does not name.
CREATE VIEW forks AS
SELECT
  r.id AS id,
  strftime('%Y-%m-%dT%H:%M:%S', r.time_ns / 1000000000, 'unixepoch')
    || printf('.%09dZ', r.time_ns % 1000000000) AS time,
  u.username AS username,
  c.comm AS comm,
  r.pid AS pid,
  -- kthreadd is pid 2 and has no parent; pid 0 makes kthreadd itself.
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
