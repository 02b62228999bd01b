-- What figures are about. A series keeps its number for as long as the file lives.
CREATE TABLE series (
    id INTEGER PRIMARY KEY,
    text TEXT NOT NULL UNIQUE
) STRICT;

-- What was measured: of ten seconds, five minutes or an hour (`seconds`), from `at` on (Unix time, a multiple of `seconds`).
CREATE TABLE tick (
    id INTEGER PRIMARY KEY,
    seconds INTEGER NOT NULL,
    at INTEGER NOT NULL,
    covered_millis INTEGER NOT NULL,
    body BLOB NOT NULL
) STRICT;
CREATE UNIQUE INDEX tick_at ON tick (seconds, at);

-- What failed, by kind, route and origin.
CREATE TABLE error_group (
    id INTEGER PRIMARY KEY,
    kind TEXT NOT NULL,
    route TEXT NOT NULL,
    origin TEXT NOT NULL,
    message TEXT NOT NULL,
    first_seen INTEGER NOT NULL,
    last_seen INTEGER NOT NULL,
    first_release TEXT NOT NULL,
    last_release TEXT NOT NULL,
    count INTEGER NOT NULL,
    resolved_at INTEGER,
    reopened INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE UNIQUE INDEX error_group_of ON error_group (kind, route, origin);
CREATE INDEX error_group_last ON error_group (last_seen);

CREATE TABLE error_sample (
    id INTEGER PRIMARY KEY,
    error_group INTEGER NOT NULL REFERENCES error_group ON DELETE CASCADE,
    at INTEGER NOT NULL,
    error_id TEXT NOT NULL,
    request_id TEXT NOT NULL,
    detail TEXT NOT NULL
) STRICT;
CREATE INDEX error_sample_of ON error_sample (error_group, id);
