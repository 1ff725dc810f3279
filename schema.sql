-- forkdb's database, schema version 1. This file is the one definition: it is
-- embedded in the binary and run once, in one transaction, on a new file.
--
-- People read the view `forks`. What lies under it is compact: whatever
-- repeats (command names, users, flag sets, namespaces) is stored once and
-- named by a small integer. All of it is plain SQL, so that sqlite3, DB
-- browsers and every language's driver read the same thing.
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
  attach_ns INTEGER NOT NULL,
  capacity INTEGER NOT NULL,
  -- The lowest number that was never seen: below it, every number is a row of
  -- records, lies in a gap, or has been pruned.
  next_seq INTEGER NOT NULL DEFAULT 1 CHECK (next_seq >= 1),
  -- The numbers up to this one were pruned, whether they were rows or lay in
  -- gaps: rows + gaps + pruned_seq = next_seq - 1. Pruning takes a stream's
  -- lowest block of numbers (see blocks), with what belongs to it alone. A gap
  -- that reaches past it keeps the rest. Streams and boots stay.
  pruned_seq INTEGER NOT NULL DEFAULT 0 CHECK (pruned_seq >= 0),
  CHECK (pruned_seq < next_seq),
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

-- Numbers that the recorder never saw, both ends included.
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

-- Lines that were not records: the first few of each drain (drains.rejected
-- counts them all), each line of a stream once.
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
-- step of the clock is doubted, 'believed_ns' is the time before it.
CREATE TABLE settings (
  name TEXT PRIMARY KEY,
  value INTEGER NOT NULL
) STRICT;

-- The names of comms, users, flag_sets and namespace_sets go with the last
-- record that has them; the recorder notices by the sum of pruned_seq.

-- Command names, byte-exact: TEXT where the bytes are UTF-8, else BLOB.
CREATE TABLE comms (
  id INTEGER PRIMARY KEY,
  comm ANY NOT NULL UNIQUE
    CHECK (typeof(comm) IN ('text', 'blob') AND length(comm) <= 255)
) STRICT;

-- Users under the name they had when the record arrived.
CREATE TABLE users (
  id INTEGER PRIMARY KEY,
  uid INTEGER NOT NULL CHECK (uid BETWEEN 0 AND 4294967295),
  username TEXT NOT NULL,
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
  -- name a record that has been pruned since, so this is not a foreign key.
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
  -- created this process.
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
