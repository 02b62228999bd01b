//! Ninety busy days fit into a bounded file and are read quickly: run with `ADROIT_MEASURE=1` to see how large and how fast.

#![expect(clippy::unwrap_used, reason = "only tests use it")]

use std::time::{Duration, Instant};

use jiff::Timestamp;
use watch::{LENGTHS, Standing, Watch};

/// A busy server's routes.
const ROUTES: usize = 25;

/// Writes as many days of ticks as `days` says, in which every route is asked.
async fn busy(watch: &Watch, days: i64, tick: i64) -> i64 {
    let mut chance = 7u64;
    let mut next = || {
        chance = chance.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        chance >> 33
    };
    let begin = 1_795_305_600;
    let end = begin + days * 24 * 3600;
    for at in (begin..end).step_by(tick as usize) {
        for route in 0..ROUTES {
            for _ in 0..(next() % (2 * tick as u64)) / 10 + 1 {
                // From tenths of a millisecond to some seconds, most of them short.
                let micros = (100u64 << (next() % 8).min(next() % 16)) | (next() % 1000);
                let status = if next() % 500 == 0 { 500 } else { 200 };
                watch.requests().answered(
                    watch.meter(),
                    "GET",
                    &format!("/route/{route}"),
                    status,
                    Duration::from_micros(micros),
                );
            }
        }
        watch.tick(Timestamp::from_second(at + tick).unwrap()).await.unwrap();
    }
    end
}

#[tokio::test]
async fn more_days_than_are_kept_leave_what_is_kept() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("watch.sqlite3");
    let watch = Watch::open(&path).await.unwrap();
    // Five minutes at a time, so that it is quick: a row of ten seconds for each of them.
    let days = if std::env::var_os("ADROIT_MEASURE").is_some() { 90 } else { 3 };
    let begun = Instant::now();
    let end = busy(&watch, days, 300).await;
    let wrote = begun.elapsed();
    let to = Timestamp::from_second(end).unwrap();
    for hours in [1, 24, 72, 24 * days] {
        let begun = Instant::now();
        let sum = watch.sum(to - jiff::SignedDuration::from_hours(hours), to, |_| true).await.unwrap();
        let standing = Standing::of(&sum, |route| route.starts_with("/route/"));
        assert!(standing.requests > 0 && standing.took.count() == standing.requests);
        println!("sum of {hours} h: {} requests in {:?}", standing.requests, begun.elapsed());
    }
    let begun = Instant::now();
    let from = to - jiff::SignedDuration::from_hours(24 * days);
    let pieces = watch.pieces(from, to, Duration::from_secs(24 * 3600), |_| true).await.unwrap();
    println!("{} days in {:?}", pieces.len(), begun.elapsed());
    assert!(pieces.iter().all(|piece| piece.measured.covered > Duration::ZERO));
    watch.close().await;
    let bytes = std::fs::metadata(&path).unwrap().len();
    println!("{days} days in {wrote:?}: {:.1} MB", bytes as f64 / 1e6);
    let rows: i64 = LENGTHS.iter().map(|length| length.kept).sum();
    assert!(bytes < rows as u64 * 8192, "{bytes}");
}

#[test]
fn what_recording_takes() {
    let watch = Watch::forgetful();
    let count = 2_000_000u32;
    let routes: Vec<String> = (0..ROUTES).map(|n| format!("/route/{n}")).collect();
    let begun = Instant::now();
    for n in 0..count {
        let route = &routes[n as usize % ROUTES];
        let running = watch.requests().begin();
        drop(running);
        watch.requests().answered(
            watch.meter(),
            "GET",
            route,
            200,
            Duration::from_micros(u64::from(n % 5000)),
        );
    }
    println!("recording a request: {:?}", begun.elapsed() / count);
    let total = watch.meter().totals();
    let asked: u64 = total.counters.values().sum();
    assert_eq!(asked, u64::from(count));
    println!("{} series of counters, {} of times", total.counters.len(), total.spreads.len());
}
