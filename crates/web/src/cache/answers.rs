//! The kept answers, and the computations under way: one for each question, however many wait for it.

use std::collections::HashMap;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use jiff::Timestamp;
use moka::notification::RemovalCause;
use moka::sync::Cache;
use tokio::sync::{Semaphore, watch};

use super::counts::{Counts, one_more};
use super::kept::{Kept, Packed};
use super::outcome::Outcome;
use super::question::{Questions, no_questions};
use super::{CacheCounts, Keeping};
use crate::WebError;
use crate::encoding::Encoding;
use crate::watching::About;

/// How long an answer that could not be refreshed is left alone.
const PAUSE: Duration = Duration::from_secs(5);

/// The kept answers. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Answers(Arc<Shared>);

struct Shared {
    keeping: Keeping,
    kept: Cache<Arc<str>, Arc<Kept>>,
    flights: Mutex<Flights>,
    questions: Questions,
    counts: Arc<Counts>,
    /// Packing tightly takes a processor for a while.
    tightening: Arc<Semaphore>,
    /// Makes entity tags of this server unlike those of another run, whose folder or program may have been another.
    run: i128,
}

#[derive(Default)]
struct Flights {
    under_way: HashMap<Arc<str>, Flight>,
    last: u64,
}

/// A computation under way, from a state of the data.
struct Flight {
    number: u64,
    version: u64,
    landed: Arc<watch::Sender<Option<Outcome>>>,
}

/// Where an answer came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Source {
    /// It was kept, and fresh.
    Hit,
    /// It was kept; another is computed in the background.
    Stale,
    /// It was computed; from an earlier state of the data there was one or not, another request may have asked for it too.
    Computed { replaced: bool, collapsed: bool, took: Duration },
    /// It was kept from an earlier state of the data, as computing it failed with this status.
    Failed(u16),
}

impl Answers {
    pub fn new(keeping: Keeping) -> Self {
        let counts = Arc::new(Counts::default());
        let evictions = counts.clone();
        let kept = Cache::builder()
            .max_capacity(keeping.bytes)
            .weigher(|key: &Arc<str>, kept: &Arc<Kept>| kept.weight().saturating_add(key.len() as u32))
            .eviction_listener(move |_, _, cause| {
                if cause == RemovalCause::Size {
                    one_more(&evictions.evicted);
                }
            })
            .build();
        let run = Timestamp::now().as_nanosecond();
        let (questions, tightening) = (no_questions(), Arc::new(Semaphore::new(1)));
        let flights = Mutex::default();
        Self(Arc::new(Shared { keeping, kept, flights, questions, counts, tightening, run }))
    }

    pub fn keeping(&self) -> Keeping {
        self.0.keeping
    }

    pub(super) fn questions(&self) -> &Questions {
        &self.0.questions
    }

    pub fn run(&self) -> i128 {
        self.0.run
    }

    pub fn counts(&self) -> CacheCounts {
        self.0.kept.run_pending_tasks();
        let (entries, bytes) = (self.0.kept.entry_count(), self.0.kept.weighted_size());
        CacheCounts { entries, bytes, ..self.0.counts.read() }
    }

    pub fn not_modified(&self) {
        one_more(&self.0.counts.not_modified);
    }

    /// The answer to a question about a state of the data: kept, being computed already, or computed now. `compute` is called
    /// only where a computation begins.
    pub(super) async fn find<F>(
        &self,
        key: Arc<str>,
        version: u64,
        compute: impl FnOnce() -> F,
    ) -> (Outcome, Source)
    where
        F: Future<Output = Outcome> + Send + 'static,
    {
        let counts = &self.0.counts;
        let held = self.0.keeping.keep.then(|| self.0.kept.get(&key)).flatten();
        let earlier = match held {
            Some(kept) if kept.version == version => {
                let age_ms = u64::try_from(kept.age().as_millis()).unwrap_or(u64::MAX);
                counts.age_ms.fetch_add(age_ms, Ordering::Relaxed);
                if kept.age() < self.0.keeping.fresh {
                    one_more(&counts.hits);
                    self.tighten(&key, &kept);
                    return (Outcome::Kept(kept), Source::Hit);
                }
                one_more(&counts.stale);
                if kept.is_due(self.0.keeping.fresh) {
                    self.refresh(key, version, compute);
                }
                return (Outcome::Kept(kept), Source::Stale);
            }
            earlier => earlier,
        };
        one_more(&counts.misses);
        let begun = Instant::now();
        let (outcome, collapsed) = self.await_one(key, version, compute).await;
        match (outcome.failure(), earlier) {
            (Some(status), Some(kept)) if kept.age() < self.0.keeping.on_error => {
                one_more(&counts.stale_on_error);
                if let Outcome::Refused(error) = &outcome {
                    error.report("a kept answer");
                }
                tracing::warn!(status, "an earlier answer stands in for one that could not be had");
                (Outcome::Kept(kept), Source::Failed(status))
            }
            (_, earlier) => {
                (outcome, Source::Computed { replaced: earlier.is_some(), collapsed, took: begun.elapsed() })
            }
        }
    }

    /// The answer in an encoding, packed at most once, and how it is packed.
    pub(super) async fn bytes(
        &self,
        key: &Arc<str>,
        kept: &Arc<Kept>,
        encoding: Encoding,
    ) -> Result<(bytes::Bytes, Packed), WebError> {
        let (bytes, packed) = kept.bytes(encoding, &self.0.counts).await?;
        if packed == Packed::Now {
            self.weigh_again(key, kept);
        }
        Ok((bytes, packed))
    }

    /// Packs an answer that is asked often as tightly as possible, one at a time, while it is served as it is.
    fn tighten(&self, key: &Arc<str>, kept: &Arc<Kept>) {
        if !kept.is_worth_tightening() {
            return;
        }
        let Ok(place) = self.0.tightening.clone().try_acquire_owned() else { return };
        let (answers, key, kept) = (self.clone(), key.clone(), kept.clone());
        tokio::task::spawn_blocking(move || {
            kept.tighten(&answers.0.counts);
            answers.weigh_again(&key, &kept);
            drop(place);
        });
    }

    /// An answer was packed in one more way.
    fn weigh_again(&self, key: &Arc<str>, kept: &Arc<Kept>) {
        if !self.0.keeping.keep {
            return;
        }
        let _flights = self.flights();
        if self.0.kept.get(key).is_some_and(|now| Arc::ptr_eq(&now, kept)) {
            self.0.kept.insert(key.clone(), kept.clone());
        }
    }

    /// Joins the computation that is under way, or begins one; and whether it was under way.
    async fn await_one<F>(&self, key: Arc<str>, version: u64, compute: impl FnOnce() -> F) -> (Outcome, bool)
    where
        F: Future<Output = Outcome> + Send + 'static,
    {
        let joined = {
            let flights = self.flights();
            let flight = flights.under_way.get(&key).filter(|flight| flight.version == version);
            flight.filter(|_| self.0.keeping.coalesce).map(|flight| flight.landed.subscribe())
        };
        if let Some(mut landed) = joined {
            one_more(&self.0.counts.coalesced);
            if let Ok(Some(outcome)) = landed.wait_for(Option::is_some).await.as_deref() {
                return (outcome.clone(), true);
            }
            // It ended without an outcome, as all others who waited had left just before. The next one is begun here.
        }
        let (mut landed, begun) = {
            let mut flights = self.flights();
            match flights.under_way.get(&key) {
                Some(flight) if flight.version == version && self.0.keeping.coalesce => {
                    (flight.landed.subscribe(), None)
                }
                _ => {
                    let flight = flights.begin(&key, version);
                    (flight.landed.subscribe(), Some(flight))
                }
            }
        };
        if let Some(flight) = begun {
            self.fly(&key, flight, compute(), true);
        }
        match landed.wait_for(Option::is_some).await.as_deref() {
            Ok(Some(outcome)) => (outcome.clone(), false),
            _ => (Outcome::refused(WebError::internal("the computation ended without an answer")), false),
        }
    }

    /// Computes an answer anew while the kept one is served, unless that is under way.
    fn refresh<F>(&self, key: Arc<str>, version: u64, compute: impl FnOnce() -> F)
    where
        F: Future<Output = Outcome> + Send + 'static,
    {
        let begun = {
            let mut flights = self.flights();
            let is_idle = flights.under_way.get(&key).is_none_or(|flight| flight.version != version);
            is_idle.then(|| flights.begin(&key, version))
        };
        if let Some(flight) = begun {
            one_more(&self.0.counts.refreshes);
            self.fly(&key, flight, compute(), false);
        }
    }

    /// Computes on a task of its own: who waits may leave without ending it for others. Where all have left it is ended. Not
    /// to be called with the flights locked: where the server is stopping, the task ends, and lands, at once.
    fn fly<F>(&self, key: &Arc<str>, flight: Flight, compute: F, awaited: bool)
    where
        F: Future<Output = Outcome> + Send + 'static,
    {
        one_more(&self.0.counts.computed);
        let about = About::now();
        let landing = Landing { answers: self.clone(), key: key.clone(), number: flight.number };
        tokio::spawn(About::over(about, async move {
            let all_left = async {
                match awaited {
                    true => flight.landed.closed().await,
                    false => std::future::pending().await,
                }
            };
            let outcome = tokio::select! {
                outcome = compute => outcome,
                () = all_left => return,
            };
            let outcome = landing.answers.land(&landing.key, outcome).await;
            drop(landing);
            // Who waits tells of it. Nobody waits for a refresh.
            if let (Outcome::Refused(error), false) = (&outcome, awaited) {
                error.report("a refresh");
            }
            flight.landed.send_replace(Some(outcome));
        }));
    }

    /// Keeps what was computed. Errors are not kept; of states of the data the later one is.
    async fn land(&self, key: &Arc<str>, outcome: Outcome) -> Outcome {
        let held = self.0.keeping.keep.then(|| self.0.kept.get(key)).flatten();
        match outcome {
            Outcome::Kept(kept) if self.0.keeping.keep => {
                let kept = match (held, Arc::try_unwrap(kept)) {
                    (Some(older), Ok(kept)) => Arc::new(kept.follow(&older, &self.0.counts).await),
                    (None, Ok(kept)) => Arc::new(kept),
                    (_, Err(kept)) => kept,
                };
                let _flights = self.flights();
                if self.0.kept.get(key).is_none_or(|now| now.version <= kept.version) {
                    self.0.kept.insert(key.clone(), kept.clone());
                }
                Outcome::Kept(kept)
            }
            outcome => {
                if outcome.failure().is_some() {
                    one_more(&self.0.counts.failed);
                }
                if let Some(older) = held {
                    older.hold_off(PAUSE.min(self.0.keeping.fresh));
                }
                outcome
            }
        }
    }

    fn flights(&self) -> MutexGuard<'_, Flights> {
        self.0.flights.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Flights {
    fn begin(&mut self, key: &Arc<str>, version: u64) -> Flight {
        self.last += 1;
        let (landed, _) = watch::channel(None);
        let flight = Flight { number: self.last, version, landed: Arc::new(landed) };
        let known = Flight { landed: flight.landed.clone(), ..flight };
        self.under_way.insert(key.clone(), known);
        flight
    }
}

/// Takes a computation off the list when it ends, however it ends.
struct Landing {
    answers: Answers,
    key: Arc<str>,
    number: u64,
}

impl Drop for Landing {
    fn drop(&mut self) {
        let mut flights = self.answers.flights();
        if flights.under_way.get(&self.key).is_some_and(|flight| flight.number == self.number) {
            flights.under_way.remove(&self.key);
        }
    }
}
