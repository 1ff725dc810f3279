-- Question: what did cron start last night?
-- Run: sqlite3 -box -readonly fork.db < started_by_cron.sql
-- Answer: each descendant of cron that was created in the 24 hours before the newest
--   record. Level 1 was created by cron itself. comm is the creator's name at that
--   time.
WITH RECURSIVE asked (since_ns) AS (
  SELECT time_ns - 86400000000000 FROM records ORDER BY id DESC LIMIT 1
), candidates (block) AS (
  SELECT cb.block FROM asked CROSS JOIN comms AS c
  JOIN comm_blocks AS cb ON cb.comm = c.id
  JOIN blocks AS b ON b.block = cb.block AND b.last_time_ns >= since_ns
  WHERE c.comm IN ('cron', 'crond')
  UNION SELECT block FROM open_blocks
), jobs (id, level) AS (
  SELECT r.id, 1 FROM asked CROSS JOIN candidates AS d CROSS JOIN records AS r
    ON r.id BETWEEN d.block * 4096 AND d.block * 4096 + 4095
  WHERE r.comm IN (SELECT id FROM comms WHERE comm IN ('cron', 'crond'))
    AND r.time_ns >= since_ns AND r.ret > 0
  UNION
  SELECT r.id, j.level + 1 FROM jobs AS j
  CROSS JOIN calls AS c ON c.caller_id = j.id CROSS JOIN records AS r
    ON r.id = c.id WHERE r.ret > 0 AND j.level < 100
)
SELECT f.time, j.level, f.username, f.comm, f.child_pid, f.kind
FROM (SELECT id, min(level) AS level FROM jobs GROUP BY id) AS j
CROSS JOIN forks AS f ON f.id = j.id
WHERE f.kind <> 'thread' ORDER BY f.id;
