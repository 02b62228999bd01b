-- Of what is told of an address the newest counts, however late it comes.
CREATE OR REPLACE TEMP TABLE last_address AS
SELECT DISTINCT ON (platform, level, id, what, part) * FROM new_address
ORDER BY platform, level, id, what, part, version DESC, seq DESC;

DELETE FROM last_address l USING address a
WHERE a.source = l.source AND a.platform = l.platform AND a.level = l.level AND a.id = l.id AND a.what = l.what
  AND a.part = l.part AND a.version > l.version;

DELETE FROM address USING last_address l
WHERE address.source = l.source AND address.platform = l.platform AND address.level = l.level AND address.id = l.id
  AND address.what = l.what AND address.part = l.part;

INSERT INTO address FROM last_address;
