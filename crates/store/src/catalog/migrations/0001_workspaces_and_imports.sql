CREATE TABLE workspace (
    id           INTEGER PRIMARY KEY,
    name         TEXT    NOT NULL UNIQUE,
    -- The currency that mixed totals are led by; unknown until the first import.
    currency     TEXT,
    -- Whether its data was made by `adroit demo`; pages say so.
    is_sample    INTEGER NOT NULL DEFAULT 0,
    -- Grows with every change of its data; answers of equal versions are equal.
    data_version INTEGER NOT NULL DEFAULT 0,
    created_at   TEXT    NOT NULL
) STRICT;

CREATE TABLE import (
    id            INTEGER PRIMARY KEY AUTOINCREMENT,
    workspace     INTEGER NOT NULL REFERENCES workspace (id),
    state         TEXT    NOT NULL CHECK (state IN ('pending', 'committed', 'undoing', 'undone')),
    file_name     TEXT    NOT NULL,
    sha256        TEXT    NOT NULL,
    bytes         INTEGER NOT NULL,
    captured_at   TEXT    NOT NULL,
    imported_at   TEXT    NOT NULL,
    undone_at     TEXT,
    -- The whole report as it was shown, JSON.
    report        TEXT    NOT NULL
) STRICT;

CREATE INDEX import_by_content ON import (workspace, sha256);
CREATE INDEX import_unsettled ON import (state) WHERE state IN ('pending', 'undoing');
CREATE INDEX import_by_workspace ON import (workspace, id);
