//! `GET /api/v1/status` and `/api/v1/status/live`: what the server knows of itself, as it is and as it changes.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use alert::objective::BUDGET_DAYS;
use axum::Json;
use axum::http::{HeaderName, StatusCode, header};
use axum::response::Sse;
use axum::response::sse::{Event, KeepAlive};
use jiff::Timestamp;
use lookout::Kept;
use serde::{Deserialize, Serialize};
use tokio::sync::mpsc;
use tokio_stream::Stream;
use tokio_stream::wrappers::ReceiverStream;
use utoipa::ToSchema;
use watch::{FailureGroup, Measured, Piece, Standing, TICK, metrics};

use super::alerts::AlertOut;
use super::health::CheckOut;
use crate::access::{May, Operate};
use crate::health::Condition;
use crate::pages::status::live;
use crate::params::Params;
use crate::problem::ProblemOut;
use crate::questions::status::{Status, or_nothing, status};
use crate::{AppState, WebError};

/// Most who may follow at a time.
const MOST_FOLLOWERS: usize = 100;
/// Most groups of failures that are told.
pub(crate) const MOST_GROUPS: u32 = 50;

/// What the server knows of itself.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct StatusOut {
    /// The worst of its checks: `ok`, `warning` or `failing`.
    #[schema(value_type = String, example = "ok")]
    pub status: Condition,
    /// When this was so.
    #[schema(value_type = String, format = DateTime)]
    pub as_of: Timestamp,
    /// The program's version.
    pub version: String,
    /// For how long it has been running.
    pub uptime_seconds: u64,
    /// Each check.
    pub checks: Vec<CheckOut>,
    /// Requests to pages and API over the last five minutes, hour, day and 90 days.
    pub times: Vec<TimeOut>,
    /// How each objective was kept over the last 30 days, and what is left of its error budget.
    pub objectives: Vec<ObjectiveOut>,
    /// What fires of the server itself, newest first, without what channels were told; null where the catalog does not answer.
    pub alerts: Option<Vec<AlertOut>>,
    /// Each route that was asked in the last day.
    pub routes: Vec<RouteOut>,
    /// What failed, open groups first.
    pub errors: Vec<ErrorGroupOut>,
    /// The part of answers with figures that were served as kept over the last day, 0 to 1; null where none was asked for.
    pub kept_share: Option<f64>,
    /// The other metrics over the last day: by how much counters grew.
    pub counted: BTreeMap<String, u64>,
    /// Where gauges stood last.
    pub gauges: BTreeMap<String, f64>,
    /// The last day in quarters of an hour.
    pub day: Vec<PieceOut>,
    /// The last 90 days by day.
    pub days: Vec<PieceOut>,
}

/// How an objective was kept over the last 30 days. Its budget is what may be missed of it, as minutes of everything being bad.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ObjectiveOut {
    /// `availability`, `errors` or `overview`.
    #[schema(example = "availability")]
    pub objective: String,
    /// The part of the requests that is to be good, 0 to 1.
    #[schema(example = 0.999)]
    pub target: f64,
    /// Days that are looked at.
    pub days: i64,
    /// When the first of what was measured in them was; null where nothing was.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub measured_since: Option<Timestamp>,
    /// For how much of them anything was measured. What was not counts for nothing.
    pub covered_seconds: i64,
    /// Requests that it is about.
    pub requests: u64,
    /// Those that were not good.
    pub bad: u64,
    /// The part that was good, 0 to 1; null where nothing was asked.
    pub reached: Option<f64>,
    /// The whole budget, in minutes.
    #[schema(example = 43.2)]
    pub budget_minutes: f64,
    /// What is spent of it, in minutes; null where too little is known to tell.
    pub spent_minutes: Option<f64>,
    /// What is spent of it, as a share: more than 1 where the objective is missed; null where too little is known.
    pub spent: Option<f64>,
    /// What is left, in minutes: below 0 where the objective is missed; null where too little is known.
    pub left_minutes: Option<f64>,
    /// What is left, as a share; null where too little is known.
    pub left: Option<f64>,
    /// What has to be known before anything is said of what is spent; null where something is.
    pub lacks: Option<String>,
}

/// How requests were answered.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct StandingOut {
    /// Requests.
    pub requests: u64,
    /// Those that failed for a reason of the server's (5xx).
    pub failed: u64,
    /// The part that did not fail, 0 to 1; null where nothing was asked.
    pub availability: Option<f64>,
    /// Half of them took no longer, in milliseconds; null where nothing was asked.
    pub p50_ms: Option<f64>,
    /// Three of four took no longer.
    pub p75_ms: Option<f64>,
    /// 95 of 100 took no longer.
    pub p95_ms: Option<f64>,
    /// 99 of 100 took no longer.
    pub p99_ms: Option<f64>,
}

/// How requests were answered over some time until now.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct TimeOut {
    /// The time.
    pub seconds: u64,
    /// For how much of it anything was measured.
    pub covered_seconds: u64,
    /// How they were answered.
    #[serde(flatten)]
    pub standing: StandingOut,
}

/// How a route was answered over the last day.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct RouteOut {
    /// Its pattern.
    #[schema(example = "/campaigns/{id}")]
    pub route: String,
    /// `pages`, `api` or `rest`.
    pub group: String,
    /// How it was answered.
    #[serde(flatten)]
    pub standing: StandingOut,
}

/// How requests were answered in a piece of time.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct PieceOut {
    /// When it begins.
    #[schema(value_type = String, format = DateTime)]
    pub from: Timestamp,
    /// For how much of it anything was measured; 0 is a gap.
    pub covered_seconds: u64,
    /// How they were answered.
    #[serde(flatten)]
    pub standing: StandingOut,
}

/// Failures of one kind, route and origin.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ErrorGroupOut {
    /// Its number; 0 where nothing is remembered.
    pub id: i64,
    /// What kind it is.
    #[schema(example = "internal")]
    pub kind: String,
    /// The pattern of the route.
    pub route: String,
    /// Which part failed.
    #[schema(example = "facts")]
    pub origin: String,
    /// What was wrong the last time, without anybody's words.
    pub message: String,
    /// How often it was seen.
    pub count: u64,
    /// When it was first seen.
    #[schema(value_type = String, format = DateTime)]
    pub first_seen: Timestamp,
    /// When it was last seen.
    #[schema(value_type = String, format = DateTime)]
    pub last_seen: Timestamp,
    /// The release it was first seen in.
    pub first_release: String,
    /// The release it was last seen in.
    pub last_release: String,
    /// When somebody said that it is resolved, unless it came again.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub resolved_at: Option<Timestamp>,
    /// How often it came again after that.
    pub reopened: u64,
    /// The ids of the last ones, newest first: the log and the page have them too.
    pub error_ids: Vec<String>,
}

/// What changes on the status page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct LiveOut {
    /// The worst of the checks.
    #[schema(value_type = String, example = "ok")]
    pub status: Condition,
    /// When this was so.
    #[schema(value_type = String, format = DateTime)]
    pub as_of: Timestamp,
    /// Figures as the page writes them, by their names there.
    pub figures: BTreeMap<String, String>,
}

/// What the server knows of itself: checks, requests, failures, and how it was over 90 days.
#[utoipa::path(get, path = "/api/v1/status", tag = "health", responses(
    (status = 200, description = "The status", body = StatusOut),
    (status = 400, description = "A parameter is wrong", body = ProblemOut, content_type = "application/problem+json"),
    (status = 500, description = "Something failed here", body = ProblemOut, content_type = "application/problem+json"),
))]
pub(crate) async fn show(
    state: May<Operate>,
    params: Params,
) -> Result<([(HeaderName, &'static str); 1], Json<StatusOut>), WebError> {
    params.done()?;
    let now = status(&state).await;
    let errors = or_nothing(state.watch.failures(MOST_GROUPS)).await;
    let time = |seconds: u64, measured: &Measured| TimeOut {
        seconds,
        covered_seconds: measured.covered.as_secs(),
        standing: StandingOut::of(&Standing::of_readers(measured)),
    };
    let route = |route: crate::questions::status::RouteStanding| RouteOut {
        standing: StandingOut::of(&route.standing),
        group: route.group.key().to_owned(),
        route: route.route,
    };
    let others = now.day.counters.iter().filter(|(series, _)| series.name() != metrics::HTTP_REQUESTS.name);
    let not_kept = [(header::CACHE_CONTROL, "no-store")];
    let told = Json(StatusOut {
        status: now.condition,
        as_of: now.now,
        version: env!("CARGO_PKG_VERSION").to_owned(),
        uptime_seconds: state.started.elapsed().as_secs(),
        checks: now.checks.iter().map(CheckOut::of).collect(),
        times: vec![
            time(300, &now.minutes),
            time(3600, &now.hour),
            time(24 * 3600, &now.day),
            time(90 * 24 * 3600, &now.days),
        ],
        objectives: now.objectives.iter().map(ObjectiveOut::of).collect(),
        alerts: now
            .alerts
            .as_ref()
            .map(|alerts| alerts.iter().map(|alert| AlertOut::of(alert.clone(), &[])).collect()),
        routes: now.routes().into_iter().map(route).collect(),
        errors: errors.into_iter().map(ErrorGroupOut::of).collect(),
        kept_share: now.kept_share(),
        counted: others.map(|(series, count)| (series.to_string(), *count)).collect(),
        gauges: now.minutes.gauges.iter().map(|(series, gauged)| (series.to_string(), gauged.last)).collect(),
        day: now.by_quarter_hour.iter().map(PieceOut::of).collect(),
        days: now.by_day.iter().map(PieceOut::of).collect(),
    });
    Ok((not_kept, told))
}

/// What changes on the status page, every ten seconds: events `status`.
#[utoipa::path(get, path = "/api/v1/status/live", tag = "health", responses(
    (status = 200, description = "Events; the data of `status` is this", body = LiveOut, content_type = "text/event-stream"),
    (status = 400, description = "A parameter is wrong", body = ProblemOut, content_type = "application/problem+json"),
    (status = 503, description = "Too many follow", body = ProblemOut, content_type = "application/problem+json"),
))]
pub(crate) async fn follow(
    state: May<Operate>,
    params: Params,
) -> Result<Sse<impl Stream<Item = Result<Event, Infallible>>>, WebError> {
    static FOLLOWERS: AtomicUsize = AtomicUsize::new(0);
    params.done()?;
    let follower = Follower::of(&FOLLOWERS).ok_or_else(|| {
        let detail = "too many follow the status already";
        WebError::told(StatusCode::SERVICE_UNAVAILABLE, "busy", "Too many follow", detail)
            .remedy("load the page again in a while")
            .retry_after(60)
    })?;
    let (events, told) = mpsc::channel(1);
    tokio::spawn(async move {
        send(&state, events).await;
        drop(follower);
    });
    Ok(Sse::new(ReceiverStream::new(told)).keep_alive(KeepAlive::default()))
}

/// Sends what is so now every ten seconds, until nobody listens or the server is to stop.
async fn send(state: &AppState, events: mpsc::Sender<Result<Event, Infallible>>) {
    let mut closing = state.closing.subscribe();
    loop {
        let now = status(state).await;
        let event = Event::default().event("status").json_data(LiveOut::of(&now)).unwrap_or_default();
        if events.send(Ok(event)).await.is_err() {
            return;
        }
        tokio::select! {
            () = tokio::time::sleep(TICK) => {}
            () = events.closed() => return,
            _ = closing.wait_for(|is_closing| *is_closing) => return,
        }
    }
}

/// One who follows, until dropped.
struct Follower(&'static AtomicUsize);

impl Follower {
    fn of(count: &'static AtomicUsize) -> Option<Self> {
        let one = Self(count);
        (count.fetch_add(1, Ordering::Relaxed) < MOST_FOLLOWERS).then_some(one)
    }
}

impl Drop for Follower {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

impl LiveOut {
    fn of(now: &Arc<Status>) -> Self {
        let figures = live(now).into_iter().map(|(name, text)| (name.to_owned(), text)).collect();
        Self { status: now.condition, as_of: now.now, figures }
    }
}

impl ObjectiveOut {
    fn of(kept: &Kept) -> Self {
        let (budget, objective) = (&kept.budget, kept.objective);
        // Without the noise of binary fractions.
        let tidy = |number: f64| (number * 1e6).round() / 1e6;
        let spent = budget.spent(objective).map(tidy);
        Self {
            objective: objective.key().to_owned(),
            target: objective.target(),
            days: BUDGET_DAYS,
            measured_since: kept.measured_since,
            covered_seconds: kept.counted.covered.as_secs(),
            requests: kept.counted.asked,
            bad: kept.counted.bad,
            reached: budget.reached,
            budget_minutes: tidy(objective.budget_minutes()),
            spent_minutes: budget.spent_minutes.map(tidy),
            spent,
            left_minutes: budget.spent_minutes.map(|spent| tidy(objective.budget_minutes() - spent)),
            left: spent.map(|spent| tidy(1.0 - spent)),
            lacks: budget.lacks.clone(),
        }
    }
}

impl StandingOut {
    fn of(standing: &Standing) -> Self {
        let millis = |part: f64| standing.took.quantile(part).map(|seconds| (seconds * 1e6).round() / 1e3);
        Self {
            requests: standing.requests,
            failed: standing.failed,
            availability: standing.availability(),
            p50_ms: millis(0.5),
            p75_ms: millis(0.75),
            p95_ms: millis(0.95),
            p99_ms: millis(0.99),
        }
    }
}

impl PieceOut {
    fn of(piece: &Piece) -> Self {
        Self {
            from: piece.from,
            covered_seconds: piece.measured.covered.as_secs(),
            standing: StandingOut::of(&Standing::of_readers(&piece.measured)),
        }
    }
}

impl ErrorGroupOut {
    fn of(group: FailureGroup) -> Self {
        Self {
            id: group.id,
            kind: group.kind,
            route: group.route,
            origin: group.origin,
            message: group.message,
            count: group.count,
            first_seen: group.first_seen,
            last_seen: group.last_seen,
            first_release: group.first_release,
            last_release: group.last_release,
            resolved_at: group.resolved_at,
            reopened: group.reopened,
            error_ids: group.samples.into_iter().map(|sample| sample.error_id).collect(),
        }
    }
}
