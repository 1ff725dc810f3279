-- Question: which containers were created today?
-- Run: sqlite3 -box -readonly fork.db < containers.sql
-- Answer: the first process of each PID namespace that was created on the day (UTC)
--   of the newest record, with its creator and the namespace (for namespace.sql). A
--   namespace made by unshare() is not recorded; its first process is.
WITH asked (since_ns) AS (
  SELECT time_ns - time_ns % 86400000000000
  FROM records ORDER BY id DESC LIMIT 1
), candidates (block) AS (
  SELECT DISTINCT nb.block FROM asked CROSS JOIN namespace_sets AS n
  JOIN namespace_set_blocks AS nb ON nb.namespace_set = n.id
  JOIN blocks AS b ON b.block = nb.block AND b.last_time_ns >= since_ns
  WHERE n.child_pid_ns <> n.pid_ns
  UNION SELECT block FROM open_blocks
)
SELECT f.time, f.username, f.comm, f.pid, f.child_pid, f.child_pid_ns,
  f.child_user_ns <> f.user_ns AS own_users
FROM asked CROSS JOIN candidates AS d CROSS JOIN forks AS f
  ON f.id BETWEEN d.block * 4096 AND d.block * 4096 + 4095
WHERE f.time_ns >= since_ns AND f.child_pid_ns <> f.pid_ns
  AND f.child_ns_pid = 1
ORDER BY f.id;
