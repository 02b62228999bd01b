-- Keys of authenticators by which people come in. Times are seconds since 1970.
CREATE TABLE passkey (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    person     INTEGER NOT NULL REFERENCES person (id),
    -- How the authenticator calls it.
    credential BLOB    NOT NULL UNIQUE,
    -- The public key, COSE.
    key        BLOB    NOT NULL,
    -- Where it counts.
    host       TEXT    NOT NULL,
    -- How often it signed; 0 for one that does not count.
    counter    INTEGER NOT NULL,
    is_synced  INTEGER NOT NULL,
    name       TEXT    NOT NULL,
    made_at    INTEGER NOT NULL,
    used_at    INTEGER
) STRICT;

CREATE INDEX passkey_by_person ON passkey (person, id);
