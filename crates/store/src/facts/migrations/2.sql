-- From format 1: an account fixes platform and currency, so the roll-ups no longer repeat them, and no longer keep their level.
-- Those by week and month are gone.
CREATE OR REPLACE TABLE campaign_day AS SELECT * EXCLUDE (platform, currency, level) FROM campaign_day;
CREATE OR REPLACE TABLE account_day AS SELECT * EXCLUDE (platform, currency, level) FROM account_day;
DROP TABLE campaign_span;
DROP TABLE upkeep;
