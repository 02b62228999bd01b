-- Who is known to an identity provider, and as whom. Times are seconds since 1970.
CREATE TABLE provider_link (
    id      INTEGER PRIMARY KEY AUTOINCREMENT,
    person  INTEGER NOT NULL REFERENCES person (id),
    issuer  TEXT    NOT NULL,
    -- How the provider calls them.
    subject TEXT    NOT NULL,
    -- Their address there when they last came, in small letters.
    email   TEXT    NOT NULL,
    made_at INTEGER NOT NULL,
    used_at INTEGER NOT NULL,
    UNIQUE (issuer, subject),
    -- One account of a provider each, so that nobody takes a place by an address that was given to them later.
    UNIQUE (person, issuer)
) STRICT;
