-- What a team decided about campaigns, groups of them, and campaigns that are to come.
CREATE TABLE plan (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    workspace  INTEGER NOT NULL REFERENCES workspace (id),
    -- What it is about, as text that is equal for equal things.
    about_key  TEXT    NOT NULL,
    -- What it is about and what was decided, JSON; of a deleted plan what it was at last.
    state      TEXT    NOT NULL,
    -- Grows by one with every change.
    version    INTEGER NOT NULL,
    is_deleted INTEGER NOT NULL DEFAULT 0
) STRICT;

-- One plan for each thing.
CREATE UNIQUE INDEX plan_about ON plan (workspace, about_key) WHERE NOT is_deleted;
CREATE INDEX plan_by_workspace ON plan (workspace, id);

-- Changes of several plans that were made, and can be undone, as one.
CREATE TABLE plan_bulk (
    id        INTEGER PRIMARY KEY AUTOINCREMENT,
    workspace INTEGER NOT NULL REFERENCES workspace (id),
    changed_at TEXT   NOT NULL
) STRICT;

-- Every change of every plan. Nothing here is ever changed.
CREATE TABLE plan_change (
    plan         INTEGER NOT NULL REFERENCES plan (id),
    -- The plan's version since this change.
    version      INTEGER NOT NULL,
    bulk         INTEGER REFERENCES plan_bulk (id),
    changed_by   TEXT    NOT NULL,
    changed_at   TEXT    NOT NULL,
    -- The version whose change this one undid.
    undid        INTEGER,
    -- As in plan.state; absent before it was made and after it was deleted.
    state_before TEXT,
    state_after  TEXT,
    PRIMARY KEY (plan, version)
) STRICT, WITHOUT ROWID;

CREATE INDEX plan_change_by_bulk ON plan_change (bulk) WHERE bulk IS NOT NULL;
