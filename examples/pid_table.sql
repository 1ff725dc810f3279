-- Question: who filled the pid table at 14:02?
-- Run: sqlite3 -box -readonly fork.db < pid_table.sql
-- Answer: who called most often in the minute before the last EAGAIN; failed counts
--   the failed calls. For another minute, replace the SELECT in asked by its end:
--   SELECT strftime('%s', '2026-11-24 14:02:00') * 1000000000.
WITH asked (at_ns) AS (
  SELECT max(time_ns) FROM records
  WHERE id = (SELECT max(id) FROM records WHERE ret = -11)
), range (first_id, last_id) AS (
  SELECT min(block) * 4096, max(block) * 4096 + 4095 FROM (
    SELECT block FROM asked JOIN blocks
      ON last_time_ns >= at_ns - 60000000000 AND first_time_ns <= at_ns
    UNION ALL SELECT block FROM open_blocks)
)
SELECT f.username, f.comm, count(*) AS calls,
  count(*) FILTER (WHERE f.errno IS NOT NULL) AS failed,
  min(f.time) AS first, max(f.time) AS last
FROM asked CROSS JOIN range CROSS JOIN forks AS f
  ON f.id BETWEEN first_id AND last_id
WHERE f.time_ns BETWEEN at_ns - 60000000000 AND at_ns
GROUP BY f.username, f.comm ORDER BY calls DESC, f.username, f.comm LIMIT 20;
