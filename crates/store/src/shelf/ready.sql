-- The same with their words. Rows of one entity and day stand one behind the other. Both levels of a choice are made within an
-- entity's day.
WITH chosen AS NOT MATERIALIZED (
    FROM part JOIN placed USING (about)
), counted AS (
    FROM chosen WHERE family IS NULL
    UNION ALL
    FROM chosen WHERE family IS NOT NULL
    QUALIFY rank = min(rank) OVER (PARTITION BY day, campaign_id, ad_group_id, ad_id, family)
)
SELECT (day - DATE '1970-01-01')::INTEGER,
       campaign_id, campaign, ad_group_id, ad_group, ad_id, ad, keyword, match_type, search_term, status, kind, budget_micros,
       $figures,
       final_url, suffix, template
FROM counted
ORDER BY day, place
