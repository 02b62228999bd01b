//! Ten times as much as can be answered, for a minute.

use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use anyhow::Context;
use jiff::civil::Date;
use tokio::task::JoinSet;

use super::Lengths;
use super::fact::{Fact, a_second, ms};
use super::load::Told;
use super::questions::{newest, overview};
use crate::machine;
use crate::server::{Client, Listening, Server, uncached};
use crate::timing::Times;

/// Clients that find out how much can be answered.
const CLIENTS: u64 = 8;
/// How many times that is asked for then.
const TIMES: f64 = 10.0;
/// Answers in a row that are as quick as usual: then it has recovered.
const USUAL_AGAIN: usize = 5;

pub(super) async fn facts(server: &Server, lengths: Lengths) -> anyhow::Result<Vec<Fact>> {
    let newest = newest(server)?;
    let listening = server.beside(uncached()).await?;
    let usual = one_after_the_other(&listening, newest, 50).await?;
    let peak = peak(&listening, newest, lengths.usual).await?;

    let (before, most) = (machine::resident_kib(), Arc::new(std::sync::atomic::AtomicU64::new(0)));
    let done = Arc::new(AtomicBool::new(false));
    let watching = std::thread::spawn({
        let (most, done) = (most.clone(), done.clone());
        move || {
            while !done.load(Ordering::Relaxed) {
                most.fetch_max(machine::resident_kib(), Ordering::Relaxed);
                std::thread::sleep(Duration::from_millis(50));
            }
        }
    });
    let mut crowd = Command::new(std::env::current_exe()?);
    let rate = (peak * TIMES) as u32;
    crowd.args(["load", &listening.address.to_string(), &rate.to_string(), &lengths.overload.to_string()]);
    let crowd = tokio::task::spawn_blocking(move || crowd.output()).await??;
    let recovered = recovery(&listening, newest, usual.median()).await?;
    done.store(true, Ordering::Relaxed);
    drop(watching.join());
    let told: Told = serde_json::from_slice(&crowd.stdout).context("the crowd told nothing")?;

    let seconds = f64::from(lengths.overload);
    let goodput = told.answered as f64 / seconds;
    let mib = |kib: u64| kib / 1024;
    let most = most.load(Ordering::Relaxed);
    let count = web::format::count;
    Ok(vec![
        Fact::new(
            format!("nothing kept, {CLIENTS} clients: overviews answered"),
            format!("{} (one alone: p50 {})", a_second(peak), ms(usual.median())),
            "",
        ),
        Fact::new(
            format!("{TIMES} times as many for {} s: answered", lengths.overload),
            format!(
                "{} ({:.0} % of that) of {} asked",
                a_second(goodput),
                100.0 * goodput / peak,
                a_second(told.asked as f64 / seconds)
            ),
            "80 %",
        ),
        Fact::new("  an answer takes", format!("p50 {}, p99 {}", ms(told.p50), ms(told.p99)), ""),
        Fact::new(
            "  told 503 and when to come back",
            format!("{}, p99 {}", count(told.refused), ms(told.refused_p99)),
            "",
        ),
        Fact::new("  told anything else", count(told.failed), "0"),
        Fact::new(
            "  memory before, and most of it meanwhile",
            format!("{} MiB, {} MiB", mib(before), mib(most)),
            "bounded",
        ),
        Fact::new("  as quick as before again after", ms(recovered), "2 s"),
    ])
}

async fn one_after_the_other(listening: &Listening, newest: Date, times: u64) -> anyhow::Result<Times> {
    let mut client = Client::connect(listening.address).await?;
    let mut took = Times::default();
    for n in 0..times {
        let start = Instant::now();
        client.get(&overview(newest, n)).await?;
        took.since(start);
    }
    Ok(took)
}

/// Answers a second for clients who each wait for theirs.
async fn peak(listening: &Listening, newest: Date, seconds: u32) -> anyhow::Result<f64> {
    let until = Instant::now() + Duration::from_secs(u64::from(seconds));
    let mut clients = JoinSet::new();
    for n in 0..CLIENTS {
        let address = listening.address;
        clients.spawn(async move {
            let mut client = Client::connect(address).await?;
            let mut answered = 0_u64;
            while Instant::now() < until {
                client.get(&overview(newest, answered * CLIENTS + n)).await?;
                answered += 1;
            }
            Ok::<_, anyhow::Error>(answered)
        });
    }
    let mut answered = 0;
    while let Some(client) = clients.join_next().await {
        answered += client??;
    }
    Ok(answered as f64 / f64::from(seconds))
}

/// Milliseconds until answers are as quick as usual.
async fn recovery(listening: &Listening, newest: Date, usual: f64) -> anyhow::Result<f64> {
    let start = Instant::now();
    let mut client = Client::connect(listening.address).await?;
    let (mut in_a_row, mut first) = (0, 0.0);
    for n in 0.. {
        let begun = Instant::now();
        let answer = client.ask(&overview(newest, n), &[]).await?;
        let took = begun.elapsed().as_secs_f64() * 1e3;
        if answer.status().is_success() && took < 2.0 * usual.max(1.0) {
            if in_a_row == 0 {
                first = begun.duration_since(start).as_secs_f64() * 1e3;
            }
            in_a_row += 1;
        } else {
            in_a_row = 0;
        }
        if in_a_row == USUAL_AGAIN || start.elapsed() > Duration::from_secs(30) {
            break;
        }
    }
    Ok(first)
}
