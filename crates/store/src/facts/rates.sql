-- Exchange rates by day: billionths of a currency for one euro.
CREATE TABLE IF NOT EXISTS fx_rate (
    workspace   UINTEGER NOT NULL,
    currency    VARCHAR  NOT NULL,
    day         DATE     NOT NULL,
    per_euro_e9 BIGINT   NOT NULL,
    source      VARCHAR  NOT NULL
);
