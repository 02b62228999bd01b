-- Where entities lead, as last told: kind 1 is the final URL, 2 what is appended to it, 3 what the platform makes the clicked
-- address of. An empty text: the report had the column and said nothing.
CREATE TABLE IF NOT EXISTS entity_url (
    workspace UINTEGER  NOT NULL,
    entity    UINTEGER  NOT NULL,
    kind      UTINYINT  NOT NULL,
    url       VARCHAR   NOT NULL,
    told_at   TIMESTAMP NOT NULL
);
