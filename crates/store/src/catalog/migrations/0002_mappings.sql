-- Which column is what in tables that no platform's words tell, as the user said it.
CREATE TABLE mapping (
    workspace  INTEGER NOT NULL REFERENCES workspace (id),
    -- The table's headers as they are compared, one a line.
    headers    TEXT    NOT NULL,
    -- As on the command line: date=Tag,campaign=Kampagne,spend=Kosten,currency=EUR
    mapping    TEXT    NOT NULL,
    said_at    TEXT    NOT NULL,
    PRIMARY KEY (workspace, headers)
) STRICT;
