-- Views of a workspace that whoever has the link may see without signing in. Times are seconds since 1970; of the link itself only
-- a digest is kept.
CREATE TABLE shared_link (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    workspace  INTEGER NOT NULL REFERENCES workspace (id),
    digest     TEXT    NOT NULL UNIQUE,
    -- How it begins, to be told apart in lists.
    shown      TEXT    NOT NULL,
    -- For the team only: readers are not shown it.
    name       TEXT    NOT NULL,
    -- Path and parameters of the page that is shown.
    address    TEXT    NOT NULL,
    -- A PHC hash; absent where none is asked for.
    password   TEXT,
    -- The sites that may show it in a frame, a JSON array.
    origins    TEXT    NOT NULL,
    -- Such as 'person 3'.
    made_by    TEXT    NOT NULL,
    made_at    INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    revoked_at INTEGER,
    opens      INTEGER NOT NULL DEFAULT 0,
    opened_at  INTEGER
) STRICT;

CREATE INDEX shared_link_newest ON shared_link (workspace, id);
CREATE INDEX shared_link_by_maker ON shared_link (made_by, id);
CREATE INDEX shared_link_expired ON shared_link (expires_at);
