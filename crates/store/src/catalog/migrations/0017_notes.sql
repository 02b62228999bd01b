-- What people wrote down: annotations on days, of all of a workspace or of a campaign, and comments under campaigns. Times are
-- seconds since 1970, days such as '2026-11-03'.
CREATE TABLE remark (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    workspace  INTEGER NOT NULL REFERENCES workspace (id),
    -- The days that it is about; both or neither.
    first_day  TEXT,
    last_day   TEXT,
    -- The campaign that it is about, and the account that the campaign is of; both or neither.
    campaign   INTEGER,
    account    INTEGER,
    text       TEXT    NOT NULL,
    -- Such as 'person 3'.
    made_by    TEXT    NOT NULL,
    made_at    INTEGER NOT NULL,
    changed_at INTEGER,
    CHECK (first_day IS NOT NULL OR campaign IS NOT NULL),
    CHECK ((first_day IS NULL) = (last_day IS NULL) AND (campaign IS NULL) = (account IS NULL))
) STRICT;

CREATE INDEX remark_newest ON remark (workspace, id);
CREATE INDEX remark_of_campaign ON remark (workspace, campaign, id);
CREATE INDEX remark_on_days ON remark (workspace, first_day, id) WHERE first_day IS NOT NULL;
CREATE INDEX remark_by_maker ON remark (made_by, id);

-- Whom it names.
CREATE TABLE mention (
    remark INTEGER NOT NULL REFERENCES remark (id) ON DELETE CASCADE,
    person INTEGER NOT NULL REFERENCES person (id),
    PRIMARY KEY (remark, person)
) STRICT, WITHOUT ROWID;

CREATE INDEX mention_of_person ON mention (person, remark);
