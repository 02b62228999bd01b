//! What the server kept to: requests counted by objective, and what is left of each budget.

use alert::objective::{BUDGET_DAYS, OVERVIEW_MILLIS};
use alert::{Budget, Counted, Objective};
use jiff::{SignedDuration, Timestamp};
use watch::{Measured, Series, Standing, Watch, WatchError, ceiling, metrics};

/// The overview, as page and as answer of the API.
const OVERVIEW: [&str; 2] = ["/", "/api/v1/overview"];
/// Scripts that fail in browsers are failures of no request.
const NO_REQUESTS: &str = "script";

/// How an objective was kept over the last 30 days.
#[derive(Debug, Clone, PartialEq)]
pub struct Kept {
    /// The objective.
    pub objective: Objective,
    /// What was asked.
    pub counted: Counted,
    /// What is left of its budget.
    pub budget: Budget,
    /// When the first of it was measured; none where nothing was.
    pub measured_since: Option<Timestamp>,
}

/// How each objective was kept over the last 30 days.
///
/// # Errors
/// If the memory of what was measured can't be read.
pub async fn objectives(watch: &Watch, now: Timestamp) -> Result<Vec<Kept>, WatchError> {
    let from = before(now, SignedDuration::from_hours(24 * BUDGET_DAYS));
    let measured = watch.sum(from, now, is_counted).await?;
    let measured_since = watch.measured_since(from).await?;
    let (answered, covered) = (Answered::of(&measured), covered(&measured));
    let kept = |objective| {
        let counted = answered.counted(objective, covered);
        Kept { objective, counted, budget: Budget::of(objective, counted), measured_since }
    };
    Ok(Objective::ALL.map(kept).to_vec())
}

/// So long before now.
pub(crate) fn before(now: Timestamp, span: SignedDuration) -> Timestamp {
    now.saturating_sub(span).unwrap_or(Timestamp::MIN)
}

/// What objectives are counted from.
pub(crate) fn is_counted(series: &Series) -> bool {
    let name = series.name();
    name == metrics::HTTP_REQUESTS.name
        || name == metrics::ERRORS.name
        || name == metrics::HTTP_REQUEST_SECONDS.name && is_overview(series)
}

fn is_overview(series: &Series) -> bool {
    is_read(series) && series.label("route").is_some_and(|route| OVERVIEW.contains(&route.as_str()))
}

/// Whether it is about reading rather than about sending something.
pub(crate) fn is_read(series: &Series) -> bool {
    series.label("method").as_deref() == Some("GET")
}

/// How long anything was measured.
pub(crate) fn covered(measured: &Measured) -> SignedDuration {
    SignedDuration::try_from(measured.covered).unwrap_or(SignedDuration::MAX)
}

/// Requests, as objectives count them. Unlike what is made of them, they can be added, and taken away again.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Answered {
    /// To pages and API.
    requests: u64,
    /// Those that were answered with 5xx.
    failed: u64,
    /// Failures of any kind that requests met.
    failures: u64,
    /// Overviews that were read, and those that came too late.
    overviews: u64,
    late: u64,
}

impl Answered {
    pub(crate) fn of(measured: &Measured) -> Self {
        let standing = Standing::of_readers(measured);
        let is_ours = |series: &Series| series.label("kind").as_deref() != Some(NO_REQUESTS);
        let took = measured.spread(metrics::HTTP_REQUEST_SECONDS.name, is_overview);
        Self {
            requests: standing.requests,
            failed: standing.failed,
            failures: measured.count(metrics::ERRORS.name, is_ours),
            overviews: took.count(),
            // What falls in the bucket of the limit is within it.
            late: took.count() - took.count_to(ceiling(OVERVIEW_MILLIS * 1000)),
        }
    }

    pub(crate) fn add(&mut self, other: &Self) {
        self.each(other, u64::saturating_add);
    }

    pub(crate) fn take(&mut self, other: &Self) {
        self.each(other, u64::saturating_sub);
    }

    fn each(&mut self, other: &Self, then: fn(u64, u64) -> u64) {
        self.requests = then(self.requests, other.requests);
        self.failed = then(self.failed, other.failed);
        self.failures = then(self.failures, other.failures);
        self.overviews = then(self.overviews, other.overviews);
        self.late = then(self.late, other.late);
    }

    /// What was asked of an objective.
    pub(crate) fn counted(&self, objective: Objective, covered: SignedDuration) -> Counted {
        let (asked, bad) = match objective {
            Objective::Availability => (self.requests, self.failed),
            // Each 5xx is a failure, too; parts of pages that failed come on top.
            Objective::Errors => (self.requests, self.failures.max(self.failed).min(self.requests)),
            Objective::Overview => (self.overviews, self.late),
        };
        Counted { asked, bad, covered }
    }
}
