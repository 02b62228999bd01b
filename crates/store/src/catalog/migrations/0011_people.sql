-- Times are seconds since 1970, but for the audit log's. Digests are SHA-256, in hexadecimal: what they are of is kept nowhere.

-- Who belongs together. Workspaces and people hang on one; the host's admins also see to the server.
CREATE TABLE organisation (
    id      INTEGER PRIMARY KEY AUTOINCREMENT,
    name    TEXT    NOT NULL,
    made_at INTEGER NOT NULL,
    is_host INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE UNIQUE INDEX organisation_host ON organisation (is_host) WHERE is_host = 1;

INSERT INTO organisation (id, name, made_at, is_host) VALUES (1, 'Organisation', unixepoch(), 1);

ALTER TABLE workspace ADD COLUMN organisation INTEGER NOT NULL DEFAULT 1;

-- Somebody who may sign in. What is erased keeps its number, so that the audit log can name it.
CREATE TABLE person (
    id                 INTEGER PRIMARY KEY AUTOINCREMENT,
    -- In small letters; of somebody erased 'erased-' and the number.
    email              TEXT    NOT NULL UNIQUE,
    name               TEXT    NOT NULL,
    -- A PHC hash; absent until they choose one.
    password           TEXT,
    -- Sealed, and the last step at which one of its codes was used.
    second_factor      TEXT,
    second_factor_step INTEGER,
    made_at            INTEGER NOT NULL,
    is_disabled        INTEGER NOT NULL DEFAULT 0,
    is_erased          INTEGER NOT NULL DEFAULT 0
) STRICT;

-- What somebody may do where.
CREATE TABLE membership (
    id           INTEGER PRIMARY KEY AUTOINCREMENT,
    person       INTEGER NOT NULL REFERENCES person (id),
    organisation INTEGER NOT NULL REFERENCES organisation (id),
    -- Absent for all of the organisation's.
    workspace    INTEGER REFERENCES workspace (id),
    role         TEXT    NOT NULL CHECK (role IN ('client', 'viewer', 'analyst', 'editor', 'admin', 'owner')),
    -- The numbers of the accounts that a client sees, a JSON array; absent for all.
    accounts     TEXT    CHECK (accounts IS NULL OR role = 'client')
) STRICT;

-- Nulls are never equal, so that the plain columns would let somebody be in the organisation twice.
CREATE UNIQUE INDEX membership_once ON membership (person, organisation, coalesce(workspace, 0));
CREATE INDEX membership_by_person ON membership (person, id);
CREATE INDEX membership_by_organisation ON membership (organisation, person, id);

-- Browsers that are signed in.
CREATE TABLE session (
    id              INTEGER PRIMARY KEY AUTOINCREMENT,
    digest          TEXT    NOT NULL UNIQUE,
    -- The one before the last rotation, and until when it counts.
    previous_digest TEXT    UNIQUE,
    previous_until  INTEGER,
    person          INTEGER NOT NULL REFERENCES person (id),
    made_at         INTEGER NOT NULL,
    rotated_at      INTEGER NOT NULL,
    seen_at         INTEGER NOT NULL,
    idle_until      INTEGER NOT NULL,
    expires_at      INTEGER NOT NULL,
    agent           TEXT    NOT NULL,
    address         TEXT    NOT NULL
) STRICT;

CREATE INDEX session_by_person ON session (person, id);
CREATE INDEX session_idle ON session (idle_until);
CREATE INDEX session_expired ON session (expires_at);

-- Programs that may ask: API tokens and service accounts.
CREATE TABLE token (
    id           INTEGER PRIMARY KEY AUTOINCREMENT,
    digest       TEXT    NOT NULL UNIQUE,
    -- How it begins, to be told apart in lists.
    shown        TEXT    NOT NULL,
    name         TEXT    NOT NULL,
    role         TEXT    NOT NULL CHECK (role IN ('client', 'viewer', 'analyst', 'editor', 'admin', 'owner')),
    organisation INTEGER NOT NULL REFERENCES organisation (id),
    workspace    INTEGER REFERENCES workspace (id),
    accounts     TEXT    CHECK (accounts IS NULL OR role = 'client'),
    -- Such as 'person 3'.
    made_by      TEXT    NOT NULL,
    made_at      INTEGER NOT NULL,
    expires_at   INTEGER,
    used_at      INTEGER,
    revoked_at   INTEGER
) STRICT;

CREATE INDEX token_by_organisation ON token (organisation, id);
CREATE INDEX token_by_maker ON token (made_by, id);

-- Who may come in once they choose a password.
CREATE TABLE invitation (
    id           INTEGER PRIMARY KEY AUTOINCREMENT,
    digest       TEXT    NOT NULL UNIQUE,
    email        TEXT    NOT NULL,
    role         TEXT    NOT NULL CHECK (role IN ('client', 'viewer', 'analyst', 'editor', 'admin', 'owner')),
    organisation INTEGER NOT NULL REFERENCES organisation (id),
    workspace    INTEGER REFERENCES workspace (id),
    accounts     TEXT    CHECK (accounts IS NULL OR role = 'client'),
    made_by      TEXT    NOT NULL,
    made_at      INTEGER NOT NULL,
    expires_at   INTEGER NOT NULL,
    accepted_at  INTEGER,
    revoked_at   INTEGER
) STRICT;

CREATE INDEX invitation_open ON invitation (organisation, id) WHERE accepted_at IS NULL AND revoked_at IS NULL;
CREATE INDEX invitation_by_email ON invitation (email, id);
CREATE INDEX invitation_expired ON invitation (expires_at);

-- Secrets that count once.
CREATE TABLE ticket (
    id            INTEGER PRIMARY KEY AUTOINCREMENT,
    digest        TEXT    NOT NULL UNIQUE,
    kind          TEXT    NOT NULL CHECK (kind IN ('set_up', 'sign_in', 'second_step', 'reset')),
    person        INTEGER REFERENCES person (id),
    -- Whether it counts only from the machine itself.
    loopback_only INTEGER NOT NULL,
    made_at       INTEGER NOT NULL,
    expires_at    INTEGER NOT NULL,
    used_at       INTEGER
) STRICT;

CREATE INDEX ticket_by_person ON ticket (person) WHERE person IS NOT NULL;
CREATE INDEX ticket_expired ON ticket (expires_at);
CREATE INDEX ticket_used ON ticket (used_at) WHERE used_at IS NOT NULL;

-- What stands in for a second factor that was lost.
CREATE TABLE recovery_code (
    id      INTEGER PRIMARY KEY AUTOINCREMENT,
    person  INTEGER NOT NULL REFERENCES person (id),
    digest  TEXT    NOT NULL,
    used_at INTEGER,
    UNIQUE (person, digest)
) STRICT;

-- Who did what. Each entry's link is made of the entry and of the link before, so that a change of any shows. Names and
-- e-mail addresses are never in here: what is here stays when somebody is erased.
CREATE TABLE audit (
    id           INTEGER PRIMARY KEY AUTOINCREMENT,
    at           TEXT    NOT NULL,
    organisation INTEGER,
    workspace    INTEGER,
    -- Such as 'person 3', 'token 2' or 'this machine'.
    who          TEXT    NOT NULL,
    action       TEXT    NOT NULL,
    object       TEXT    NOT NULL,
    -- JSON.
    before       TEXT,
    after        TEXT,
    address      TEXT,
    link         TEXT    NOT NULL
) STRICT;

CREATE INDEX audit_by_organisation ON audit (organisation, id);
CREATE INDEX audit_by_workspace ON audit (workspace, id);
CREATE INDEX audit_by_who ON audit (who, id);
CREATE INDEX audit_by_object ON audit (object, id);

CREATE TRIGGER audit_is_not_changed BEFORE UPDATE ON audit
BEGIN
    SELECT RAISE(ABORT, 'entries of the audit log are never changed');
END;

CREATE TRIGGER audit_is_not_deleted BEFORE DELETE ON audit
BEGIN
    SELECT RAISE(ABORT, 'entries of the audit log are never deleted');
END;

-- With what whoever did it is called now.
CREATE VIEW audit_named AS
SELECT audit.*, coalesce(person.name, token.name) AS who_name
FROM audit
LEFT JOIN person ON person.id = iif(who LIKE 'person %', CAST(substr(who, 8) AS INTEGER), NULL)
LEFT JOIN token ON token.id = iif(who LIKE 'token %', CAST(substr(who, 7) AS INTEGER), NULL);
