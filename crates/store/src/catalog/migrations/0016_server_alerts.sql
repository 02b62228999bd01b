-- The server has rules, channels and alerts of its own, as workspace 0: so 'workspace' names no row of that table any more.
-- Tables are made anew, as SQLite can't take a reference away; numbers go on where they were.
CREATE TABLE new_alert_channel (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    workspace  INTEGER NOT NULL,
    name       TEXT    NOT NULL,
    kind       TEXT    NOT NULL CHECK (kind IN ('mail', 'slack', 'teams', 'webhook')),
    -- What may be shown of where it leads: the recipients, or the host.
    place      TEXT    NOT NULL,
    -- Where it leads and what signs it. Never shown again.
    address    TEXT    NOT NULL,
    secret     TEXT,
    made_at    TEXT    NOT NULL,
    is_deleted INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE TABLE new_alert_rule (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    workspace   INTEGER NOT NULL,
    -- The rule, JSON.
    rule        TEXT    NOT NULL,
    -- Grows by one with every change.
    version     INTEGER NOT NULL,
    changed_by  TEXT    NOT NULL,
    changed_at  TEXT    NOT NULL,
    -- Until when nobody is told of its alerts.
    muted_until TEXT,
    -- When it was last looked at, and what that came to, in a line.
    looked_at   TEXT,
    looked      TEXT,
    is_deleted  INTEGER NOT NULL DEFAULT 0,
    -- Of a rule that is there from the start: its key, under which it is made once.
    built_in    TEXT
) STRICT;

CREATE TABLE new_alert (
    id              INTEGER PRIMARY KEY AUTOINCREMENT,
    workspace       INTEGER NOT NULL,
    rule            INTEGER NOT NULL REFERENCES new_alert_rule (id),
    -- What it is about, as text that is equal for equal things, and for people.
    subject_key     TEXT    NOT NULL,
    subject         TEXT    NOT NULL,
    -- The rule's name and how bad it is, as they were when it began.
    title           TEXT    NOT NULL,
    is_urgent       INTEGER NOT NULL,
    state           TEXT    NOT NULL CHECK (state IN ('pending', 'firing', 'resolved')),
    pending_since   TEXT    NOT NULL,
    fired_at        TEXT,
    resolved_at     TEXT,
    escalated_at    TEXT,
    acknowledged_at TEXT,
    acknowledged_by TEXT,
    muted_until     TEXT,
    -- Why it fires, or fired at last, in sentences.
    words           TEXT    NOT NULL
) STRICT;

CREATE TABLE new_notice (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    workspace  INTEGER NOT NULL,
    channel    INTEGER NOT NULL REFERENCES new_alert_channel (id),
    -- The same each time that it is sent.
    key        TEXT    NOT NULL UNIQUE,
    message    TEXT    NOT NULL,
    state      TEXT    NOT NULL CHECK (state IN ('waiting', 'sending', 'sent', 'given_up')),
    -- Seconds since 1970.
    due        INTEGER NOT NULL,
    attempts   INTEGER NOT NULL DEFAULT 0,
    sent_at    TEXT,
    -- Why it was not taken at last.
    error      TEXT
) STRICT;

CREATE TABLE new_notice_event (
    alert   INTEGER NOT NULL REFERENCES new_alert (id),
    event   TEXT    NOT NULL,
    channel INTEGER NOT NULL,
    notice  INTEGER NOT NULL REFERENCES new_notice (id),
    PRIMARY KEY (alert, event, channel)
) STRICT, WITHOUT ROWID;

INSERT INTO new_alert_channel SELECT * FROM alert_channel;
INSERT INTO new_alert_rule SELECT *, NULL FROM alert_rule;
INSERT INTO new_alert SELECT * FROM alert;
INSERT INTO new_notice SELECT * FROM notice;
INSERT INTO new_notice_event SELECT * FROM notice_event;

DELETE FROM sqlite_sequence WHERE name IN ('new_alert_channel', 'new_alert_rule', 'new_alert', 'new_notice');
INSERT INTO sqlite_sequence (name, seq)
SELECT 'new_' || name, seq FROM sqlite_sequence WHERE name IN ('alert_channel', 'alert_rule', 'alert', 'notice');

DROP TABLE notice_event;
DROP TABLE notice;
DROP TABLE alert;
DROP TABLE alert_rule;
DROP TABLE alert_channel;

ALTER TABLE new_alert_channel RENAME TO alert_channel;
ALTER TABLE new_alert_rule RENAME TO alert_rule;
ALTER TABLE new_alert RENAME TO alert;
ALTER TABLE new_notice RENAME TO notice;
ALTER TABLE new_notice_event RENAME TO notice_event;

CREATE INDEX alert_channel_by_workspace ON alert_channel (workspace, id) WHERE NOT is_deleted;
CREATE INDEX alert_rule_by_workspace ON alert_rule (workspace, id) WHERE NOT is_deleted;
CREATE UNIQUE INDEX alert_rule_built_in ON alert_rule (built_in) WHERE built_in IS NOT NULL;
CREATE UNIQUE INDEX alert_open ON alert (rule, subject_key) WHERE state <> 'resolved';
CREATE INDEX alert_of_rule ON alert (rule, subject_key, id);
CREATE INDEX alert_firing ON alert (workspace, id) WHERE state = 'firing';
CREATE INDEX alert_past ON alert (workspace, id) WHERE state = 'resolved';
CREATE INDEX notice_due ON notice (due) WHERE state = 'waiting';
CREATE INDEX notice_sending ON notice (id) WHERE state = 'sending';
