-- Of records with one key the last counts. Where they stand, and where those stood that they replace, becomes due.
CREATE OR REPLACE TEMP TABLE last_figure AS
SELECT stream, generation, key_hi, key_lo, max(seq) AS seq FROM new_figure GROUP BY stream, generation, key_hi, key_lo;

INSERT INTO due
SELECT DISTINCT $source::UINTEGER, n.platform, n.level, n.day, $captured_at
FROM new_figure n JOIN stream s ON s.stream = n.stream AND s.active = n.generation;

INSERT INTO due
SELECT DISTINCT $source::UINTEGER, f.platform, f.level, f.day, $captured_at
FROM figure f SEMI JOIN last_figure l USING (stream, generation, key_hi, key_lo)
JOIN stream s ON s.stream = f.stream AND s.active = f.generation
WHERE $may_move;

DELETE FROM figure USING last_figure l
WHERE $place
  AND figure.stream = l.stream AND figure.generation = l.generation AND figure.key_hi = l.key_hi AND figure.key_lo = l.key_lo;

INSERT INTO figure FROM new_figure n SEMI JOIN last_figure l USING (seq);

-- Of what is said of an entity the newest counts, however late it comes.
CREATE OR REPLACE TEMP TABLE last_entity AS
SELECT DISTINCT ON (platform, level, id) * FROM new_entity ORDER BY platform, level, id, version DESC, seq DESC;

DELETE FROM last_entity l USING entity e
WHERE e.source = l.source AND e.platform = l.platform AND e.level = l.level AND e.id = l.id AND e.version > l.version;

DELETE FROM entity USING last_entity l
WHERE entity.source = l.source AND entity.platform = l.platform AND entity.level = l.level AND entity.id = l.id;

INSERT INTO entity FROM last_entity;
