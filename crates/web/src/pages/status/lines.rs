//! The rows of the page: parts and how they do, routes and how fast they are, failures by group.

use jiff::Timestamp;
use watch::{FailureGroup, Group, Standing};

use super::tiles::availability;
use crate::format;
use crate::health::{Check, Condition};
use crate::questions::status::Status;

/// Most routes that are listed.
const MOST_ROUTES: usize = 40;

/// A part and how it does.
#[derive(Clone)]
pub(super) struct CheckLine {
    pub(super) label: &'static str,
    pub(super) state: &'static str,
    pub(super) is_ok: bool,
    pub(super) says: String,
    pub(super) remedy: &'static str,
    pub(super) since: String,
    pub(super) checked: String,
}

/// A route and how it was answered.
pub(super) struct RouteLine {
    pub(super) route: String,
    pub(super) group: &'static str,
    /// Whether it is all routes of a group.
    pub(super) is_sum: bool,
    pub(super) requests: String,
    pub(super) failed: String,
    pub(super) has_failed: bool,
    pub(super) availability: Option<String>,
    /// p50, p75, p95 and p99.
    pub(super) took: Vec<Option<String>>,
}

/// Failures of one kind, route and origin.
pub(super) struct FailureLine {
    pub(super) kind: String,
    pub(super) message: String,
    pub(super) route: String,
    pub(super) origin: String,
    pub(super) count: String,
    pub(super) first: String,
    pub(super) last: String,
    pub(super) release: String,
    pub(super) is_resolved: bool,
    /// How often it came again after it was resolved; empty for never.
    pub(super) reopened: String,
    /// Where the form goes that marks it; empty where nothing is remembered.
    pub(super) mark: String,
    pub(super) samples: Vec<SampleLine>,
}

/// One of them.
pub(super) struct SampleLine {
    pub(super) at: String,
    pub(super) error_id: String,
    pub(super) request_id: String,
    pub(super) detail: String,
}

impl CheckLine {
    pub(super) fn of(check: &Check, now: Timestamp) -> Self {
        Self {
            label: check.part.label,
            state: match check.finding.condition {
                Condition::Ok => "Works",
                Condition::Warning => "Look at it",
                Condition::Failing => "Does not work",
            },
            is_ok: check.finding.condition == Condition::Ok,
            says: check.finding.says.clone(),
            remedy: check.finding.remedy,
            since: format::age(check.since, now),
            checked: format::clock(check.at),
        }
    }
}

/// Pages and API as wholes, then each route.
pub(super) fn routes(now: &Status) -> Vec<RouteLine> {
    let wholes = [(Group::Pages, "All pages"), (Group::Api, "All of the API")]
        .map(|(group, label)| line(label.to_owned(), "", true, &now.group(group)));
    let each = now
        .routes()
        .into_iter()
        .take(MOST_ROUTES)
        .map(|route| line(route.route, route.group.key(), false, &route.standing));
    wholes.into_iter().filter(|whole| whole.availability.is_some()).chain(each).collect()
}

fn line(route: String, group: &'static str, is_sum: bool, standing: &Standing) -> RouteLine {
    RouteLine {
        route: if route == "none" { "what nobody serves".to_owned() } else { route },
        group,
        is_sum,
        requests: format::count(standing.requests),
        failed: format::count(standing.failed),
        has_failed: standing.failed > 0,
        availability: standing.availability().map(availability),
        took: [0.5, 0.75, 0.95, 0.99].map(|part| standing.took.quantile(part).map(format::seconds)).to_vec(),
    }
}

impl FailureLine {
    pub(super) fn of(group: FailureGroup, now: Timestamp) -> Self {
        let is_resolved = group.resolved_at.is_some();
        let does = if is_resolved { "reopen" } else { "resolve" };
        let sample = |sample: watch::FailureSample| SampleLine {
            at: format::moment(sample.at, 0),
            error_id: sample.error_id,
            request_id: sample.request_id,
            detail: sample.detail,
        };
        Self {
            kind: group.kind,
            message: group.message,
            route: group.route,
            origin: group.origin,
            count: format::count(group.count),
            first: format::age(group.first_seen, now),
            last: format::age(group.last_seen, now),
            release: match group.first_release == group.last_release {
                true => group.last_release,
                false => format!("{} to {}", group.first_release, group.last_release),
            },
            is_resolved,
            reopened: if group.reopened > 0 { format::count(group.reopened) } else { String::new() },
            mark: if group.id > 0 { format!("/status/errors/{}/{does}", group.id) } else { String::new() },
            samples: group.samples.into_iter().map(sample).collect(),
        }
    }
}
