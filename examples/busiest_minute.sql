-- Question: which minute was the busiest, and who called most in it?
-- Run: sqlite3 -box -readonly fork.db < busiest_minute.sql
-- Answer: the busiest minute of the 24 hours before the newest record, and the
--   users and commands that called most often in it.
WITH asked (since_ns) AS (
  SELECT time_ns - 86400000000000 FROM records ORDER BY id DESC LIMIT 1
), day (first_id, last_id) AS (
  SELECT min(block) * 4096, max(block) * 4096 + 4095 FROM (
    SELECT block FROM asked JOIN blocks ON last_time_ns >= since_ns
    UNION ALL SELECT block FROM open_blocks)
), busiest (minute) AS MATERIALIZED (
  SELECT time_ns / 60000000000 FROM asked CROSS JOIN day
  CROSS JOIN records ON id BETWEEN first_id AND last_id
  WHERE time_ns >= since_ns GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT 1
), range (first_id, last_id) AS (
  SELECT min(block) * 4096, max(block) * 4096 + 4095 FROM (
    SELECT block FROM busiest JOIN blocks
      ON last_time_ns >= minute * 60000000000
      AND first_time_ns < (minute + 1) * 60000000000
    UNION ALL SELECT block FROM open_blocks)
)
SELECT strftime('%Y-%m-%dT%H:%MZ', minute * 60, 'unixepoch') AS minute,
  f.username, f.comm, count(*) AS calls
FROM busiest CROSS JOIN range CROSS JOIN forks AS f
  ON f.id BETWEEN first_id AND last_id
WHERE f.time_ns / 60000000000 = busiest.minute
GROUP BY f.username, f.comm ORDER BY calls DESC, f.username, f.comm LIMIT 10;
