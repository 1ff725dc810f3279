-- Question: which user hit EAGAIN first, and how often did each?
-- Run: sqlite3 -box -readonly fork.db < first_eagain.sql
-- Answer: the first row is the first user. EAGAIN is a limit: RLIMIT_NPROC, the
--   pids cgroup, kernel.pid_max or threads-max. Another error: another number
--   for -11 (see the table errnos).
SELECT f.username, refused, f.time AS first, f.comm
FROM (
  SELECT min(id) AS id, count(*) AS refused
  FROM records INDEXED BY records_failed WHERE ret < 0 AND ret = -11
  GROUP BY user
) AS g CROSS JOIN forks AS f ON f.id = g.id
ORDER BY f.time_ns;
