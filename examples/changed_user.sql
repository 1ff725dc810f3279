-- Question: which processes changed their user?
-- Run: sqlite3 -box -readonly fork.db < changed_user.sql
-- Answer: processes whose user differs from the user who created them, once each:
--   su, sudo, servers that give up root, or an attack. became and comm are from
--   their first call as the new user. It reads every record, about a million a
--   second.
SELECT f.time, m.child_pid AS pid, m.username AS was, f.username AS became,
  f.comm, m.comm AS made_by
FROM (
  SELECT min(r.id) AS id, r.caller_id, u.uid
  FROM records AS r
  CROSS JOIN records AS p ON p.id = r.caller_id AND p.user <> r.user
  CROSS JOIN users AS u ON u.id = r.user CROSS JOIN users AS v ON v.id = p.user
  WHERE u.uid <> v.uid GROUP BY r.caller_id, u.uid
) AS c
CROSS JOIN forks AS f ON f.id = c.id CROSS JOIN forks AS m ON m.id = c.caller_id
ORDER BY f.time_ns, f.id;
