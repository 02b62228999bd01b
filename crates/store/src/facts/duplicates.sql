-- Accounts that came in twice, as people decided; a rejected pair is not proposed again.
CREATE TABLE IF NOT EXISTS account_duplicate (
    workspace   UINTEGER  NOT NULL,
    kept        UINTEGER  NOT NULL,
    other       UINTEGER  NOT NULL,
    is_accepted BOOLEAN   NOT NULL,
    decided_at  TIMESTAMP NOT NULL
);
-- What the other account of an accepted pair tells of days that the kept one tells too, at all levels, with what was believed of
-- it once. It stands here instead of in coverage, delivery and delivery_history, and goes back there on undo.
CREATE TABLE IF NOT EXISTS coverage_aside AS FROM coverage LIMIT 0;
CREATE TABLE IF NOT EXISTS delivery_aside AS FROM delivery LIMIT 0;
