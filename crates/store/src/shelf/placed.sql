-- What figures are about, with what entities add: the ids above them, names, state; where they lead; and the account they count for:
-- the one they name, else the only one there is. Accounts and entities have numbers here, in the order of their names.
CREATE OR REPLACE TEMP TABLE placed AS
WITH described AS (
    SELECT w.about, w.platform, w.level,
           coalesce(w.account_id, a.account_id, k.account_id, g.account_id, c.account_id) AS told_account,
           w.currency AS told_currency,
           coalesce(w.campaign_id, a.campaign_id, k.campaign_id, g.campaign_id) AS campaign_id,
           coalesce(c.campaign, w.campaign) AS campaign,
           coalesce(w.ad_group_id, a.ad_group_id, k.ad_group_id) AS ad_group_id,
           coalesce(g.ad_group, w.ad_group) AS ad_group,
           w.ad_id,
           coalesce(a.ad, w.ad) AS ad,
           w.keyword_id,
           coalesce(k.keyword, w.keyword, w.keyword_id) AS keyword,
           coalesce(w.match_type, k.match_type) AS match_type,
           w.search_term,
           CASE w.level WHEN 2 THEN coalesce(c.status, w.status) WHEN 3 THEN coalesce(g.status, w.status)
                        WHEN 4 THEN coalesce(a.status, w.status) WHEN 5 THEN coalesce(k.status, w.status) END AS status,
           coalesce(c.kind, w.kind) AS kind,
           CASE w.level WHEN 2 THEN coalesce(c.budget_micros, w.budget_micros)
                        WHEN 3 THEN coalesce(g.budget_micros, w.budget_micros) ELSE w.budget_micros END AS budget_micros
    FROM about w
    JOIN stream s ON s.stream = w.stream AND s.source = $source
    LEFT JOIN entity a ON a.source = $source AND a.platform = w.platform AND a.level = 4 AND a.id = w.ad_id
    LEFT JOIN entity k ON k.source = $source AND k.platform = w.platform AND k.level = 5 AND k.id = w.keyword_id
    LEFT JOIN entity g ON g.source = $source AND g.platform = w.platform AND g.level = 3
                      AND g.id = coalesce(w.ad_group_id, a.ad_group_id, k.ad_group_id)
    LEFT JOIN entity c ON c.source = $source AND c.platform = w.platform AND c.level = 2
                      AND c.id = coalesce(w.campaign_id, a.campaign_id, k.campaign_id, g.campaign_id)
), owned AS (
    SELECT d.* EXCLUDE (told_account, told_currency),
           coalesce(d.told_account, o.account_id) AS account_id,
           coalesce(d.told_currency, k.currency, o.currency, (SELECT currency FROM source WHERE source = $source), 'XXX') AS currency,
           CASE d.level WHEN 2 THEN d.campaign_id WHEN 3 THEN d.ad_group_id WHEN 4 THEN d.ad_id WHEN 5 THEN d.keyword_id END AS own_id
    FROM described d
    LEFT JOIN known_account k ON k.platform = d.platform AND k.account_id = d.told_account
    LEFT JOIN known_account o ON o.platform = d.platform AND o.is_only AND d.told_account IS NULL
), led_on AS (
    -- What an account appends counts for its campaigns.
    SELECT d.* EXCLUDE (own_id),
           l.final_url,
           coalesce(nullif(l.suffix, ''), whole.suffix, l.suffix) AS suffix,
           coalesce(nullif(l.template, ''), whole.template, l.template) AS template
    FROM owned d
    LEFT JOIN led l ON l.platform = d.platform AND l.level = d.level AND l.id = d.own_id
    LEFT JOIN led whole ON d.level = 2 AND whole.level = 1 AND whole.platform = d.platform AND whole.id = d.account_id
)
SELECT *, dense_rank() OVER (ORDER BY account_id NULLS FIRST, currency)::UINTEGER AS owner,
       dense_rank() OVER (ORDER BY coalesce(campaign_id, campaign), coalesce(ad_group_id, ad_group), coalesce(ad_id, ad),
                                   keyword, match_type, search_term)::UINTEGER AS place
FROM led_on;

-- The days of figures that count, with whose they are.
CREATE OR REPLACE TEMP VIEW placed_day AS
SELECT f.platform, f.level, f.day, w.owner, w.account_id, w.currency
FROM figure f
JOIN stream s ON s.stream = f.stream AND s.active = f.generation AND s.source = $source
JOIN placed w ON w.about = f.about;
