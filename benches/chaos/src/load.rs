//! Readers, who ask a server again and again and count what they get.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use tokio::task::JoinSet;
use tokio::time::{sleep, sleep_until};

use crate::asking::Client;

/// After no answer a reader waits so long before asking again.
const REFUSED: Duration = Duration::from_millis(20);

/// One request: when it was sent, how long it took, and the status of its answer; 0 where there was none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Asked {
    pub at: Duration,
    pub took: Duration,
    pub status: u16,
}

/// What readers saw.
#[derive(Debug, Clone, Default)]
pub(crate) struct Seen(pub Vec<Asked>);

impl Seen {
    /// How often each status was seen; 0 for no answer.
    pub fn counts(&self) -> BTreeMap<u16, u64> {
        let mut counts = BTreeMap::new();
        for asked in &self.0 {
            *counts.entry(asked.status).or_default() += 1;
        }
        counts
    }

    /// How many were answered in one of these ways.
    pub fn count(&self, is_meant: impl Fn(u16) -> bool) -> u64 {
        self.0.iter().filter(|asked| is_meant(asked.status)).count() as u64
    }

    /// The time within which this part of the good answers came; none where there is none.
    pub fn quantile(&self, part: f64) -> Option<Duration> {
        quantile(self.0.iter().filter(|asked| asked.status == 200).map(|asked| asked.took), part)
    }

    /// In words: `1,204 × 200, 3 × 503`.
    pub fn words(&self) -> String {
        let word = |(status, count): (u16, u64)| match status {
            0 => format!("{} no answer", web::format::count(count)),
            status => format!("{} × {status}", web::format::count(count)),
        };
        let words: Vec<String> = self.counts().into_iter().map(word).collect();
        if words.is_empty() { "nobody asked".to_owned() } else { words.join(", ") }
    }
}

/// The time within which this part of all came.
pub(crate) fn quantile(times: impl Iterator<Item = Duration>, part: f64) -> Option<Duration> {
    let mut times: Vec<Duration> = times.collect();
    times.sort_unstable();
    let place = ((times.len() as f64 * part).ceil() as usize).clamp(1, times.len().max(1)) - 1;
    times.get(place).copied()
}

/// What is asked in turn: pages, figures that are kept, and, every eighth, figures that nobody asked for before.
fn path(turn: u64) -> String {
    match turn % 8 {
        0 | 4 => "/".to_owned(),
        1 => "/campaigns".to_owned(),
        2 | 6 => "/api/v1/overview".to_owned(),
        3 => "/api/v1/campaigns".to_owned(),
        5 => "/api/v1/analytics?by=platform,week&metrics=spend,clicks,conversions&range=last_90_days"
            .to_owned(),
        _ => {
            // Filters that differ are other questions.
            format!(
                "/api/v1/analytics?by=campaign&metrics=spend,clicks&range=all&filter=clicks%20%3E%20{turn}"
            )
        }
    }
}

/// Readers at work, until they are told to end.
pub(crate) struct Load {
    is_over: Arc<AtomicBool>,
    readers: JoinSet<Vec<Asked>>,
}

impl Load {
    /// So many readers, each asking the next thing after such a pause.
    pub fn begin(address: SocketAddr, readers: u32, pause: Duration) -> Self {
        let turns = Arc::new(AtomicU64::new(0));
        Self::of(readers, move |over, begun| {
            let turns = turns.clone();
            async move {
                let mut reader = Reader::at(address, begun);
                while !over.load(Ordering::Relaxed) {
                    reader.ask(&path(turns.fetch_add(1, Ordering::Relaxed))).await;
                    sleep(pause).await;
                }
                reader.seen
            }
        })
    }

    /// So many requests a second by all readers together, whatever becomes of them.
    pub fn paced(address: SocketAddr, readers: u32, rate: f64) -> Self {
        let turns = Arc::new(AtomicU64::new(0));
        Self::of(readers, move |over, begun| {
            let turns = turns.clone();
            async move {
                let mut reader = Reader::at(address, begun);
                while !over.load(Ordering::Relaxed) {
                    let turn = turns.fetch_add(1, Ordering::Relaxed);
                    sleep_until((begun + Duration::from_secs_f64(turn as f64 / rate)).into()).await;
                    reader.ask(&path(turn)).await;
                }
                reader.seen
            }
        })
    }

    /// One path again and again, without a pause.
    pub fn of_one(address: SocketAddr, readers: u32, path: &'static str) -> Self {
        Self::of(readers, move |over, begun| async move {
            let mut reader = Reader::at(address, begun);
            while !over.load(Ordering::Relaxed) {
                reader.ask(path).await;
            }
            reader.seen
        })
    }

    fn of<F>(readers: u32, reader: impl Fn(Arc<AtomicBool>, Instant) -> F) -> Self
    where
        F: Future<Output = Vec<Asked>> + Send + 'static,
    {
        let (is_over, begun) = (Arc::new(AtomicBool::new(false)), Instant::now());
        let mut tasks = JoinSet::new();
        for _ in 0..readers {
            tasks.spawn(reader(is_over.clone(), begun));
        }
        Self { is_over, readers: tasks }
    }

    /// Lets them end, and adds up what they saw, in the order in which it was asked.
    pub async fn end(mut self) -> Seen {
        self.is_over.store(true, Ordering::Relaxed);
        let mut seen = Vec::new();
        while let Some(Ok(asked)) = self.readers.join_next().await {
            seen.extend(asked);
        }
        seen.sort_unstable_by_key(|asked| asked.at);
        Seen(seen)
    }
}

/// One who asks, on a connection that is kept while it lasts.
struct Reader {
    address: SocketAddr,
    client: Option<Client>,
    begun: Instant,
    seen: Vec<Asked>,
}

impl Reader {
    fn at(address: SocketAddr, begun: Instant) -> Self {
        Self { address, client: None, begun, seen: Vec::new() }
    }

    async fn ask(&mut self, path: &str) {
        let sent = Instant::now();
        let answer = async {
            let mut client = match self.client.take() {
                Some(client) => client,
                None => Client::connect(self.address, None).await?,
            };
            let answer = client.get(path).await?;
            self.client = Some(client);
            anyhow::Ok(answer.status)
        };
        let status = answer.await.unwrap_or(0);
        self.seen.push(Asked { at: sent - self.begun, took: sent.elapsed(), status });
        if status == 0 {
            sleep(REFUSED).await;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_seen_in_words_and_times() {
        let asked =
            |status, millis| Asked { at: Duration::ZERO, took: Duration::from_millis(millis), status };
        let seen = Seen((1..=1200).map(|n| asked(200, n)).chain([asked(503, 1), asked(0, 1)]).collect());
        assert_eq!(seen.words(), "1 no answer, 1,200 × 200, 1 × 503");
        assert_eq!(seen.quantile(0.99), Some(Duration::from_millis(1188)));
        assert_eq!((seen.count(|status| status >= 500), Seen::default().quantile(0.5)), (1, None));
    }
}
