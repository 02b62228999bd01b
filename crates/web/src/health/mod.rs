//! Self-checks: whether each part that answers depend on does its work, and what to do where it does not. They are made every ten
//! seconds, and when somebody asks; each ends in bounded time, and one that hangs is not begun a second time.

mod checks;
mod clock;
mod one_at_a_time;

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use watch::metrics;

use crate::AppState;
pub(crate) use checks::is_ready;
use clock::Clock;
use one_at_a_time::OneAtATime;

/// For so long a result stands, however many ask.
const FRESH: Duration = Duration::from_secs(1);
/// How long a part may take to answer.
pub(crate) const PATIENCE: Duration = Duration::from_secs(2);

/// How a part does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Condition {
    /// It does its work.
    Ok,
    /// It does, but something is to be done.
    Warning,
    /// It does not.
    Failing,
}

/// A part that is checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Part {
    /// Its name in answers and metrics.
    pub(crate) name: &'static str,
    /// What people call it.
    pub(crate) label: &'static str,
    /// Whether requests are better not sent here while it fails.
    pub(crate) is_needed: bool,
}

/// What a check found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Finding {
    pub(crate) condition: Condition,
    /// What is so, in words.
    pub(crate) says: String,
    /// What to do; empty where nothing is.
    pub(crate) remedy: &'static str,
}

/// A part and how it does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Check {
    pub(crate) part: Part,
    pub(crate) finding: Finding,
    /// When it was checked.
    pub(crate) at: Timestamp,
    /// Since when it is in this condition, as far as this process has seen.
    pub(crate) since: Timestamp,
    /// How long the check took.
    pub(crate) took: Duration,
}

/// All checks and what they found last. Cheap to clone.
#[derive(Clone, Default)]
pub(crate) struct Checkup(Arc<Shared>);

#[derive(Default)]
struct Shared {
    last: Mutex<Option<(Instant, Arc<[Check]>)>>,
    /// Who asks while a checkup runs waits for it.
    running: tokio::sync::Mutex<()>,
    engine: OneAtATime<Result<(), String>>,
    disk: OneAtATime<std::io::Result<u64>>,
    clock: Mutex<Clock>,
}

impl Finding {
    fn ok(says: impl Into<String>) -> Self {
        Self { condition: Condition::Ok, says: says.into(), remedy: "" }
    }

    fn warning(says: impl Into<String>, remedy: &'static str) -> Self {
        Self { condition: Condition::Warning, says: says.into(), remedy }
    }

    fn failing(says: impl Into<String>, remedy: &'static str) -> Self {
        Self { condition: Condition::Failing, says: says.into(), remedy }
    }
}

impl Condition {
    /// The word for it.
    pub fn key(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Warning => "warning",
            Self::Failing => "failing",
        }
    }

    /// The worst of all.
    pub(crate) fn of(checks: &[Check]) -> Self {
        checks.iter().map(|check| check.finding.condition).max().unwrap_or(Self::Ok)
    }

    /// As it is kept: 1 for ok, 0 for failing.
    fn figure(self) -> f64 {
        match self {
            Self::Ok => 1.0,
            Self::Warning => 0.5,
            Self::Failing => 0.0,
        }
    }
}

impl AppState {
    /// How all parts do now.
    pub(crate) async fn checked(&self) -> Arc<[Check]> {
        let shared = &self.checkup.0;
        let _running = shared.running.lock().await;
        let last = shared.last.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some((_, checks)) = last.as_ref().filter(|(at, _)| at.elapsed() < FRESH) {
            return checks.clone();
        }
        let mut checks = checks::all(self, shared).await;
        for check in &mut checks {
            let before = last.iter().flat_map(|(_, checks)| checks.iter());
            let before = before.into_iter().find(|before| before.part == check.part);
            if let Some(before) = before.filter(|before| before.finding.condition == check.finding.condition)
            {
                check.since = before.since;
            }
            let labels = [("check", check.part.name)];
            let meter = self.watch.meter();
            meter.gauge(&metrics::CHECK_STATE, &labels).set(check.finding.condition.figure());
            meter.timing(&metrics::CHECK_SECONDS, &labels).record(check.took);
        }
        let checks: Arc<[Check]> = checks.into();
        *shared.last.lock().unwrap_or_else(PoisonError::into_inner) = Some((Instant::now(), checks.clone()));
        checks
    }

    /// What was found last, however long ago; empty before the first time.
    pub(crate) fn last_checked(&self) -> Arc<[Check]> {
        let last = self.checkup.0.last.lock().unwrap_or_else(PoisonError::into_inner);
        last.as_ref().map(|(_, checks)| checks.clone()).unwrap_or_default()
    }

    /// Whether a restart may help: the engine has not answered for this long.
    pub fn has_hung_for(&self, long: Duration) -> bool {
        let is_engine =
            |check: &&Check| check.part == checks::ENGINE && check.finding.condition == Condition::Failing;
        let since = self.last_checked().iter().find(is_engine).map(|check| check.since);
        since.is_some_and(|since| Timestamp::now().duration_since(since).unsigned_abs() >= long)
    }
}
