-- A file's digest says of what kind it is; those known so far are SHA-256.
ALTER TABLE import RENAME COLUMN sha256 TO digest;
UPDATE import SET digest = 'sha256:' || digest;
