-- Some days of one account at one level. Rows of one entity and day stand one behind the other. Both levels of a choice are made
-- within an entity's day.
WITH chosen AS NOT MATERIALIZED (
    SELECT * FROM placed
    WHERE platform = $platform AND level = $level AND day BETWEEN $first AND $last AND day IN ($days)
      AND account_id IS NOT DISTINCT FROM ? AND currency = ?
), counted AS (
    FROM chosen WHERE family IS NULL
    UNION ALL
    FROM chosen WHERE family IS NOT NULL
    QUALIFY rank = min(rank) OVER (PARTITION BY day, campaign_id, ad_group_id, ad_id, family)
)
SELECT (day - DATE '1970-01-01')::INTEGER,
       campaign_id, campaign, ad_group_id, ad_group, ad_id, ad, keyword, match_type, search_term, status, kind, budget_micros,
       $figures
FROM counted
ORDER BY day, coalesce(campaign_id, campaign), coalesce(ad_group_id, ad_group), coalesce(ad_id, ad),
         keyword, match_type, search_term
