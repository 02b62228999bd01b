-- Some days of one account at one level, one row per entity and day. Both levels of a choice are made within an entity's day.
WITH chosen AS (
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
       any_value(campaign_id) AS campaign_id, max(campaign) AS campaign,
       any_value(ad_group_id) AS ad_group_id, max(ad_group) AS ad_group,
       any_value(ad_id) AS ad_id, max(ad) AS ad,
       keyword, match_type, search_term, max(status) AS status, max(kind) AS kind, max(budget_micros) AS budget_micros,
       $sums
FROM counted
GROUP BY day, coalesce(campaign_id, campaign), coalesce(ad_group_id, ad_group), coalesce(ad_id, ad),
         keyword, match_type, search_term
ORDER BY day, coalesce(campaign_id, campaign), coalesce(ad_group_id, ad_group), coalesce(ad_id, ad),
         keyword, match_type, search_term
