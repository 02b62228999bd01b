//! What the server measures of itself: each request, each question to the engine, each import; and what is only looked at from
//! time to time. Counting is `watch`'s; here is what is counted.

mod imports;
mod instruments;
mod panics;
mod request;

use std::time::Duration;

use jiff::Timestamp;
use watch::{TICK, Watch, metrics};

pub(crate) use imports::ImportSeen;
pub(crate) use instruments::Instruments;
pub use panics::remember_panics;
pub(crate) use panics::{Panicked, caught};
pub(crate) use request::{About, Measured, next_id};

use crate::AppState;
use crate::health::Condition;

/// So long after a whole ten seconds they are written down.
const AFTER: Duration = Duration::from_millis(50);

/// Writes down every ten seconds what was measured, and checks every part; until it is dropped.
pub async fn keep_watch(state: AppState) {
    tokio::join!(write_down(&state), check(&state));
}

async fn check(state: &AppState) {
    let mut worst = Condition::Ok;
    loop {
        let checks = state.checked().await;
        // Once for each change, not every ten seconds.
        if Condition::of(&checks) > worst {
            for check in checks.iter().filter(|check| check.finding.condition > worst) {
                let (part, says, remedy) = (check.part.name, &check.finding.says, check.finding.remedy);
                tracing::warn!(part, says, remedy, "a self-check found something");
            }
        }
        worst = Condition::of(&checks);
        tokio::time::sleep(TICK).await;
    }
}

async fn write_down(state: &AppState) {
    let mut is_lost = false;
    loop {
        let millis = Timestamp::now().as_millisecond().rem_euclid(TICK.as_millis() as i64);
        let rest = TICK - Duration::from_millis(u64::try_from(millis).unwrap_or(0));
        tokio::time::sleep(rest + AFTER).await;
        look(state);
        let kept = state.watch.tick(Timestamp::now()).await;
        // Once, not every ten seconds for as long as the disk is full.
        match (&kept, is_lost) {
            (Err(error), false) => {
                tracing::error!(
                    error = crate::problem::causes(error),
                    "what is measured is not written down"
                );
            }
            (Ok(()), true) => tracing::warn!("what is measured is written down again"),
            _ => {}
        }
        is_lost = kept.is_err();
    }
}

/// Looks at what others count.
pub(crate) fn look(state: &AppState) {
    let meter = state.watch.meter();
    let cache = state.cache_counts();
    for (served, total) in [
        ("hit", cache.hits),
        ("stale", cache.stale),
        ("miss", cache.misses),
        ("not_modified", cache.not_modified),
        ("stale_on_error", cache.stale_on_error),
    ] {
        meter.counter(&metrics::CACHE_ANSWERS, &[("served", served)]).raise_to(total);
    }
    let line = state.admission_counts();
    for (known, total) in [
        (&metrics::CACHE_COALESCED, cache.coalesced),
        (&metrics::CACHE_COMPUTED, cache.computed),
        (&metrics::CACHE_REFRESHES, cache.refreshes),
        (&metrics::CACHE_FAILED, cache.failed),
        (&metrics::CACHE_PACKED, cache.packed),
        (&metrics::CACHE_EVICTED, cache.evicted),
        (&metrics::CACHE_AGE_MILLIS, cache.age_ms),
        (&metrics::LINE_ADMITTED, line.admitted),
        (&metrics::LINE_WAITED, line.waited),
        (&metrics::LINE_REFUSED, line.refused),
    ] {
        meter.counter(known, &[]).raise_to(total);
    }
    for (known, value) in [
        (&metrics::CACHE_ENTRIES, cache.entries as f64),
        (&metrics::CACHE_BYTES, cache.bytes as f64),
        (&metrics::LINE_RUNNING, line.running as f64),
        (&metrics::LINE_WAITING, line.waiting as f64),
        (&metrics::UPTIME_SECONDS, state.started.elapsed().as_secs_f64()),
    ] {
        meter.gauge(known, &[]).set(value);
    }
}

impl AppState {
    /// The same, measuring into this.
    #[must_use]
    pub fn watched_by(mut self, watch: Watch) -> Self {
        self.instruments = std::sync::Arc::new(Instruments::of(watch.meter()));
        self.watch = watch;
        self.last_status = Default::default();
        self
    }
}
