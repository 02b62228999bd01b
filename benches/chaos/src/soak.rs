//! `./x soak`: half of the most that the server can answer, for a long time, with imports going on; and one who only probes.

use std::net::SocketAddr;
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use anyhow::Context;
use tokio::time::{interval, sleep};

use crate::asking::{get, json};
use crate::figures::{believed, of_ours, torn};
use crate::ground::Ground;
use crate::load::{Asked, Load, Seen};
use crate::machine::{self, mebibytes};
use crate::outcome::{markdown, millis};
use crate::scenarios::Sending;
use crate::served::Served;
use crate::slope::slope;

const READERS: u32 = 8;
/// How long is looked for the most it can answer.
const PEAK: Duration = Duration::from_secs(10);
/// How often memory and files are looked at.
const SAMPLE: Duration = Duration::from_secs(5);
/// Between two imports: a file of days of its own each.
const IMPORTS: Duration = Duration::from_secs(5);
/// Between two probes.
const PROBES: Duration = Duration::from_secs(1);
/// What was counted is written down within it.
const WRITTEN: Duration = Duration::from_secs(12);
/// From so long a soak on, what grows is not as expected: before, caches fill.
const LONG: u32 = 30;
/// MB an hour that may be noise.
const FLAT: f64 = 20.0;

/// What was sampled of the server: hours since the beginning, bytes, files.
#[derive(Debug, Clone, Copy)]
struct Sample {
    hours: f64,
    bytes: u64,
    files: usize,
}

/// Soaks a server and prints what came of it.
pub(crate) async fn run(ground: &Ground, minutes: u32, rate: Option<u32>) -> anyhow::Result<ExitCode> {
    let folder = ground.folder("soak")?;
    let served = Served::start(ground, &folder).await?;
    let address = served.address;
    let before = believed(address).await?;
    let rate = match rate {
        Some(rate) => f64::from(rate),
        None => peak(address).await / 2.0,
    };
    sleep(WRITTEN).await;
    let counted = counted(address).await?;

    eprintln!("soak: {rate:.0} requests a second for {minutes} min");
    let load = Load::paced(address, READERS, rate.max(1.0));
    let sending = Sending::begin(address, IMPORTS);
    let prober = Prober::begin(address);
    let samples = sampled(&served, Duration::from_secs(60 * u64::from(minutes.max(1)))).await;
    let (seen, sent, probes) = (load.end().await, sending.end().await, prober.end().await);
    sleep(WRITTEN).await;
    let own = self::counted(address).await?;
    let own = Counted { requests: own.requests - counted.requests, failed: own.failed - counted.failed };
    let (after, ours) = (believed(address).await?, of_ours(address).await?);

    let mut wrong = torn(&sent, &ours);
    let mut expect = |is_so: bool, otherwise: String| wrong.extend((!is_so).then_some(otherwise));
    expect(after == before, "the figures of before are not what they were".to_owned());
    let errors = seen.count(|status| status != 200);
    expect(errors == 0, format!("{errors} requests were not answered with 200: {}", seen.words()));
    let refused = sent.iter().filter(|sent| !sent.is_taken).count();
    expect(refused == 0, format!("{refused} imports were refused"));

    let quarters = [quarter(&seen, 0.0, 0.25), quarter(&seen, 0.75, 1.0)];
    let [first, last] = quarters.map(|quarter| quarter.quantile(0.99).unwrap_or_default());
    expect(last < first * 2 + Duration::from_millis(25), "the slowest became slower".to_owned());
    // Caches fill in the first fifth.
    let warm = &samples[samples.len() / 5..];
    let grows =
        slope(&warm.iter().map(|sample| (sample.hours, sample.bytes as f64 / 1e6)).collect::<Vec<_>>());
    if minutes >= LONG {
        expect(grows.is_some_and(|grows| grows < FLAT), "memory grows".to_owned());
    }
    let files = [warm.first(), warm.last()].map(|sample| sample.map_or(0, |sample| sample.files));
    expect(files[1] <= files[0] + 16, "open files grow".to_owned());

    let share = |good: u64, all: u64| if all == 0 { f64::NAN } else { good as f64 / all as f64 };
    let probed = share(probes.count(|status| status == 200), probes.0.len() as u64);
    let told = share(own.requests.saturating_sub(own.failed), own.requests);
    let asked = (seen.0.len() + sent.len() + probes.0.len()) as u64;
    expect(
        (probed - told).abs() < 1e-4,
        "what Adroit tells of its availability is not what was probed".to_owned(),
    );
    expect(own.requests == asked, format!("Adroit counted {} requests of {asked}", own.requests));
    served.stop().await?;

    let row = |what: &str, figure: String| [what.to_owned(), figure];
    let memory = |sample: Option<&Sample>| sample.map_or_else(String::new, |sample| mebibytes(sample.bytes));
    let rows = vec![
        row("minutes, requests a second", format!("{minutes}, {rate:.0}")),
        row("requests", web::format::count(seen.0.len() as u64)),
        row("errors", errors.to_string()),
        row(
            "imports meanwhile, of them lost or torn",
            format!("{}, {}", sent.len(), torn(&sent, &ours).len()),
        ),
        row("memory after a fifth, at the end", format!("{}, {}", memory(warm.first()), memory(warm.last()))),
        row(
            "memory slope from then on",
            grows.map_or_else(|| "-".to_owned(), |grows| format!("{grows:.1} MB/h")),
        ),
        row("p99, first and last quarter", format!("{:.1} ms, {:.1} ms", millis(first), millis(last))),
        row("file descriptors, first and last", format!("{}, {}", files[0], files[1])),
        row(
            "requests sent, and counted by Adroit",
            format!("{}, {}", web::format::count(asked), web::format::count(own.requests)),
        ),
        row("availability probed from outside", format!("{:.4} % of {}", probed * 100.0, probes.0.len())),
        row("availability told by Adroit", format!("{:.4} %", told * 100.0)),
        row(
            "as expected",
            if wrong.is_empty() { "yes".to_owned() } else { format!("NO: {}", wrong.join("; ")) },
        ),
    ];
    println!("{}; load average {}.\n", machine::describe(), machine::load());
    print!("{}", markdown(&["soak", "figure"], rows.into_iter()));
    Ok(if wrong.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// The most it answers in a second, asked without a pause.
async fn peak(address: SocketAddr) -> f64 {
    let (load, begun) = (Load::begin(address, READERS, Duration::ZERO), Instant::now());
    sleep(PEAK).await;
    let seen = load.end().await;
    seen.count(|status| status == 200) as f64 / begun.elapsed().as_secs_f64()
}

async fn sampled(served: &Served, length: Duration) -> Vec<Sample> {
    let (begun, mut often, mut samples) = (Instant::now(), interval(SAMPLE), Vec::new());
    while begun.elapsed() < length {
        often.tick().await;
        let hours = begun.elapsed().as_secs_f64() / 3600.0;
        samples.push(Sample { hours, bytes: served.resident(), files: served.open_files() });
    }
    samples
}

/// Requests to pages and API since they are counted, and those that failed, as the server tells.
struct Counted {
    requests: u64,
    failed: u64,
}

async fn counted(address: SocketAddr) -> anyhow::Result<Counted> {
    let told = json(address, "/api/v1/status").await?;
    let objectives = told["objectives"].as_array().context("there are no objectives")?;
    let own =
        objectives.iter().find(|own| own["objective"] == "availability").context("none is availability")?;
    let figure = |name: &str| own[name].as_u64().with_context(|| format!("{name} is not told: {own}"));
    Ok(Counted { requests: figure("requests")?, failed: figure("bad")? })
}

/// The requests of a part of the time.
fn quarter(seen: &Seen, from: f64, to: f64) -> Seen {
    let end = seen.0.last().map(|asked| asked.at).unwrap_or_default();
    let is_in = |asked: &&Asked| asked.at >= end.mul_f64(from) && asked.at <= end.mul_f64(to);
    Seen(seen.0.iter().filter(is_in).copied().collect())
}

/// One who asks for a page once a second, on a connection of its own each time, as a monitor outside does.
struct Prober {
    is_over: Arc<AtomicBool>,
    probing: tokio::task::JoinHandle<Seen>,
}

impl Prober {
    fn begin(address: SocketAddr) -> Self {
        let is_over = Arc::new(AtomicBool::new(false));
        let over = is_over.clone();
        let probing = tokio::spawn(async move {
            let (begun, mut often, mut seen) = (Instant::now(), interval(PROBES), Seen::default());
            while !over.load(Ordering::Relaxed) {
                often.tick().await;
                let sent = Instant::now();
                let status = get(address, "/campaigns").await.map_or(0, |answer| answer.status);
                seen.0.push(Asked { at: sent - begun, took: sent.elapsed(), status });
            }
            seen
        });
        Self { is_over, probing }
    }

    async fn end(self) -> Seen {
        self.is_over.store(true, Ordering::Relaxed);
        self.probing.await.unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quarters_are_of_the_time() {
        let asked = |second| Asked {
            at: Duration::from_secs(second),
            took: Duration::from_millis(second),
            status: 200,
        };
        let seen = Seen((0..=100).map(asked).collect());
        assert_eq!(quarter(&seen, 0.0, 0.25).0.len(), 26);
        assert_eq!(quarter(&seen, 0.75, 1.0).quantile(0.0), Some(Duration::from_millis(75)));
    }
}
