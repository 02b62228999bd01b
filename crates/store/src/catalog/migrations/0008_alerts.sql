-- Whom alerts are told to.
CREATE TABLE alert_channel (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    workspace  INTEGER NOT NULL REFERENCES workspace (id),
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

CREATE INDEX alert_channel_by_workspace ON alert_channel (workspace, id) WHERE NOT is_deleted;

-- What is watched.
CREATE TABLE alert_rule (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    workspace   INTEGER NOT NULL REFERENCES workspace (id),
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
    is_deleted  INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE INDEX alert_rule_by_workspace ON alert_rule (workspace, id) WHERE NOT is_deleted;

-- Alerts, from when their condition began to hold. What is resolved stays: it is the history of incidents.
CREATE TABLE alert (
    id              INTEGER PRIMARY KEY AUTOINCREMENT,
    workspace       INTEGER NOT NULL REFERENCES workspace (id),
    rule            INTEGER NOT NULL REFERENCES alert_rule (id),
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

CREATE UNIQUE INDEX alert_open ON alert (rule, subject_key) WHERE state <> 'resolved';
CREATE INDEX alert_of_rule ON alert (rule, subject_key, id);
CREATE INDEX alert_firing ON alert (workspace, id) WHERE state = 'firing';
CREATE INDEX alert_past ON alert (workspace, id) WHERE state = 'resolved';

-- Messages that are to be sent: written in the transaction that changes the alert.
CREATE TABLE notice (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    workspace  INTEGER NOT NULL REFERENCES workspace (id),
    channel    INTEGER NOT NULL REFERENCES alert_channel (id),
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

CREATE INDEX notice_due ON notice (due) WHERE state = 'waiting';
CREATE INDEX notice_sending ON notice (id) WHERE state = 'sending';

-- Which event of which alert a message tells: each channel is told of each once.
CREATE TABLE notice_event (
    alert   INTEGER NOT NULL REFERENCES alert (id),
    event   TEXT    NOT NULL,
    channel INTEGER NOT NULL,
    notice  INTEGER NOT NULL REFERENCES notice (id),
    PRIMARY KEY (alert, event, channel)
) STRICT, WITHOUT ROWID;
