-- The accounts that a source's records speak of. A currency counts for the account if it is told of it, or is the only one.
CREATE OR REPLACE TEMP TABLE known_account AS
WITH told AS (
    SELECT platform, account_id, account, currency, version AS told_at, level = 1 AS is_own
    FROM entity WHERE source = $source AND account_id IS NOT NULL
    UNION ALL
    SELECT DISTINCT platform, account_id, account, currency, 0, false
    FROM about
    WHERE account_id IS NOT NULL
      AND about IN (SELECT f.about FROM figure f JOIN stream s ON s.stream = f.stream AND s.active = f.generation
                    WHERE s.source = $source)
)
SELECT platform, account_id,
       coalesce(arg_max(account, told_at) FILTER (is_own), arg_max(account, told_at)) AS account,
       coalesce(max(currency) FILTER (is_own),
                CASE WHEN count(DISTINCT currency) = 1 THEN max(currency) END) AS currency,
       count(*) OVER (PARTITION BY platform) = 1 AS is_only
FROM told GROUP BY platform, account_id;
