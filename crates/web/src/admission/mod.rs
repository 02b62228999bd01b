//! Admission to the engine. It serves about as many questions at once as there are cores; more at once make all of them
//! slower. The others wait in a short line or are told to come back, before every answer is late.

mod line;

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use axum::http::StatusCode;
use store::WorkspaceId;
use tokio::sync::oneshot;

use crate::WebError;
use line::{Came, Line};

/// How much a question asks of the engine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Load {
    /// What every page needs: milliseconds.
    Light,
    /// What may read everything there is.
    Heavy,
}

impl Load {
    fn other(self) -> Self {
        match self {
            Self::Light => Self::Heavy,
            Self::Heavy => Self::Light,
        }
    }
}

/// How many questions may be asked of the engine.
#[derive(Debug, Clone, Copy)]
pub struct Places {
    /// Questions at once, at least 2. Heavy ones take all but one of them.
    pub running: usize,
    /// Questions that may wait.
    pub waiting: usize,
    /// Longest time that one waits.
    pub patience: Duration,
}

impl Default for Places {
    fn default() -> Self {
        let cores = std::thread::available_parallelism().map_or(2, usize::from);
        Self { running: cores.max(2), waiting: 64, patience: Duration::from_secs(5) }
    }
}

impl Places {
    fn heavy(self) -> usize {
        self.running.saturating_sub(1).max(1)
    }
}

/// What the admission has counted since the server was started, and how it stands.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct AdmissionCounts {
    /// Questions that were admitted.
    pub admitted: u64,
    /// Questions that waited before.
    pub waited: u64,
    /// Questions that were told to come back.
    pub refused: u64,
    /// Questions that are answered right now.
    pub running: usize,
    /// Questions that wait right now.
    pub waiting: usize,
}

/// Admission to the engine. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Admission(Arc<Shared>);

struct Shared {
    places: Places,
    line: Mutex<Line<oneshot::Sender<Permit>>>,
    /// How long answers took lately, in microseconds.
    usual_us: AtomicU64,
    admitted: AtomicU64,
    waited: AtomicU64,
    refused: AtomicU64,
}

/// A place at the engine, until it is dropped.
pub(crate) struct Permit {
    shared: Arc<Shared>,
    load: Load,
    since: Instant,
}

impl Admission {
    pub fn new(places: Places) -> Self {
        let places = Places { running: places.running.max(2), ..places };
        Self(Arc::new(Shared {
            places,
            line: Mutex::new(Line::new(places)),
            usual_us: AtomicU64::new(20_000),
            admitted: AtomicU64::new(0),
            waited: AtomicU64::new(0),
            refused: AtomicU64::new(0),
        }))
    }

    /// Waits for a place at the engine. Who stops waiting leaves the line.
    pub async fn enter(&self, load: Load, workspace: WorkspaceId) -> Result<Permit, WebError> {
        let shared = &self.0;
        let (call, called) = oneshot::channel();
        let came = shared.line().come(load, workspace, call);
        let ticket = match came {
            Came::Admitted => return Ok(shared.admit(load)),
            Came::Full => return Err(shared.refuse()),
            // Whose call is dropped has lost the place to wait.
            Came::Waits(ticket, out) => {
                drop(out);
                ticket
            }
        };
        shared.waited.fetch_add(1, Ordering::Relaxed);
        let _leaving = Leaving { shared, ticket };
        match tokio::time::timeout(shared.places.patience, called).await {
            Ok(Ok(permit)) => Ok(permit),
            Ok(Err(_)) | Err(_) => Err(shared.refuse()),
        }
    }

    pub fn counts(&self) -> AdmissionCounts {
        let shared = &self.0;
        let line = shared.line();
        AdmissionCounts {
            admitted: shared.admitted.load(Ordering::Relaxed),
            waited: shared.waited.load(Ordering::Relaxed),
            refused: shared.refused.load(Ordering::Relaxed),
            running: line.busy(),
            waiting: line.len(),
        }
    }
}

impl Shared {
    fn line(&self) -> MutexGuard<'_, Line<oneshot::Sender<Permit>>> {
        self.line.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn admit(self: &Arc<Self>, load: Load) -> Permit {
        self.admitted.fetch_add(1, Ordering::Relaxed);
        Permit { shared: self.clone(), load, since: Instant::now() }
    }

    fn refuse(&self) -> WebError {
        self.refused.fetch_add(1, Ordering::Relaxed);
        let waiting = self.line().len() as u64;
        let (usual_us, running) = (self.usual_us.load(Ordering::Relaxed), self.places.running as u64);
        let seconds = (waiting.saturating_mul(usual_us) / running / 1_000_000).clamp(1, 60);
        WebError::told(
            StatusCode::SERVICE_UNAVAILABLE,
            "overloaded",
            "Too much is asked at once",
            "the server has more questions waiting than it can answer soon",
        )
        .remedy(format!("try again in {seconds} s"))
        .retry_after(seconds as u32)
    }

    /// Gives a place back, to the next who waits for one. Who has gone meanwhile drops the permit, which gives it back again.
    fn done(self: &Arc<Self>, load: Load) {
        let next = self.line().done(load);
        if let Some((next, call)) = next {
            drop(call.send(self.admit(next)));
        }
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        let took_us = u64::try_from(self.since.elapsed().as_micros()).unwrap_or(u64::MAX);
        // A moving mean; losing an update to another thread does no harm.
        let usual_us = self.shared.usual_us.load(Ordering::Relaxed);
        self.shared.usual_us.store(usual_us - usual_us / 8 + took_us / 8, Ordering::Relaxed);
        self.shared.done(self.load);
    }
}

/// One who waits, until called or gone.
struct Leaving<'a> {
    shared: &'a Shared,
    ticket: u64,
}

impl Drop for Leaving<'_> {
    fn drop(&mut self) {
        self.shared.line().leave(self.ticket);
    }
}
