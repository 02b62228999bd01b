-- From the staged keys to entities: found by platform id, else by the path of names, else made.
CREATE OR REPLACE TEMP TABLE arriving AS
SELECT DISTINCT ON (key_hi, key_lo) * FROM staged_entity;

CREATE OR REPLACE TEMP TABLE resolved AS
WITH by_id AS (
    SELECT a.key_hi, a.key_lo, min(e.entity) AS entity
    FROM arriving a JOIN entity e ON e.workspace = $workspace AND e.id_hi = a.id_hi AND e.id_lo = a.id_lo
    GROUP BY a.key_hi, a.key_lo
), by_path AS (
    -- With an id, only an entity that has none yet may be taken over by its names.
    SELECT a.key_hi, a.key_lo, arg_max(e.entity, e.described_at) AS entity
    FROM arriving a JOIN entity e ON e.workspace = $workspace AND e.path_hi = a.path_hi AND e.path_lo = a.path_lo
    WHERE a.id_hi IS NULL OR e.id_hi IS NULL
    GROUP BY a.key_hi, a.key_lo
)
SELECT a.key_hi, a.key_lo,
       coalesce(by_id.entity, by_path.entity,
                ((SELECT coalesce(max(entity), 0) FROM entity)
                 + row_number() OVER (PARTITION BY by_id.entity IS NULL AND by_path.entity IS NULL
                                      ORDER BY a.level, a.key_hi, a.key_lo))::UINTEGER) AS entity,
       by_id.entity IS NULL AND by_path.entity IS NULL AS is_new,
       0::UINTEGER AS campaign,
       0::UINTEGER AS parent
FROM arriving a LEFT JOIN by_id USING (key_hi, key_lo) LEFT JOIN by_path USING (key_hi, key_lo);

CREATE OR REPLACE TEMP TABLE resolved AS
SELECT r.key_hi, r.key_lo, r.entity, r.is_new, c.entity AS campaign, p.entity AS parent
FROM resolved r JOIN arriving a USING (key_hi, key_lo)
JOIN resolved c ON c.key_hi = a.campaign_hi AND c.key_lo = a.campaign_lo
JOIN resolved p ON p.key_hi = a.parent_hi AND p.key_lo = a.parent_lo;

CREATE OR REPLACE TEMP TABLE placed AS
SELECT s.place, r.entity, r.campaign FROM staged_entity s JOIN resolved r USING (key_hi, key_lo);

INSERT INTO entity
SELECT r.entity, $workspace, a.account, a.level, r.campaign, r.parent, a.name, a.external_id, a.detail, a.status, a.kind,
       a.budget_micros, $captured_at, a.id_hi, a.id_lo, a.path_hi, a.path_lo
FROM arriving a JOIN resolved r USING (key_hi, key_lo) WHERE r.is_new;

-- A later capture knows the newer name and state; what it does not mention stays as it was.
UPDATE entity SET
    name = coalesce(a.name, entity.name),
    external_id = coalesce(a.external_id, entity.external_id),
    status = coalesce(a.status, entity.status),
    kind = coalesce(a.kind, entity.kind),
    budget_micros = coalesce(a.budget_micros, entity.budget_micros),
    id_hi = coalesce(a.id_hi, entity.id_hi),
    id_lo = coalesce(a.id_lo, entity.id_lo),
    path_hi = a.path_hi,
    path_lo = a.path_lo,
    described_at = $captured_at
FROM arriving a JOIN resolved r USING (key_hi, key_lo)
WHERE entity.entity = r.entity AND NOT r.is_new AND entity.workspace = $workspace AND entity.described_at <= $captured_at
  AND (a.path_hi IS DISTINCT FROM entity.path_hi OR a.path_lo IS DISTINCT FROM entity.path_lo
       OR (a.id_hi IS NOT NULL AND entity.id_hi IS NULL)
       OR (a.status IS NOT NULL AND a.status IS DISTINCT FROM entity.status)
       OR (a.kind IS NOT NULL AND a.kind IS DISTINCT FROM entity.kind)
       OR (a.budget_micros IS NOT NULL AND a.budget_micros IS DISTINCT FROM entity.budget_micros)
       OR entity.described_at < $captured_at);

-- Addresses of one kind are told together: they replace what was told before, and give way to a later capture. More than a few of
-- one entity are no addresses of it, but of the people who clicked.
CREATE OR REPLACE TEMP TABLE arriving_url AS
SELECT entity, kind, url FROM (SELECT DISTINCT p.entity, u.kind, u.url FROM staged_url u JOIN placed p USING (place))
QUALIFY row_number() OVER (PARTITION BY entity, kind ORDER BY url DESC) <= 20;

DELETE FROM entity_url
WHERE workspace = $workspace AND told_at <= $captured_at
  AND EXISTS (SELECT 1 FROM arriving_url a WHERE a.entity = entity_url.entity AND a.kind = entity_url.kind);

INSERT INTO entity_url
SELECT $workspace, a.entity, a.kind, a.url, $captured_at
FROM arriving_url a ANTI JOIN (FROM entity_url WHERE workspace = $workspace) e USING (entity, kind);
