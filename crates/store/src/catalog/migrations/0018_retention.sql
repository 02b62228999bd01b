-- For how long what is kept is kept. What is not named here is kept always. Times are seconds since 1970.
CREATE TABLE retention (
    kind TEXT    PRIMARY KEY,
    days INTEGER NOT NULL CHECK (days > 0)
) STRICT, WITHOUT ROWID;

-- The time by which ages are told: it follows the clock by a day at a time, so that one that jumps ahead removes little.
CREATE TABLE retention_reached (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    at  INTEGER NOT NULL
) STRICT;

-- Where the audit log begins after it was shortened: the last entry that went, its link, from which the chain goes on, and its time.
CREATE TABLE audit_start (
    one  INTEGER PRIMARY KEY CHECK (one = 1),
    id   INTEGER NOT NULL,
    link TEXT    NOT NULL,
    at   TEXT    NOT NULL
) STRICT;

DROP TRIGGER audit_is_not_deleted;

CREATE TRIGGER audit_is_not_deleted BEFORE DELETE ON audit
WHEN OLD.id > coalesce((SELECT id FROM audit_start), 0)
BEGIN
    SELECT RAISE(ABORT, 'entries of the audit log are never deleted');
END;

CREATE INDEX alert_over ON alert (resolved_at) WHERE state = 'resolved';
CREATE INDEX notice_event_of_notice ON notice_event (notice);
CREATE INDEX token_revoked ON token (revoked_at);
CREATE INDEX token_expired ON token (expires_at);
