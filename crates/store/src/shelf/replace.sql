-- Where rows stand that are replaced becomes due too, if a record may replace one of another day.
INSERT INTO due
SELECT DISTINCT $source::UINTEGER, f.platform, f.level, f.day, $captured_at
FROM figure f SEMI JOIN new_key n USING (stream, generation, key_hi, key_lo)
JOIN stream s ON s.stream = f.stream AND s.active = f.generation
WHERE $may_move;

DELETE FROM figure USING new_key n
WHERE $place
  AND figure.stream = n.stream AND figure.generation = n.generation AND figure.key_hi = n.key_hi AND figure.key_lo = n.key_lo;
