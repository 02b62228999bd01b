-- Records as sources sent them, by their keys, before they are handed to the ledger. All figures are integers: *_micros and
-- *_e6 are millionths, levels and platforms are the numbers of the program's registry.

CREATE TABLE format (version INTEGER NOT NULL);

-- Where records come from. `definition` is how to run it, as JSON; none where records come by standard input.
CREATE TABLE source (
    source     UINTEGER NOT NULL,
    workspace  UINTEGER NOT NULL,
    name       VARCHAR  NOT NULL,
    definition VARCHAR,
    -- Of accounts whose currency no record names.
    currency   VARCHAR
);

-- The streams of sources. Only figures of the active generation count; the next one will once it is read to its end.
CREATE TABLE stream (
    stream UINTEGER NOT NULL,
    source UINTEGER NOT NULL,
    name   VARCHAR  NOT NULL,
    active BIGINT   NOT NULL,
    next   BIGINT
);

-- Where a source is to go on; '' is the state of the whole source. Written with the records that it stands for.
CREATE TABLE state (source UINTEGER NOT NULL, stream VARCHAR NOT NULL, state VARCHAR NOT NULL);

CREATE TABLE figure (
    stream         UINTEGER NOT NULL,
    generation     BIGINT   NOT NULL,
    key_hi         UBIGINT  NOT NULL,
    key_lo         UBIGINT  NOT NULL,
    seq            BIGINT   NOT NULL,
    platform       UTINYINT NOT NULL,
    level          UTINYINT NOT NULL,
    day            DATE     NOT NULL,
    account_id     VARCHAR,
    account        VARCHAR,
    currency       VARCHAR,
    campaign_id    VARCHAR,
    campaign       VARCHAR,
    ad_group_id    VARCHAR,
    ad_group       VARCHAR,
    ad_id          VARCHAR,
    ad             VARCHAR,
    keyword_id     VARCHAR,
    keyword        VARCHAR,
    match_type     VARCHAR,
    search_term    VARCHAR,
    status         VARCHAR,
    kind           VARCHAR,
    budget_micros  BIGINT,
    -- Figures of one family say the same thing in several ways: of an entity's day only the lowest rank counts.
    family         UTINYINT,
    rank           UTINYINT,
    spend_micros   BIGINT,
    impressions    BIGINT,
    clicks         BIGINT,
    link_clicks    BIGINT,
    conversions_e6 BIGINT,
    revenue_micros BIGINT,
    video_views    BIGINT
);

-- What is known of accounts, campaigns, ad groups, ads and keywords: the newest row of each.
CREATE TABLE entity (
    source        UINTEGER NOT NULL,
    platform      UTINYINT NOT NULL,
    level         UTINYINT NOT NULL,
    id            VARCHAR  NOT NULL,
    version       BIGINT   NOT NULL,
    seq           BIGINT   NOT NULL,
    account_id    VARCHAR,
    account       VARCHAR,
    currency      VARCHAR,
    campaign_id   VARCHAR,
    campaign      VARCHAR,
    ad_group_id   VARCHAR,
    ad_group      VARCHAR,
    ad_id         VARCHAR,
    ad            VARCHAR,
    keyword_id    VARCHAR,
    keyword       VARCHAR,
    match_type    VARCHAR,
    search_term   VARCHAR,
    status        VARCHAR,
    kind          VARCHAR,
    budget_micros BIGINT
);

-- Days that have changed here and not yet in the ledger.
CREATE TABLE due (
    source      UINTEGER  NOT NULL,
    platform    UTINYINT  NOT NULL,
    level       UTINYINT  NOT NULL,
    day         DATE      NOT NULL,
    captured_at TIMESTAMP NOT NULL
);

-- For which accounts each day was handed to the ledger, so that a day whose account becomes known leaves the old one.
CREATE TABLE given (
    source     UINTEGER NOT NULL,
    platform   UTINYINT NOT NULL,
    level      UTINYINT NOT NULL,
    day        DATE     NOT NULL,
    account_id VARCHAR,
    currency   VARCHAR  NOT NULL
);

-- The last runs of each source, with their reports and the end of their logs, as JSON.
CREATE TABLE run (
    source   UINTEGER  NOT NULL,
    ended_at TIMESTAMP NOT NULL,
    report   VARCHAR   NOT NULL
);

-- Figures that count, with what entities add: the ids above them, names, state.
CREATE VIEW described AS
SELECT s.source, f.platform, f.level, f.day, f.seq, f.family, f.rank,
       coalesce(f.account_id, a.account_id, k.account_id, g.account_id, c.account_id) AS account_id,
       f.currency,
       coalesce(f.campaign_id, a.campaign_id, k.campaign_id, g.campaign_id) AS campaign_id,
       coalesce(c.campaign, f.campaign) AS campaign,
       coalesce(f.ad_group_id, a.ad_group_id, k.ad_group_id) AS ad_group_id,
       coalesce(g.ad_group, f.ad_group) AS ad_group,
       f.ad_id,
       coalesce(a.ad, f.ad) AS ad,
       coalesce(k.keyword, f.keyword, f.keyword_id) AS keyword,
       coalesce(f.match_type, k.match_type) AS match_type,
       f.search_term,
       CASE f.level WHEN 2 THEN coalesce(c.status, f.status) WHEN 3 THEN coalesce(g.status, f.status)
                    WHEN 4 THEN coalesce(a.status, f.status) WHEN 5 THEN coalesce(k.status, f.status) END AS status,
       coalesce(c.kind, f.kind) AS kind,
       CASE f.level WHEN 2 THEN coalesce(c.budget_micros, f.budget_micros)
                    WHEN 3 THEN coalesce(g.budget_micros, f.budget_micros) ELSE f.budget_micros END AS budget_micros,
       f.spend_micros, f.impressions, f.clicks, f.link_clicks, f.conversions_e6, f.revenue_micros, f.video_views
FROM figure f
JOIN stream s ON s.stream = f.stream AND s.active = f.generation
LEFT JOIN entity a ON a.source = s.source AND a.platform = f.platform AND a.level = 4 AND a.id = f.ad_id
LEFT JOIN entity k ON k.source = s.source AND k.platform = f.platform AND k.level = 5 AND k.id = f.keyword_id
LEFT JOIN entity g ON g.source = s.source AND g.platform = f.platform AND g.level = 3
                  AND g.id = coalesce(f.ad_group_id, a.ad_group_id, k.ad_group_id)
LEFT JOIN entity c ON c.source = s.source AND c.platform = f.platform AND c.level = 2
                  AND c.id = coalesce(f.campaign_id, a.campaign_id, k.campaign_id, g.campaign_id);
