-- The name under which a workspace alone is there, in small letters.
ALTER TABLE workspace ADD COLUMN host TEXT;

CREATE UNIQUE INDEX workspace_host ON workspace (host) WHERE host IS NOT NULL;

-- How often somebody was refused whom nobody knows. One row: what anybody may write must not grow.
CREATE TABLE refusal (
    id     INTEGER PRIMARY KEY CHECK (id = 1),
    nobody INTEGER NOT NULL
) STRICT;

INSERT INTO refusal (id, nobody) VALUES (1, 0);
