//! The regression test for a measured trap: while one connection commits, readers of the same process could see a mixture.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use domain::Level;

use crate::model::{Given, apply, open};

#[test]
fn readers_during_a_thousand_replacements_see_before_or_after_and_nothing_between() {
    let folder = tempfile::tempdir().unwrap();
    let facts = open(&folder);
    // Every version of the scope spends the same on each of its rows, so that any mixture shows as two values or a wrong sum.
    let version = |n: i64| Given {
        captured: n,
        level: Level::Campaign,
        days: (0, 9),
        rows: (0..200).map(|row| (row % 10, (row % 4) as u8, n)).collect(),
    };
    apply(&facts, 1, &version(1));
    let done = AtomicBool::new(false);
    let reads = AtomicU64::new(0);
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                while !done.load(Ordering::Relaxed) {
                    let sees = |table: &str| -> (u64, i64, i64) {
                        facts
                            .read(|connection| -> Result<_, store::facts::FactsError> {
                                let sql = format!(
                                    "SELECT count(*), min(spend_micros), max(spend_micros) FROM {table}"
                                );
                                Ok(connection
                                    .query_row(&sql, [], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?)
                            })
                            .unwrap()
                    };
                    for table in ["delivery", "campaign_day"] {
                        let (rows, least, most) = sees(table);
                        assert_eq!((rows, least), (200, most), "a mixture of two states of {table}");
                    }
                    reads.fetch_add(1, Ordering::Relaxed);
                }
            });
        }
        for n in 2..=1_000 {
            assert_eq!(apply(&facts, n as u32, &version(n)), 200);
        }
        done.store(true, Ordering::Relaxed);
    });
    assert!(reads.into_inner() > 100, "readers hardly ran");
}
