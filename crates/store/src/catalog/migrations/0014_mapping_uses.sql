-- Mappings get a number, by which they are taken away, and tell how often they served.
CREATE TABLE mapping_used (
    id        INTEGER PRIMARY KEY AUTOINCREMENT,
    workspace INTEGER NOT NULL REFERENCES workspace (id),
    -- The table's headers as they are compared, one a line.
    headers   TEXT    NOT NULL,
    -- As on the command line: date=Tag,campaign=Kampagne,spend=Kosten,currency=EUR
    mapping   TEXT    NOT NULL,
    said_at   TEXT    NOT NULL,
    -- How many files were imported by it since this is counted, the last of them and when; none before the first.
    used      INTEGER NOT NULL DEFAULT 0,
    last_file TEXT,
    used_at   TEXT,
    UNIQUE (workspace, headers)
) STRICT;
INSERT INTO mapping_used (workspace, headers, mapping, said_at)
    SELECT workspace, headers, mapping, said_at FROM mapping ORDER BY said_at;
DROP TABLE mapping;
ALTER TABLE mapping_used RENAME TO mapping;
