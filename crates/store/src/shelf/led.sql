-- Where each entity leads: what is told of itself, else of its creative, else for campaigns of the account. Parts are put together.
CREATE OR REPLACE TEMP TABLE led AS
WITH told AS (
    SELECT platform, level, id,
           string_agg(text, ' ' ORDER BY part) FILTER (what = 1) AS final_url,
           string_agg(CASE part WHEN '' THEN text ELSE part || '=' || text END, '&' ORDER BY part) FILTER (what = 2) AS suffix,
           max(text) FILTER (what = 3) AS template,
           max(text) FILTER (what = 4) AS creative
    FROM address WHERE source = $source GROUP BY platform, level, id
)
SELECT t.platform, t.level, t.id,
       coalesce(nullif(t.final_url, ''), c.final_url, t.final_url) AS final_url,
       coalesce(nullif(t.suffix, ''), c.suffix, t.suffix) AS suffix,
       coalesce(nullif(t.template, ''), c.template, t.template) AS template
FROM told t LEFT JOIN told c ON c.level = 0 AND c.platform = t.platform AND c.id = t.creative
WHERE t.level > 0;
