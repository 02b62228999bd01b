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

-- What figures are about and described with, as their records say it: each combination once. A digest finds it again; what an
-- older format had has none.
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

-- Where things lead: 1 the address, 2 what is appended to it, 3 what the platform makes the clicked address of, 4 the creative that
-- tells the rest. Level 0 is a creative. An empty text: there is none. A part has a name where each has a record of its own.
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
