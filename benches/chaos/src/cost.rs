//! `./x chaos cost`: a warm page, asked as fast as it goes, from a server that measures itself and from one that does not, in turns.

use std::process::{Command, ExitCode};
use std::time::{Duration, Instant};

use tokio::time::sleep;

use crate::ground::Ground;
use crate::load::Load;
use crate::machine::{self, mebibytes};
use crate::outcome::markdown;
use crate::served::{Served, free_address};

/// What is asked: a page that is kept, so that next to nothing but what goes with every request is done.
const PAGE: &str = "/campaigns";
const CLIENTS: u32 = 4;
/// What was promised, as a share.
const MOST: f64 = 0.01;
const MOST_BYTES: i64 = 20_000_000;

/// Measures and prints. Nothing fails where it costs more: it is a figure, not an expectation.
pub(crate) async fn run(ground: &Ground, turns: u32, seconds: u32) -> anyhow::Result<ExitCode> {
    let before = machine::load();
    let (seeing, blind) = (start(ground, false).await?, start(ground, true).await?);
    let length = Duration::from_secs(u64::from(seconds.max(1)));
    for served in [&seeing, &blind] {
        rate(served, length).await;
    }
    let (mut with, mut without, mut costs) = (Vec::new(), Vec::new(), Vec::new());
    for turn in 0..turns.max(1) {
        // Who is first has no advantage.
        let (one, other) = if turn % 2 == 0 { (&seeing, &blind) } else { (&blind, &seeing) };
        let (first, second) = (rate(one, length).await, rate(other, length).await);
        let (own, bare) = if turn % 2 == 0 { (first, second) } else { (second, first) };
        with.push(own);
        without.push(bare);
        costs.push(1.0 - own / bare);
    }
    let memory = i64::try_from(seeing.resident())? - i64::try_from(blind.resident())?;
    let rows = [
        ["requests a second, measured".to_owned(), format!("{:.0}", median(&mut with)), String::new()],
        [
            "requests a second, measuring nothing".to_owned(),
            format!("{:.0}", median(&mut without)),
            String::new(),
        ],
        [
            "throughput that measuring costs, median of the turns".to_owned(),
            format!("{:.2} %", median(&mut costs) * 100.0),
            format!("{:.0} %", MOST * 100.0),
        ],
        [
            "memory that it costs".to_owned(),
            format!("{}{}", if memory < 0 { "-" } else { "" }, mebibytes(memory.unsigned_abs())),
            format!("{:.0} MB", MOST_BYTES as f64 / 1e6),
        ],
    ];
    println!(
        "{}; load average before: {before}, after: {}. {PAGE}, kept, {CLIENTS} clients on the same cores, {turns} turns of {seconds} s.\n",
        machine::describe(),
        machine::load()
    );
    print!("{}", markdown(&["what", "ours", "promised, at most"], rows.into_iter()));
    Ok(ExitCode::SUCCESS)
}

async fn start(ground: &Ground, is_blind: bool) -> anyhow::Result<Served> {
    let (folder, address) = (ground.folder(if is_blind { "blind" } else { "seeing" })?, free_address()?);
    let mut command = Command::new(std::env::current_exe()?);
    command.arg("stand").arg(&folder).args(["--bind", &address.to_string()]);
    if is_blind {
        command.arg("--blind");
    }
    Served::run(command, ground, address).await
}

/// Requests a second.
async fn rate(served: &Served, length: Duration) -> f64 {
    let (load, begun) = (Load::of_one(served.address, CLIENTS, PAGE), Instant::now());
    sleep(length).await;
    let seen = load.end().await;
    seen.count(|status| status == 200) as f64 / begun.elapsed().as_secs_f64()
}

fn median(values: &mut [f64]) -> f64 {
    values.sort_by(f64::total_cmp);
    match values.len() {
        0 => f64::NAN,
        odd if odd % 2 == 1 => values[odd / 2],
        even => f64::midpoint(values[even / 2 - 1], values[even / 2]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_middle_of_turns() {
        assert_eq!(median(&mut [3.0, 1.0, 2.0]), 2.0);
        assert_eq!(median(&mut [4.0, 1.0, 2.0, 3.0]), 2.5);
        assert!(median(&mut []).is_nan());
    }
}
