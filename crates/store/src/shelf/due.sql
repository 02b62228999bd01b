-- The days of rows that count become due.
INSERT INTO due
SELECT DISTINCT $source::UINTEGER, n.platform, n.level, n.day, $captured_at
FROM (VALUES $values) n(stream, generation, platform, level, day)
JOIN stream s ON s.stream = n.stream AND s.active = n.generation;
