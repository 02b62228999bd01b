//! The regression test for a trap: the engine leaves conditions out of a plan that no row of the day contradicts, and a prepared statement
//! keeps its plan. Where rows have changed, the same question is planned anew.

use domain::Level;
use store::facts::FactsError;

use crate::model::{Given, apply, open};

#[test]
fn the_same_question_after_an_import_is_planned_anew() {
    let folder = tempfile::tempdir().unwrap();
    let facts = open(&folder);
    let given = |level, captured, campaigns: u8, spend| Given {
        captured,
        level,
        days: (0, 0),
        rows: (0..campaigns).map(|campaign| (0, campaign, spend)).collect(),
    };
    let ads = || -> Vec<(u32, i64)> {
        let read: Result<_, FactsError> = facts.read(|connection| {
            let sql =
                "SELECT entity, sum(spend_micros)::BIGINT FROM delivery WHERE level = 4 GROUP BY entity";
            let mut statement = connection.prepare_cached(sql)?;
            let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
            Ok(rows.collect::<Result<Vec<_>, _>>()?)
        });
        let mut read = read.unwrap();
        read.sort_unstable();
        read
    };
    apply(&facts, 1, &given(Level::Ad, 1, 2, 10));
    let before = ads();
    assert_eq!(before.iter().map(|(_, spend)| *spend).collect::<Vec<_>>(), [10, 10]);
    // Rows of another level, about other entities, in the same table.
    apply(&facts, 2, &given(Level::Campaign, 2, 200, 500));
    assert_eq!(ads(), before);
}
