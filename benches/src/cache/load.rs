//! A process that asks at a steady rate, whatever becomes of the answers: what a crowd does that does not know of the server's
//! trouble.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use jiff::civil::date;
use serde::{Deserialize, Serialize};
use tokio::task::JoinSet;
use tokio::time::Instant;

use super::questions::overview;
use crate::server::Client;
use crate::timing::Times;

/// Connections of the crowd: those who wait in line, and enough for the others.
const CONNECTIONS: usize = 256;

/// What the crowd was told.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct Told {
    pub asked: u64,
    pub answered: u64,
    /// Told 503 and when to come back.
    pub refused: u64,
    /// Anything else.
    pub failed: u64,
    /// Of the answers, in milliseconds.
    pub p50: f64,
    pub p99: f64,
    /// Of the refusals, in milliseconds.
    pub refused_p99: f64,
}

/// Asks for `seconds` and prints what it was told.
pub(crate) async fn run(address: SocketAddr, rate: u32, seconds: u32) -> anyhow::Result<()> {
    let (start, next) = (Instant::now(), Arc::new(AtomicU32::new(0)));
    let mut crowd = JoinSet::new();
    for _ in 0..CONNECTIONS {
        let next = next.clone();
        crowd.spawn(async move { one(address, start, &next, rate, seconds).await });
    }
    let mut told = Told::default();
    let (mut answered, mut refused) = (Times::default(), Times::default());
    while let Some(one) = crowd.join_next().await {
        let (of_one, good, bad) = one?;
        told.asked += of_one.asked;
        told.failed += of_one.failed;
        answered.join(good);
        refused.join(bad);
    }
    (told.answered, told.refused) = (answered.count() as u64, refused.count() as u64);
    (told.p50, told.p99, told.refused_p99) = (answered.median(), answered.p99(), refused.p99());
    println!("{}", serde_json::to_string(&told)?);
    Ok(())
}

/// One connection, which takes the next question when it is time for it; late ones are asked at once.
async fn one(
    address: SocketAddr,
    start: Instant,
    next: &AtomicU32,
    rate: u32,
    seconds: u32,
) -> (Told, Times, Times) {
    let (mut told, mut answered, mut refused) = (Told::default(), Times::default(), Times::default());
    let mut client = Client::connect(address).await.ok();
    loop {
        let n = next.fetch_add(1, Ordering::Relaxed);
        let due = start + Duration::from_secs_f64(f64::from(n) / f64::from(rate));
        if due >= start + Duration::from_secs(u64::from(seconds)) {
            return (told, answered, refused);
        }
        tokio::time::sleep_until(due).await;
        // What can be asked of any workspace of the benchmark.
        let path = overview(date(2026, 10, 31), u64::from(n));
        told.asked += 1;
        let begun = std::time::Instant::now();
        let answer = match &mut client {
            Some(client) => client.ask(&path, &[]).await.ok(),
            None => None,
        };
        match answer {
            Some(answer) if answer.status() == 200 => answered.since(begun),
            Some(answer) if answer.status() == 503 && answer.headers().contains_key("retry-after") => {
                refused.since(begun);
            }
            other => {
                told.failed += 1;
                if other.is_none() {
                    client = Client::connect(address).await.ok();
                }
            }
        }
    }
}
