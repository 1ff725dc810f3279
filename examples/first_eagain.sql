-- Question: which user got EAGAIN first, and how often did each user?
-- Run: sqlite3 -box -readonly fork.db < first_eagain.sql
-- Answer: one row per user; the first row is the first user. EAGAIN means that a
--   limit was reached: RLIMIT_NPROC, the pids cgroup, kernel.pid_max or threads-max.
--   For another error, replace -11 by its number in the table errnos.
SELECT f.username, refused, f.time AS first, f.comm
FROM (
  SELECT min(id) AS id, count(*) AS refused
  FROM records INDEXED BY records_failed WHERE ret < 0 AND ret = -11
  GROUP BY user
) AS g CROSS JOIN forks AS f ON f.id = g.id
ORDER BY f.time_ns;
