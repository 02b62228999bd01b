-- Pages with their choices, under a name.
CREATE TABLE saved_view (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    workspace  INTEGER NOT NULL REFERENCES workspace (id),
    name       TEXT    NOT NULL,
    -- Path and parameters.
    address    TEXT    NOT NULL,
    saved_at   TEXT    NOT NULL,
    is_deleted INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE UNIQUE INDEX saved_view_name ON saved_view (workspace, name) WHERE NOT is_deleted;
CREATE INDEX saved_view_in_order ON saved_view (workspace, name COLLATE NOCASE, id) WHERE NOT is_deleted;
