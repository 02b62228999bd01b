-- The facts file. Any DuckDB client may read it. All figures are integers: *_micros and *_e6 are millionths, levels and
-- platforms are the numbers of the program's registry, days are the account's local days, times are UTC.

CREATE TABLE format (version INTEGER NOT NULL);

-- Imports whose figures are in this file. Written in the transaction that changes the figures: what stands here happened.
CREATE TABLE applied (
    import       UINTEGER  NOT NULL,
    workspace    UINTEGER  NOT NULL,
    captured_at  TIMESTAMP NOT NULL
);

-- Which days of which scope (account and level) each import claims to know.
CREATE TABLE coverage (
    import       UINTEGER  NOT NULL,
    workspace    UINTEGER  NOT NULL,
    account      UINTEGER  NOT NULL,
    level        UTINYINT  NOT NULL,
    first_day    DATE      NOT NULL,
    last_day     DATE      NOT NULL,
    captured_at  TIMESTAMP NOT NULL,
    captured_day DATE      NOT NULL
);

CREATE TABLE account (
    account     UINTEGER  NOT NULL,
    workspace   UINTEGER  NOT NULL,
    platform    UTINYINT  NOT NULL,
    name        VARCHAR,
    external_id VARCHAR,
    currency    VARCHAR   NOT NULL
);

-- Campaigns, ad groups, ads, keywords and search terms. The two keys are hashes of what identifies an entity: its
-- platform id within its account, and the path of names from the campaign down.
CREATE TABLE entity (
    entity        UINTEGER  NOT NULL,
    workspace     UINTEGER  NOT NULL,
    account       UINTEGER  NOT NULL,
    level         UTINYINT  NOT NULL,
    campaign      UINTEGER  NOT NULL,
    parent        UINTEGER  NOT NULL,
    name          VARCHAR,
    external_id   VARCHAR,
    detail        VARCHAR,
    status        VARCHAR,
    kind          VARCHAR,
    budget_micros BIGINT,
    described_at  TIMESTAMP NOT NULL,
    id_hi         UBIGINT,
    id_lo         UBIGINT,
    path_hi       UBIGINT   NOT NULL,
    path_lo       UBIGINT   NOT NULL
);

-- What is believed now, at every level that was reported. Levels do not add up to each other.
CREATE TABLE delivery (
    workspace      UINTEGER NOT NULL,
    day            DATE     NOT NULL,
    level          UTINYINT NOT NULL,
    account        UINTEGER NOT NULL,
    campaign       UINTEGER NOT NULL,
    entity         UINTEGER NOT NULL,
    import         UINTEGER NOT NULL,
    spend_micros   BIGINT,
    impressions    BIGINT,
    clicks         BIGINT,
    link_clicks    BIGINT,
    conversions_e6 BIGINT,
    revenue_micros BIGINT,
    video_views    BIGINT
);

-- What was believed once and has been replaced, or came too late to be believed.
CREATE TABLE delivery_history AS FROM delivery LIMIT 0;

-- One figure per campaign and day, from the level that tells most of it: what overview, lists and analytics read.
-- Derived from delivery in the same transaction, never written otherwise.
CREATE TABLE campaign_day (
    workspace      UINTEGER NOT NULL,
    day            DATE     NOT NULL,
    account        UINTEGER NOT NULL,
    campaign       UINTEGER NOT NULL,
    spend_micros   BIGINT,
    impressions    BIGINT,
    clicks         BIGINT,
    link_clicks    BIGINT,
    conversions_e6 BIGINT,
    revenue_micros BIGINT,
    video_views    BIGINT
);

-- campaign_day by account, for questions that name no campaign; its campaign is 0.
CREATE TABLE account_day AS FROM campaign_day LIMIT 0;

-- Figures of files that state a range but no days. They are never spread over days; they serve to reconcile.
CREATE TABLE range_figure (
    import         UINTEGER NOT NULL,
    workspace      UINTEGER NOT NULL,
    account        UINTEGER NOT NULL,
    level          UTINYINT NOT NULL,
    first_day      DATE,
    last_day       DATE,
    spend_micros   BIGINT,
    impressions    BIGINT,
    clicks         BIGINT,
    link_clicks    BIGINT,
    conversions_e6 BIGINT,
    revenue_micros BIGINT,
    video_views    BIGINT
);
