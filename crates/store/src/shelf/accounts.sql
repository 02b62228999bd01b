-- The accounts that a source's records speak of. A currency counts for the account if it is told of it, or is the only one.
CREATE OR REPLACE TEMP TABLE known_account AS
WITH told AS (
    SELECT platform, account_id, account, currency, version AS told_at, level = 1 AS is_own
    FROM entity WHERE source = $source AND account_id IS NOT NULL
    UNION ALL
    SELECT DISTINCT f.platform, f.account_id, f.account, f.currency, 0, false
    FROM figure f JOIN stream s ON s.stream = f.stream AND s.active = f.generation
    WHERE s.source = $source AND f.account_id IS NOT NULL
)
SELECT platform, account_id,
       coalesce(arg_max(account, told_at) FILTER (is_own), arg_max(account, told_at)) AS account,
       coalesce(max(currency) FILTER (is_own),
                CASE WHEN count(DISTINCT currency) = 1 THEN max(currency) END) AS currency,
       count(*) OVER (PARTITION BY platform) = 1 AS is_only
FROM told GROUP BY platform, account_id;

-- Figures with the account they count for: the one they name, else the only one there is.
CREATE OR REPLACE TEMP VIEW placed AS
SELECT d.* EXCLUDE (account_id, currency),
       coalesce(d.account_id, o.account_id) AS account_id,
       coalesce(d.currency, k.currency, o.currency, (SELECT currency FROM source WHERE source = $source), 'XXX') AS currency
FROM described d
LEFT JOIN known_account k ON k.platform = d.platform AND k.account_id = d.account_id
LEFT JOIN known_account o ON o.platform = d.platform AND o.is_only AND d.account_id IS NULL
WHERE d.source = $source;
