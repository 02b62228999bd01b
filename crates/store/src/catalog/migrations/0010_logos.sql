-- The picture beside a workspace's name: what was uploaded, made small and written anew.
CREATE TABLE logo (
    workspace INTEGER NOT NULL REFERENCES workspace (id),
    -- How many of its pixels stand on one of the page.
    scale     INTEGER NOT NULL,
    -- WebP.
    image     BLOB    NOT NULL,
    PRIMARY KEY (workspace, scale)
) STRICT, WITHOUT ROWID;

-- Of all its sizes; null where there is no picture.
ALTER TABLE workspace ADD COLUMN logo_digest TEXT;
-- In pixels of the page.
ALTER TABLE workspace ADD COLUMN logo_width INTEGER;
ALTER TABLE workspace ADD COLUMN logo_height INTEGER;
ALTER TABLE workspace ADD COLUMN logo_scales INTEGER;
