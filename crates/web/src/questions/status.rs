//! What the server knows of itself, for the status page and its API answer.

use std::sync::Arc;
use std::time::{Duration, Instant};

use jiff::{SignedDuration, Timestamp};
use lookout::Kept;
use store::catalog::{Alert, SERVER};
use tokio::sync::Mutex;
use watch::{Group, Measured, Piece, Series, Standing, WatchError, metrics};

use super::alerts::MOST_SHOWN;
use crate::AppState;
use crate::health::{Check, Condition, PATIENCE};

/// For so long one look at the memory is told, however many ask.
const FRESH: Duration = Duration::from_secs(5);
/// The pieces of a day and of 90 days.
const QUARTER_HOUR: Duration = Duration::from_secs(15 * 60);
const DAY: Duration = Duration::from_secs(24 * 3600);
/// Days that are remembered.
pub(crate) const DAYS: i64 = 90;

/// What the server knows of itself.
#[derive(Debug)]
pub(crate) struct Status {
    pub(crate) now: Timestamp,
    pub(crate) condition: Condition,
    pub(crate) checks: Arc<[Check]>,
    /// Of the last five minutes, hour, day and 90 days.
    pub(crate) minutes: Measured,
    pub(crate) hour: Measured,
    pub(crate) day: Measured,
    pub(crate) days: Measured,
    /// The last day in quarters of an hour.
    pub(crate) by_quarter_hour: Vec<Piece>,
    /// The last 90 days by day, in UTC; the last one is today.
    pub(crate) by_day: Vec<Piece>,
    /// How each objective was kept over 30 days; empty where the memory can't be read.
    pub(crate) objectives: Vec<Kept>,
    /// What fires of the server itself; none where the catalog does not answer.
    pub(crate) alerts: Option<Vec<Alert>>,
}

/// How a route was answered.
#[derive(Debug, Clone)]
pub(crate) struct RouteStanding {
    pub(crate) group: Group,
    pub(crate) route: String,
    pub(crate) standing: Standing,
}

/// The last look at the memory.
pub(crate) type LastStatus = Arc<Mutex<Option<(Instant, Arc<Status>)>>>;

/// What the server knows of itself now.
pub(crate) async fn status(state: &AppState) -> Arc<Status> {
    let mut last = state.last_status.lock().await;
    if let Some((_, status)) = last.as_ref().filter(|(at, _)| at.elapsed() < FRESH) {
        return status.clone();
    }
    let status = Arc::new(look(state).await);
    *last = Some((Instant::now(), status.clone()));
    status
}

/// What the memory knows; nothing where it can't be read, as the rest can be told all the same.
pub(crate) async fn or_nothing<T: Default>(asked: impl Future<Output = Result<T, WatchError>>) -> T {
    asked.await.unwrap_or_else(|error| {
        tracing::warn!(
            error = crate::problem::causes(&error),
            "the memory of what was measured can't be read"
        );
        T::default()
    })
}

async fn look(state: &AppState) -> Status {
    let (watch, now) = (&state.watch, Timestamp::now());
    let before = |duration: SignedDuration| now.saturating_sub(duration).unwrap_or(Timestamp::MIN);
    let (day_ago, days_ago) =
        (before(SignedDuration::from_hours(24)), before(SignedDuration::from_hours(24 * (DAYS - 1))));
    let all = |_: &Series| true;
    // Of long times only what is drawn.
    let drawn =
        |series: &Series| series.name().starts_with("http_request") || series.name().starts_with("vitals_");
    let checks = state.checked().await;
    let by_day = or_nothing(watch.pieces(days_ago, now, DAY, drawn)).await;
    let mut days = Measured::default();
    for piece in &by_day {
        days.add(piece.measured.clone());
    }
    Status {
        now,
        condition: Condition::of(&checks),
        checks,
        minutes: or_nothing(watch.sum(before(SignedDuration::from_mins(5)), now, all)).await,
        hour: or_nothing(watch.sum(before(SignedDuration::from_hours(1)), now, all)).await,
        day: or_nothing(watch.sum(day_ago, now, all)).await,
        days,
        objectives: or_nothing(lookout::objectives(watch, now)).await,
        alerts: alerts(state).await,
        by_quarter_hour: or_nothing(watch.pieces(day_ago, now, QUARTER_HOUR, drawn)).await,
        by_day,
    }
}

/// What fires of the server itself. The status is told whatever the catalog does.
async fn alerts(state: &AppState) -> Option<Vec<Alert>> {
    let asked = tokio::time::timeout(PATIENCE, state.catalog().firing_alerts(SERVER, MOST_SHOWN)).await;
    match asked {
        Ok(Ok(alerts)) => Some(alerts),
        Ok(Err(error)) => {
            tracing::warn!(error = crate::problem::causes(&error), "the server's alerts can't be read");
            None
        }
        Err(_) => None,
    }
}

impl Status {
    /// The worst of its checks and of what fires.
    pub(crate) fn worst(&self) -> Condition {
        let fires = self.alerts.as_ref().is_some_and(|alerts| !alerts.is_empty());
        if fires { self.condition.max(Condition::Warning) } else { self.condition }
    }

    /// Each route that was asked in the last day, those asked most first.
    pub(crate) fn routes(&self) -> Vec<RouteStanding> {
        let mut names: Vec<String> = self
            .day
            .counters
            .keys()
            .filter(|series| series.name() == metrics::HTTP_REQUESTS.name)
            .filter_map(|series| series.label("route"))
            .collect();
        names.sort_unstable();
        names.dedup();
        let mut routes: Vec<RouteStanding> = names
            .into_iter()
            .map(|route| RouteStanding {
                group: Group::of(&route),
                standing: Standing::of(&self.day, |own| own == route),
                route,
            })
            .collect();
        routes.sort_by_key(|route| (route.group == Group::Rest, std::cmp::Reverse(route.standing.requests)));
        routes
    }

    /// The routes of a group together, over the last day.
    pub(crate) fn group(&self, group: Group) -> Standing {
        Standing::of(&self.day, |route| Group::of(route) == group)
    }

    /// The part of the answers with figures that were served as kept, over the last day; none where none was asked for.
    pub(crate) fn kept_share(&self) -> Option<f64> {
        let served = |ways: &[&str]| {
            let own =
                |series: &Series| series.label("served").is_some_and(|way| ways.contains(&way.as_str()));
            self.day.count(metrics::CACHE_ANSWERS.name, own)
        };
        let (kept, asked) =
            (served(&["hit", "stale", "not_modified"]), served(&["hit", "stale", "not_modified", "miss"]));
        (asked > 0).then(|| kept as f64 / asked as f64)
    }

    /// A count of the last day without regard to labels.
    pub(crate) fn counted(&self, known: &watch::Known) -> u64 {
        self.day.count(known.name, |_| true)
    }

    /// A count of the last day with a label.
    pub(crate) fn counted_as(&self, known: &watch::Known, label: &str, value: &str) -> u64 {
        self.day.count(known.name, |series| series.label(label).as_deref() == Some(value))
    }
}
