-- From format 1, where each row of figures had its words beside it.
DROP VIEW described;
ALTER TABLE figure RENAME TO figure_1;

CREATE TABLE about (
    about          UINTEGER NOT NULL,
    stream         UINTEGER NOT NULL,
    platform       UTINYINT NOT NULL,
    level          UTINYINT NOT NULL,
    hash_hi        UBIGINT,
    hash_lo        UBIGINT,
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
    budget_micros  BIGINT
);

INSERT INTO about
SELECT row_number() OVER ()::UINTEGER, stream, platform, level, NULL, NULL,
       account_id, account, currency, campaign_id, campaign, ad_group_id, ad_group, ad_id,
       ad, keyword_id, keyword, match_type, search_term, status, kind, budget_micros
FROM (SELECT DISTINCT stream, platform, level, account_id, account, currency, campaign_id, campaign, ad_group_id,
             ad_group, ad_id, ad, keyword_id, keyword, match_type, search_term, status, kind, budget_micros FROM figure_1);

CREATE TABLE figure (
    stream         UINTEGER NOT NULL,
    generation     BIGINT   NOT NULL,
    key_hi         UBIGINT  NOT NULL,
    key_lo         UBIGINT  NOT NULL,
    seq            BIGINT   NOT NULL,
    platform       UTINYINT NOT NULL,
    level          UTINYINT NOT NULL,
    day            DATE     NOT NULL,
    about          UINTEGER NOT NULL,
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

INSERT INTO figure
SELECT f.stream, f.generation, f.key_hi, f.key_lo, f.seq, f.platform, f.level, f.day, w.about, f.family, f.rank,
       spend_micros, impressions, clicks, link_clicks, conversions_e6, revenue_micros, video_views
FROM figure_1 f JOIN about w
  ON w.stream = f.stream AND w.platform = f.platform AND w.level = f.level
 AND w.account_id IS NOT DISTINCT FROM f.account_id
 AND w.account IS NOT DISTINCT FROM f.account
 AND w.currency IS NOT DISTINCT FROM f.currency
 AND w.campaign_id IS NOT DISTINCT FROM f.campaign_id
 AND w.campaign IS NOT DISTINCT FROM f.campaign
 AND w.ad_group_id IS NOT DISTINCT FROM f.ad_group_id
 AND w.ad_group IS NOT DISTINCT FROM f.ad_group
 AND w.ad_id IS NOT DISTINCT FROM f.ad_id
 AND w.ad IS NOT DISTINCT FROM f.ad
 AND w.keyword_id IS NOT DISTINCT FROM f.keyword_id
 AND w.keyword IS NOT DISTINCT FROM f.keyword
 AND w.match_type IS NOT DISTINCT FROM f.match_type
 AND w.search_term IS NOT DISTINCT FROM f.search_term
 AND w.status IS NOT DISTINCT FROM f.status
 AND w.kind IS NOT DISTINCT FROM f.kind
 AND w.budget_micros IS NOT DISTINCT FROM f.budget_micros;

DROP TABLE figure_1;

CREATE TABLE address (
    source   UINTEGER NOT NULL,
    platform UTINYINT NOT NULL,
    level    UTINYINT NOT NULL,
    id       VARCHAR  NOT NULL,
    what     UTINYINT NOT NULL,
    part     VARCHAR  NOT NULL,
    version  BIGINT   NOT NULL,
    seq      BIGINT   NOT NULL,
    text     VARCHAR  NOT NULL
);

UPDATE format SET version = 2;
