//! A read that nobody waits for any more ends; the others do not.

use std::time::{Duration, Instant};

use store::Facts;
use store::facts::{FactsError, Interrupt, Limits};

/// Days of work.
const ENDLESS: &str =
    "SELECT count(*) FROM range(10000000) a, range(10000000) b WHERE (a.range * b.range) % 7 = 3";

#[test]
fn a_read_is_ended_from_outside() {
    let folder = tempfile::tempdir().unwrap();
    let limits = Limits { memory_mib: 128, threads: 1 };
    let facts = Facts::open(&folder.path().join("facts.duckdb"), &limits).unwrap();
    let count = |sql: &'static str| {
        facts.read(|connection| Ok::<i64, FactsError>(connection.query_row(sql, [], |row| row.get(0))?))
    };
    let interrupt = Interrupt::default();
    std::thread::scope(|scope| {
        let endless = scope.spawn(|| interrupt.over(|| count(ENDLESS)));
        let begun = Instant::now();
        while !endless.is_finished() {
            assert!(begun.elapsed() < Duration::from_secs(60), "it goes on");
            std::thread::sleep(Duration::from_millis(50));
            interrupt.end();
        }
        assert!(endless.join().unwrap().is_err());
    });
    assert!(matches!(interrupt.over(|| count("SELECT 1")), Err(FactsError::Ended)));
    assert_eq!(count("SELECT 1").unwrap(), 1, "the connection serves the next");
    let left = Interrupt::default();
    assert_eq!(left.over(|| count("SELECT 2")).unwrap(), 2);
    left.end();
    assert_eq!(count("SELECT 3").unwrap(), 3, "what has ended by itself can't be ended");
}
