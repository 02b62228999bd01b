-- Days whose figures count for another account than they were handed over for become due.
INSERT INTO due
WITH now AS (SELECT DISTINCT platform, level, day, account_id, currency FROM placed_day),
     before AS (SELECT platform, level, day, account_id, currency FROM given WHERE source = $source),
     differing AS ((FROM now EXCEPT FROM before) UNION (FROM before EXCEPT FROM now))
SELECT DISTINCT $source::UINTEGER, platform, level, day, $captured_at
FROM differing
WHERE (platform, level, day) NOT IN (SELECT (platform, level, day) FROM due WHERE source = $source);
