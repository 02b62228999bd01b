//! What was measured is there again: added up, after a restart, with gaps where nothing was.

#![expect(clippy::unwrap_used, reason = "only tests use it")]

use std::time::Duration;

use jiff::Timestamp;
use watch::{Standing, Watch, metrics};

/// A quarter past some hour.
const BEGIN: i64 = 1_795_363_200 + 900;

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(BEGIN + second).unwrap()
}

/// One request a second, each as many milliseconds long as the second says, through ten ticks a hundred seconds.
async fn asked(watch: &Watch, seconds: std::ops::Range<i64>) {
    for second in seconds {
        let status = if second % 50 == 0 { 503 } else { 200 };
        let took = Duration::from_millis(second as u64 % 1000 + 1);
        watch.requests().answered(watch.meter(), "GET", "/", status, took);
        if second % 10 == 9 {
            watch.tick(at(second + 1)).await.unwrap();
        }
    }
}

#[tokio::test]
async fn any_time_adds_up_and_survives_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("watch.sqlite3");
    let watch = Watch::open(&path).await.unwrap();
    assert_eq!(watch.last_kept(), None);
    asked(&watch, 0..7200).await;
    watch.close().await;

    let watch = Watch::open(&path).await.unwrap();
    // What came after the last tick was written down when it was closed.
    assert!(watch.last_kept() >= Some(at(7200)));
    for (from, to) in [(0, 7200), (10, 7190), (0, 3600), (300, 310), (3000, 7000), (6990, 7200)] {
        let sum = watch.sum(at(from), at(to), |_| true).await.unwrap();
        let standing = Standing::of_readers(&sum);
        assert_eq!(standing.requests, (to - from) as u64, "{from} to {to}");
        let failed = (from..to).filter(|second| second % 50 == 0).count() as u64;
        assert_eq!(standing.failed, failed, "{from} to {to}");
        let mut exact: Vec<i64> = (from..to).map(|second| second % 1000 + 1).collect();
        exact.sort_unstable();
        let p95 = exact[(0.95 * exact.len() as f64).ceil() as usize - 1] as f64 / 1000.0;
        let ours = standing.took.quantile(0.95).unwrap();
        assert!((ours - p95).abs() / p95 < 0.02, "{from} to {to}: {ours} instead of {p95}");
    }
    for (from, since) in [(-100, 0), (0, 0), (605, 610)] {
        assert_eq!(watch.measured_since(at(from)).await.unwrap(), Some(at(since)), "from {from}");
    }
    assert_eq!(Watch::forgetful().measured_since(at(0)).await.unwrap(), None);
    let only =
        watch.sum(at(0), at(7200), |series| series.label("class").as_deref() == Some("5xx")).await.unwrap();
    assert_eq!((only.counters.len(), only.spreads.len()), (1, 0));
    assert_eq!(only.count(metrics::HTTP_REQUESTS.name, |_| true), 144);
}

#[tokio::test]
async fn what_was_not_measured_is_a_gap() {
    let folder = tempfile::tempdir().unwrap();
    let watch = Watch::open(&folder.path().join("watch.sqlite3")).await.unwrap();
    asked(&watch, 0..600).await;
    asked(&watch, 1200..1800).await;
    for step in [10, 300] {
        let pieces = watch.pieces(at(0), at(1800), Duration::from_secs(step), |_| true).await.unwrap();
        assert_eq!(pieces.len() as u64, 1800 / step);
        for piece in pieces {
            let second = piece.from.as_second() - BEGIN;
            let is_gap = (600..1200).contains(&second);
            let requests = Standing::of_readers(&piece.measured).requests;
            assert_eq!(requests, if is_gap { 0 } else { step }, "{second}");
            assert_eq!(piece.measured.covered == Duration::ZERO, is_gap, "{second}");
        }
    }
}

#[tokio::test]
async fn a_clock_that_goes_back_adds_and_one_that_jumps_ahead_deletes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let watch = Watch::open(&folder.path().join("watch.sqlite3")).await.unwrap();
    asked(&watch, 0..100).await;
    asked(&watch, 0..100).await;
    let sum = watch.sum(at(0), at(100), |_| true).await.unwrap();
    assert_eq!(Standing::of_readers(&sum).requests, 200);
    let (year, day) = (365 * 24 * 3600, 24 * 3600);
    asked(&watch, year..year + 600).await;
    let sum = watch.sum(at(-day), at(year + day), |_| true).await.unwrap();
    assert_eq!(Standing::of_readers(&sum).requests, 800);
}

#[tokio::test]
async fn a_lost_write_is_counted_and_the_next_one_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("watch.sqlite3");
    let watch = Watch::open(&path).await.unwrap();
    asked(&watch, 0..10).await;
    let blocker = blocked(&path).await;
    watch.requests().answered(watch.meter(), "POST", "/new", 200, Duration::from_millis(1));
    assert!(watch.tick(at(20)).await.is_err());
    assert_eq!(watch.lost(), 1);
    blocker.close().await;
    asked(&watch, 20..30).await;
    watch.requests().answered(watch.meter(), "POST", "/new", 200, Duration::from_millis(1));
    watch.tick(at(40)).await.unwrap();
    let pieces = watch.pieces(at(0), at(40), Duration::from_secs(10), |_| true).await.unwrap();
    let asked: Vec<u64> = pieces.iter().map(|piece| Standing::of_readers(&piece.measured).requests).collect();
    assert_eq!(asked, [10, 0, 10, 1]);
    assert_eq!(pieces[1].measured.covered, Duration::ZERO);
    assert!(
        pieces[3].measured.counters.keys().any(|series| series.label("route").as_deref() == Some("/new"))
    );
}

/// Another process that holds the file.
async fn blocked(path: &std::path::Path) -> sqlx::SqlitePool {
    let options = sqlx::sqlite::SqliteConnectOptions::new().filename(path);
    let pool = sqlx::sqlite::SqlitePoolOptions::new().max_connections(1).connect_with(options).await.unwrap();
    sqlx::query("BEGIN IMMEDIATE").execute(&pool).await.unwrap();
    pool
}

#[tokio::test]
async fn a_broken_file_is_told_with_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("watch.sqlite3");
    std::fs::write(&path, "this is no database, but long enough to be taken for one".repeat(100)).unwrap();
    let told = Watch::open(&path).await.unwrap_err().to_string();
    assert!(told.contains("watch.sqlite3") && told.contains("move it away"), "{told}");
}
