//! Files of older formats go on being read.

use domain::Level;
use duckdb::Connection;
use store::facts::FORMAT;

use crate::model::{Given, apply, open, stored};

/// What a file of format 1 had besides.
const FORMAT_1: &str = "
    CREATE OR REPLACE TABLE campaign_day AS
        SELECT workspace, day, 1::UTINYINT AS platform, 3025::USMALLINT AS currency, account, campaign, 2::UTINYINT AS level,
               * EXCLUDE (workspace, day, account, campaign) FROM campaign_day;
    CREATE OR REPLACE TABLE account_day AS
        SELECT workspace, day, 1::UTINYINT AS platform, 3025::USMALLINT AS currency, account, campaign, 2::UTINYINT AS level,
               * EXCLUDE (workspace, day, account, campaign) FROM account_day;
    CREATE TABLE campaign_span AS SELECT 0::UTINYINT AS span, * FROM campaign_day LIMIT 0;
    CREATE TABLE upkeep (unsorted_rows BIGINT NOT NULL);
    INSERT INTO upkeep VALUES (0);
    UPDATE format SET version = 1;";

#[test]
fn a_file_of_format_1_is_brought_to_todays() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("facts.duckdb");
    let facts = open(&folder);
    let given = |spend| Given {
        captured: 1_000,
        level: Level::Campaign,
        days: (0, 40),
        rows: (0..40).map(|day| (day, 1, spend + i64::from(day))).collect(),
    };
    apply(&facts, 1, &given(100));
    let all = |facts: &_| ["delivery", "campaign_day"].map(|table| stored(facts, table));
    let before = all(&facts);
    let columns = |facts: &store::Facts| {
        facts.read(|connection| -> Result<String, store::facts::FactsError> {
            Ok(connection.query_row(
                "SELECT string_agg(table_name || '.' || column_name || ' ' || data_type, ', '
                        ORDER BY table_name, column_index)
                 FROM duckdb_columns() WHERE NOT internal AND database_name = current_database()",
                [],
                |row| row.get(0),
            )?)
        })
    };
    let tables = columns(&facts).unwrap();
    drop(facts);
    Connection::open(&path).unwrap().execute_batch(FORMAT_1).unwrap();

    let facts = open(&folder);
    assert_eq!(columns(&facts).unwrap(), tables);
    assert_eq!(all(&facts), before);
    apply(&facts, 2, &Given { captured: 2_000, ..given(500) });
    assert_eq!(stored(&facts, "campaign_day"), stored(&facts, "delivery"));
    drop(facts);
    // It is of today's format now, and opens as such.
    let found: i32 = Connection::open(&path)
        .unwrap()
        .query_row("SELECT max(version) FROM format", [], |row| row.get(0))
        .unwrap();
    assert_eq!(found, FORMAT);
}
