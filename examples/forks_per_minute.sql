-- Question: how many processes and threads were created each minute?
-- Run: sqlite3 -box -readonly fork.db < forks_per_minute.sql
-- Answer: one row per minute of the hour before the newest record. A minute without
--   a row had no calls, or its records were lost (see the table gaps).
WITH asked (since_ns) AS (
  SELECT time_ns - 3600000000000 FROM records ORDER BY id DESC LIMIT 1
), range (first_id, last_id) AS (
  SELECT min(block) * 4096, max(block) * 4096 + 4095 FROM (
    SELECT block FROM asked JOIN blocks ON last_time_ns >= since_ns
    UNION ALL SELECT block FROM open_blocks)
)
SELECT strftime('%Y-%m-%dT%H:%MZ', r.time_ns / 1000000000, 'unixepoch')
    AS minute,
  count(*) FILTER (WHERE r.ret > 0 AND NOT f.flags & 0x10000) AS processes,
  count(*) FILTER (WHERE r.ret > 0 AND f.flags & 0x10000) AS threads,
  count(*) FILTER (WHERE r.ret < 0) AS failed
FROM asked CROSS JOIN range CROSS JOIN records AS r
  ON r.id BETWEEN first_id AND last_id
JOIN flag_sets AS f ON f.id = r.flag_set
WHERE r.time_ns >= since_ns
GROUP BY r.time_ns / 60000000000 ORDER BY 1;
