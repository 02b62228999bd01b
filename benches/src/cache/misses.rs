//! What has to be computed while readers come: a new question, one whose answer is due, one whose data has changed.

use std::collections::HashSet;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use anyhow::bail;
use bytes::Bytes;
use http_body_util::{BodyExt, Empty};
use hyper::{Request, header};
use tokio::task::JoinSet;
use tower::ServiceExt;
use web::Limits;

use super::fact::{Fact, ms};
use super::questions::OVERVIEW;
use super::{Lengths, TAKES};
use crate::restatement::{Scope, restate};
use crate::server::{Client, Listening, Server};
use crate::timing::Times;

/// How many ask at once for what nobody has asked for yet.
const HERD: usize = 1000;
/// Readers that ask without a pause.
const READERS: usize = 4;

pub(super) async fn facts(server: &Server, folder: &Path, lengths: Lengths) -> anyhow::Result<Vec<Fact>> {
    let mut facts = vec![herd(server, Limits::default(), "1 computation").await?];
    facts.extend(due(server, lengths).await?);
    facts.extend(changed(server, folder).await?);
    Ok(facts)
}

/// A thousand equal questions at once, none of which was asked before.
pub(super) async fn herd(server: &Server, limits: Limits, promised: &'static str) -> anyhow::Result<Fact> {
    let what = match limits.keeping.coalesce {
        true => format!("{HERD} at once ask what nobody asked before"),
        false => format!("  {HERD} at once, each on its own"),
    };
    let kept = server.beside(limits).await?;
    let router = web::router(kept.state.clone());
    let start = Instant::now();
    let mut readers = JoinSet::new();
    for _ in 0..HERD {
        let request = Request::get(OVERVIEW).header(header::HOST, "127.0.0.1").header(TAKES.0, TAKES.1);
        let (router, request) = (router.clone(), request.body(Empty::<Bytes>::new())?);
        readers.spawn(async move {
            let response = router.oneshot(request).await?;
            let is_good = response.status().is_success();
            response.into_body().collect().await?;
            Ok::<_, anyhow::Error>(is_good)
        });
    }
    let mut good = 0;
    while let Some(reader) = readers.join_next().await {
        good += usize::from(reader??);
    }
    let took = start.elapsed().as_secs_f64() * 1e3;
    let computed = kept.state.cache_counts().computed;
    let found = format!("{computed} computed, {good} answered, the last after {}", ms(took));
    Ok(Fact::new(what, found, promised))
}

/// Answers that are due every second.
async fn due(server: &Server, lengths: Lengths) -> anyhow::Result<Vec<Fact>> {
    let mut limits = Limits::default();
    limits.keeping.fresh = Duration::from_secs(1);
    let kept = server.beside(limits).await?;
    let mut client = Client::connect(kept.address).await?;
    client.ask(OVERVIEW, &[TAKES]).await?;
    let readers = Readers::start(&kept);
    tokio::time::sleep(Duration::from_secs(u64::from(lengths.usual))).await;
    let seen = readers.stop().await?;
    let counts = kept.state.cache_counts();
    let asked = web::format::count(seen.inside.count() as u64);
    Ok(vec![
        Fact::new(
            format!("answers due every second, {READERS} readers: slowest inside the server"),
            format!("{} of {asked}", ms(seen.inside.worst())),
            "5 ms",
        ),
        Fact::new(
            "  as the readers see it, who share the cores",
            format!("p99 {}, slowest {}", ms(seen.outside.p99()), ms(seen.outside.worst())),
            "",
        ),
        Fact::new(
            "  computed in these seconds",
            format!("{} in {} s, {} waited for", counts.refreshes, lengths.usual, counts.misses - 1),
            "one each time, 0 waited for",
        ),
    ])
}

/// A month of an account is told anew while readers ask.
async fn changed(server: &Server, folder: &Path) -> anyhow::Result<Vec<Fact>> {
    let kept = server.beside(Limits::default()).await?;
    let mut client = Client::connect(kept.address).await?;
    let before = client.get(OVERVIEW).await?;
    let file = Scope::choose(server)?.write(server, folder, 1)?;
    let readers = Readers::start(&kept);
    let start = Instant::now();
    let import = restate(server, &file).await?;
    let took = start.elapsed();
    let start = Instant::now();
    let after = client.get(OVERVIEW).await?;
    let next = start.elapsed().as_secs_f64() * 1e3;
    let seen = readers.stop().await?;
    server.ledger.undo(server.workspace.id, import).await?;
    let mixtures = seen.bodies.iter().filter(|body| **body != before && **body != after).count();
    let shows = if after == before { "does not show" } else { "shows" };
    Ok(vec![
        Fact::new(
            format!("an import of {:.1} s under load: the next request", took.as_secs_f64()),
            format!("{shows} it, after {}", ms(next)),
            "shows it",
        ),
        Fact::new("  answers that are neither before nor after", mixtures.to_string(), "0"),
        Fact::new("  slowest of the readers", ms(seen.outside.worst()), ""),
    ])
}

/// Clients that ask for the overview until they are stopped.
struct Readers {
    done: Arc<AtomicBool>,
    tasks: JoinSet<anyhow::Result<Seen>>,
}

/// What readers saw.
#[derive(Default)]
struct Seen {
    inside: Times,
    outside: Times,
    bodies: HashSet<Bytes>,
}

impl Readers {
    fn start(kept: &Listening) -> Self {
        let done = Arc::new(AtomicBool::new(false));
        let mut tasks = JoinSet::new();
        for _ in 0..READERS {
            let (done, address) = (done.clone(), kept.address);
            tasks.spawn(async move {
                let mut client = Client::connect(address).await?;
                let mut seen = Seen::default();
                while !done.load(Ordering::Relaxed) {
                    let start = Instant::now();
                    let answer = client.ask(OVERVIEW, &[]).await?;
                    seen.outside.since(start);
                    if !answer.status().is_success() {
                        bail!("a reader was told {}", answer.status());
                    }
                    let timing = answer.headers().get("server-timing").and_then(|text| text.to_str().ok());
                    if let Some(took) = timing.and_then(total) {
                        seen.inside.add(took);
                    }
                    if !seen.bodies.contains(answer.body()) {
                        seen.bodies.insert(answer.into_body());
                    }
                }
                Ok(seen)
            });
        }
        Self { done, tasks }
    }

    async fn stop(mut self) -> anyhow::Result<Seen> {
        self.done.store(true, Ordering::Relaxed);
        let mut all = Seen::default();
        while let Some(seen) = self.tasks.join_next().await {
            let seen = seen??;
            all.inside.join(seen.inside);
            all.outside.join(seen.outside);
            all.bodies.extend(seen.bodies);
        }
        Ok(all)
    }
}

/// How long the server says that it took.
fn total(timing: &str) -> Option<Duration> {
    let (_, total) = timing.split_once("total;dur=")?;
    let milliseconds: f64 = total.split([',', ';']).next()?.trim().parse().ok()?;
    Some(Duration::from_secs_f64(milliseconds / 1e3))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_total_is_read() {
        assert_eq!(total("cache;desc=hit, total;dur=0.250"), Some(Duration::from_micros(250)));
        assert_eq!(total("cache;desc=hit"), None);
    }
}
