-- Of what is said of an entity the newest counts, however late it comes.
CREATE OR REPLACE TEMP TABLE last_entity AS
SELECT DISTINCT ON (platform, level, id) * FROM new_entity ORDER BY platform, level, id, version DESC, seq DESC;

DELETE FROM last_entity l USING entity e
WHERE e.source = l.source AND e.platform = l.platform AND e.level = l.level AND e.id = l.id AND e.version > l.version;

DELETE FROM entity USING last_entity l
WHERE entity.source = l.source AND entity.platform = l.platform AND entity.level = l.level AND entity.id = l.id;

INSERT INTO entity FROM last_entity;
