-- Question: what ran in this container?
-- Run: sqlite3 -box -readonly fork.db < namespace.sql
-- Answer: each call inside the newest PID namespace other than the machine's own,
--   oldest first. For another namespace, replace the SELECT in asked by its number
--   from containers.sql.
WITH asked (pid_ns) AS (
  SELECT child_pid_ns FROM namespace_sets
  WHERE child_pid_ns <> pid_ns ORDER BY id DESC LIMIT 1
), candidates (block) AS (
  SELECT DISTINCT nb.block FROM asked
  JOIN namespace_sets AS n ON n.pid_ns = asked.pid_ns
  JOIN namespace_set_blocks AS nb ON nb.namespace_set = n.id
  UNION SELECT block FROM open_blocks
)
SELECT f.time, f.username, f.comm, f.pid, f.kind, f.child_pid, f.child_ns_pid,
  f.errno
FROM asked CROSS JOIN candidates AS d CROSS JOIN forks AS f
  ON f.id BETWEEN d.block * 4096 AND d.block * 4096 + 4095
WHERE f.pid_ns = asked.pid_ns ORDER BY f.id;
