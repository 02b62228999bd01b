-- Campaigns without an id that go on under another name, as people decided; a rejected pair is not proposed again.
CREATE TABLE IF NOT EXISTS campaign_rename (
    workspace    UINTEGER  NOT NULL,
    old_campaign UINTEGER  NOT NULL,
    new_campaign UINTEGER  NOT NULL,
    is_accepted  BOOLEAN   NOT NULL,
    decided_at   TIMESTAMP NOT NULL
);
