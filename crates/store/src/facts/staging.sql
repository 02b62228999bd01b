-- What one import brings, before it is applied. Temporary: a crash leaves nothing of it.
CREATE OR REPLACE TEMP TABLE staged_row (
    day            DATE     NOT NULL,
    account        UINTEGER NOT NULL,
    place          UINTEGER NOT NULL,
    spend_micros   BIGINT,
    impressions    BIGINT,
    clicks         BIGINT,
    link_clicks    BIGINT,
    conversions_e6 BIGINT,
    revenue_micros BIGINT,
    video_views    BIGINT
);
-- Rows name their entity by its place. An entity may have several, if the file has more entities than are remembered.
CREATE OR REPLACE TEMP TABLE staged_entity (
    place         UINTEGER NOT NULL,
    level         UTINYINT NOT NULL,
    account       UINTEGER NOT NULL,
    key_hi        UBIGINT  NOT NULL,
    key_lo        UBIGINT  NOT NULL,
    id_hi         UBIGINT,
    id_lo         UBIGINT,
    path_hi       UBIGINT  NOT NULL,
    path_lo       UBIGINT  NOT NULL,
    campaign_hi   UBIGINT  NOT NULL,
    campaign_lo   UBIGINT  NOT NULL,
    parent_hi     UBIGINT  NOT NULL,
    parent_lo     UBIGINT  NOT NULL,
    name          VARCHAR,
    external_id   VARCHAR,
    detail        VARCHAR,
    status        VARCHAR,
    kind          VARCHAR,
    budget_micros BIGINT
);
-- Where the rows' own entities lead; of one entity there may be several.
CREATE OR REPLACE TEMP TABLE staged_url (place UINTEGER NOT NULL, kind UTINYINT NOT NULL, url VARCHAR NOT NULL);
