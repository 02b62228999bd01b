//! `./x bench sign-in`: whether the time that a refused sign-in takes tells whether there is somebody of the name.
//!
//! Tries under names that somebody has and under names that nobody has go to the real router in turns, each from a place of its
//! own, with a password that is wrong. The two sets of times are compared by ranks (Mann and Whitney, with the normal
//! approximation, corrected for ties), which asks nothing of how times are distributed.

use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper::{Request, header};
use hyper_util::rt::TokioIo;
use insight::Insight;
use ledger::Ledger;
use people::{Cost, Password, Role};
use statrs::function::erf::erfc;
use store::catalog::{Actor, Grant, NewPerson};
use store::facts::Limits;
use tokio::net::TcpStream;
use web::{AppState, Rules};

use crate::machine;
use crate::server::Listening;
use crate::timing::Times;

/// How often nothing is said of a difference that is none, and how many of a hundred pairs may be told apart by more than chance.
const LEAST_P: f64 = 0.001;
const MOST_TOLD: f64 = 0.05;
/// Tries before any is counted.
const WARM_UP: usize = 20;

/// What comparing two sets of times gives.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Compared {
    /// In which share of all pairs the first is the larger; 0.5 where nothing tells them apart.
    share: f64,
    /// How likely a difference at least like this is by chance.
    p: f64,
}

/// Measures, and says what it means.
pub(crate) async fn run(pairs: usize) -> anyhow::Result<()> {
    let folder = tempfile::tempdir()?;
    let before = machine::load();
    let listening = serve(folder.path(), pairs).await?;
    let stream = TcpStream::connect(listening.address).await?;
    stream.set_nodelay(true)?;
    let (mut sender, connection) = handshake::<_, Full<Bytes>>(TokioIo::new(stream)).await?;
    tokio::spawn(connection);
    let (mut known, mut unknown) = (Vec::new(), Vec::new());
    for pair in 0..pairs + WARM_UP {
        // What one leaves behind meets the other as often: known first, then unknown first.
        for is_known in [pair % 2 == 0, pair % 2 != 0] {
            let person = pair % pairs;
            let name = if is_known { name(person) } else { format!("nobody-{pair}@example.org") };
            let took = refused(&mut sender, &name, pair).await?;
            if pair >= WARM_UP {
                if is_known { known.push(took) } else { unknown.push(took) }
            }
        }
    }
    let compared = compare(&known, &unknown).context("too few tries to say anything; ask for more")?;
    let times = |all: &[Duration]| {
        let mut times = Times::default();
        all.iter().for_each(|took| times.add(*took));
        format!("median {:.3} ms, 95th percentile {:.3} ms", times.median(), times.p95())
    };
    println!("{}; load average before: {before}, after: {}.", machine::describe(), machine::load());
    println!("{} refused sign-ins of each kind, in turns, over HTTP:", known.len());
    println!("  names that somebody has: {}", times(&known));
    println!("  names that nobody has:   {}", times(&unknown));
    println!(
        "  Mann-Whitney: p = {:.4}; the known name took longer in {:.1} % of all pairs (50 % tells nothing)",
        compared.p,
        compared.share * 100.0
    );
    drop(listening);
    if compared.p < LEAST_P && (compared.share - 0.5).abs() > MOST_TOLD {
        bail!("the time that a refused sign-in takes tells whether there is somebody of the name");
    }
    println!("  Nothing tells them apart.");
    Ok(())
}

fn name(person: usize) -> String {
    format!("person-{person}@example.org")
}

/// A server with so many people, all with one password at the cost that servers have.
async fn serve(folder: &std::path::Path, people: usize) -> anyhow::Result<Listening> {
    let ledger = Ledger::open(folder, Limits { memory_mib: 256, ..Limits::default() }).await?;
    let hash = Password::hash("correct horse battery", Cost::STANDARD)?;
    let by = Actor::this_machine();
    ledger.catalog().set_up(&by, "Northwind", "ada@example.org", "Ada", &hash).await?;
    for person in 0..people {
        let grant = Grant { role: Role::Viewer, organisation: 1, workspace: None, accounts: None };
        let email = name(person);
        let new = NewPerson { email: &email, name: &email, password_hash: Some(&hash), grant };
        ledger.catalog().add_person(&by, &new).await?;
    }
    let insight = Insight::new(ledger.facts().clone());
    // Each try comes from a place of its own, as the proxy in front says: how often one place may try is not what is measured.
    let rules = Rules { pace: None, proxies: vec![[127, 0, 0, 1].into()], ..Rules::default() };
    let state = AppState::new(ledger, std::sync::Arc::new(insight), folder).entered_by(rules);
    Listening::start(state).await
}

/// How long it takes to be refused under a name.
async fn refused(
    sender: &mut SendRequest<Full<Bytes>>,
    name: &str,
    place: usize,
) -> anyhow::Result<Duration> {
    let form = format!("email={}&password=something+else+entirely", name.replace('@', "%40"));
    let [_, _, high, low] = u32::try_from(place)?.to_be_bytes();
    let request = Request::post("/sign-in")
        .header(header::HOST, "127.0.0.1")
        .header("x-forwarded-for", format!("198.18.{high}.{low}"))
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .body(Full::new(Bytes::from(form)))?;
    sender.ready().await?;
    let began = Instant::now();
    let response = sender.send_request(request).await?;
    let status = response.status();
    let body = response.into_body().collect().await?.to_bytes();
    let took = began.elapsed();
    if status != 401 {
        bail!("a sign-in as {name} was answered with {status}: {}", String::from_utf8_lossy(&body));
    }
    Ok(took)
}

/// Compares two sets by the ranks of their members among all; `None` if there are none, or all are equal.
fn compare(one: &[Duration], other: &[Duration]) -> Option<Compared> {
    let of_one = one.iter().map(|took| (*took, true));
    let mut all: Vec<(Duration, bool)> = of_one.chain(other.iter().map(|took| (*took, false))).collect();
    all.sort_unstable();
    let (mut ranks, mut ties, mut at) = (0.0, 0.0, 0);
    for equal in all.chunk_by(|(one, _), (other, _)| one == other) {
        let count = equal.len() as f64;
        // Those that are equal share the middle of their ranks.
        let rank = at as f64 + (count + 1.0) / 2.0;
        ranks += rank * equal.iter().filter(|(_, is_one)| *is_one).count() as f64;
        ties += count.powi(3) - count;
        at += equal.len();
    }
    let (n, m) = (one.len() as f64, other.len() as f64);
    let u = ranks - n * (n + 1.0) / 2.0;
    let variance = n * m / 12.0 * ((n + m + 1.0) - ties / ((n + m) * (n + m - 1.0)));
    (variance > 0.0).then(|| {
        let z = (u - n * m / 2.0) / variance.sqrt();
        Compared { share: u / (n * m), p: erfc(z.abs() / std::f64::consts::SQRT_2) }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn millis(times: &[u64]) -> Vec<Duration> {
        times.iter().copied().map(Duration::from_millis).collect()
    }

    #[test]
    fn ranks_are_compared_as_mann_and_whitney_do() {
        // All of one set above all of the other: U is n m, and z = 12.5 / sqrt(25 · 11 / 12).
        let compared = compare(&millis(&[6, 7, 8, 9, 10]), &millis(&[1, 2, 3, 4, 5])).unwrap();
        assert_eq!(compared.share, 1.0);
        assert!((compared.p - 0.009_023).abs() < 1e-5, "{compared:?}");
        // One like the other.
        let equal = compare(&millis(&[1, 2, 3, 4]), &millis(&[1, 2, 3, 4])).unwrap();
        assert!((equal.share - 0.5).abs() < 1e-12 && (equal.p - 1.0).abs() < 1e-12, "{equal:?}");
        // Ties share their rank: {1, 2, 2} and {2, 3}: U = 1.
        let ties = compare(&millis(&[1, 2, 2]), &millis(&[2, 3])).unwrap();
        assert!((ties.share - 1.0 / 6.0).abs() < 1e-12, "{ties:?}");
        assert_eq!(compare(&millis(&[1, 1]), &millis(&[1])), None);
        assert_eq!(compare(&[], &millis(&[1])), None);
    }

    #[test]
    fn a_difference_of_a_tenth_is_found_in_a_few_hundred() {
        let times = |shift: u64| {
            (0..300).map(|n| Duration::from_micros(10_000 + n * 7 % 1_000 + shift)).collect::<Vec<_>>()
        };
        assert!(compare(&times(0), &times(0)).unwrap().p > 0.9);
        let told = compare(&times(200), &times(0)).unwrap();
        assert!(told.p < LEAST_P && told.share - 0.5 > MOST_TOLD, "{told:?}");
    }
}
