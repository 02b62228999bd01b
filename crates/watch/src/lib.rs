//! What the program measures of itself, and its memory of it.
//!
//! [`Meter`] counts while requests are answered: no lock, no allocation. Every ten seconds what was counted since is written
//! down by [`Watch::keep`], in a file of its own, so that trouble with the catalog does not blind us. Distributions are kept as
//! histograms, which can be added up: percentiles of an hour come from the hour's histogram, never from percentiles.

mod failures;
mod known;
mod measured;
mod memory;
mod meter;
mod openmetrics;
mod process;
mod redacted;
mod requests;
mod series;
mod spread;

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use jiff::Timestamp;

pub use failures::{Failure, FailureGroup, FailureSample};
pub use known::{ALL, Kind, Known};
pub use measured::{Gauged, Measured};
pub use memory::{LENGTHS, Length, Piece, WatchError};
pub use meter::{Counter, Gauge, Meter, Timing};
pub use openmetrics::CONTENT_TYPE;
pub use redacted::redacted;
pub use requests::{Group, Requests, Standing};
pub use series::Series;
pub use spread::{Few, Spread, ceiling};

use failures::Failures;
use memory::Memory;

/// Every metric that is measured.
pub mod metrics {
    pub use crate::known::*;
}

/// How often what was measured is written down.
pub const TICK: Duration = Duration::from_secs(10);

/// What the program measures of itself, and its memory of it. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Watch(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    meter: Meter,
    requests: Requests,
    failures: Failures,
    memory: Option<Memory>,
    /// When what was measured was last taken.
    last: Mutex<Instant>,
}

/// The release that failures are of.
const RELEASE: &str = env!("CARGO_PKG_VERSION");

impl Watch {
    /// With a memory in this file, which is made if there is none.
    ///
    /// # Errors
    /// If the file can't be opened or written, or was written by a newer program.
    pub async fn open(path: &Path) -> Result<Self, WatchError> {
        Ok(Self::with(Some(Memory::open(path).await?)))
    }

    /// Measuring without remembering: for commands, and where the file can't be had.
    pub fn forgetful() -> Self {
        Self::with(None)
    }

    fn with(memory: Option<Memory>) -> Self {
        let meter = Meter::default();
        let requests = Requests::of(&meter);
        let (failures, last) = (Failures::default(), Mutex::new(Instant::now()));
        Self(Arc::new(Inner { meter, requests, failures, memory, last }))
    }

    /// Where is counted.
    pub fn meter(&self) -> &Meter {
        &self.0.meter
    }

    /// Where requests are counted.
    pub fn requests(&self) -> &Requests {
        &self.0.requests
    }

    /// Whether anything is remembered.
    pub fn remembers(&self) -> bool {
        self.0.memory.is_some()
    }

    /// Everything as OpenMetrics text, as [`CONTENT_TYPE`] names it.
    pub fn openmetrics(&self) -> String {
        process::measure(self.meter());
        openmetrics::written(&self.0.meter)
    }

    /// Writes down what was measured since the last time. What can't be written is lost, and a gap.
    ///
    /// # Errors
    /// If the file can't be written, because the disk is full for example.
    pub async fn tick(&self, now: Timestamp) -> Result<(), WatchError> {
        let (measured, covered) = self.take();
        match &self.0.memory {
            Some(memory) => {
                memory.keep(now, covered, measured).await?;
                self.keep_failures(memory).await
            }
            None => Ok(()),
        }
    }

    fn take(&self) -> (Measured, Duration) {
        process::measure(self.meter());
        let now = Instant::now();
        let last = std::mem::replace(&mut *self.0.last.lock().unwrap_or_else(PoisonError::into_inner), now);
        (self.meter().since_last(), now - last)
    }

    /// Counts a failure and remembers it in its group.
    pub fn failed(&self, failure: &Failure<'_>) {
        self.meter().counter(&metrics::ERRORS, &[("kind", failure.kind)]).add(1);
        self.noticed(failure);
    }

    /// Remembers in its group what is no failure but worth a look.
    pub fn noticed(&self, noticed: &Failure<'_>) {
        self.0.failures.add(noticed, Timestamp::now());
    }

    async fn keep_failures(&self, memory: &Memory) -> Result<(), WatchError> {
        let waiting = self.0.failures.take();
        let kept = memory.keep_failures(&waiting, RELEASE).await;
        if kept.is_err() {
            self.0.failures.give_back(waiting);
        }
        kept
    }

    /// Groups of failures, open ones first, then as they were last seen.
    ///
    /// # Errors
    /// If the file can't be read or written.
    pub async fn failures(&self, most: u32) -> Result<Vec<FailureGroup>, WatchError> {
        let Some(memory) = &self.0.memory else { return Ok(self.0.failures.groups(RELEASE)) };
        self.keep_failures(memory).await?;
        memory.failures(most).await
    }

    /// Marks a group of failures as resolved, or as open again; it opens by itself when it recurs. False if there is none.
    ///
    /// # Errors
    /// If the file can't be written.
    pub async fn resolve(&self, group: i64, is_resolved: bool) -> Result<bool, WatchError> {
        let Some(memory) = &self.0.memory else { return Ok(false) };
        self.keep_failures(memory).await?;
        memory.resolve(group, is_resolved.then(Timestamp::now)).await
    }

    /// Everything that was measured from one time to another, added up. Within the last day edges are exact to ten seconds,
    /// before to five minutes. Only series for which `of` is true.
    ///
    /// # Errors
    /// If the file can't be read.
    pub async fn sum(
        &self,
        from: Timestamp,
        to: Timestamp,
        of: impl Fn(&Series) -> bool + Send + Sync,
    ) -> Result<Measured, WatchError> {
        match &self.0.memory {
            Some(memory) => memory.sum(from.as_second(), to.as_second(), &of).await,
            None => Ok(Measured::default()),
        }
    }

    /// What was measured from one time to another in pieces of equal length, oldest first; those of which nothing was
    /// measured are there, with `measured.covered` zero. `step` is a multiple of one of [`LENGTHS`]; the first piece begins
    /// at a multiple of it.
    ///
    /// # Errors
    /// If the file can't be read.
    pub async fn pieces(
        &self,
        from: Timestamp,
        to: Timestamp,
        step: Duration,
        of: impl Fn(&Series) -> bool + Send + Sync,
    ) -> Result<Vec<Piece>, WatchError> {
        match &self.0.memory {
            Some(memory) => memory.pieces(from.as_second(), to.as_second(), step, &of).await,
            None => Ok(Vec::new()),
        }
    }

    /// When the first of what was measured from a time on was, exact to ten seconds within the last day, before to five minutes;
    /// none if nothing was.
    ///
    /// # Errors
    /// If the file can't be read.
    pub async fn measured_since(&self, from: Timestamp) -> Result<Option<Timestamp>, WatchError> {
        match &self.0.memory {
            Some(memory) => memory.measured_since(from.as_second()).await,
            None => Ok(None),
        }
    }

    /// When anything was last written down; before this program was started, if it has not yet.
    pub fn last_kept(&self) -> Option<Timestamp> {
        self.0.memory.as_ref().and_then(Memory::last_kept)
    }

    /// Ticks that could not be written since the program was started.
    pub fn lost(&self) -> u64 {
        self.0.memory.as_ref().map_or(0, Memory::lost)
    }

    /// Writes down what is left and closes the file.
    pub async fn close(&self) {
        if let Err(error) = self.tick(Timestamp::now()).await {
            tracing::warn!(%error, "what was measured last is lost");
        }
        if let Some(memory) = &self.0.memory {
            memory.close().await;
        }
    }
}
