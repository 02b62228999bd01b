//! What visits were like: the 75th percentile of each vital by page, held against web.dev's thresholds, and what hurt.

use jiff::Timestamp;
use watch::{FailureGroup, Measured, Series, metrics};

use crate::format;
use crate::questions::status::Status;
use crate::vitals::{NOTICED, THRESHOLDS};

/// Days that are taken together, and those before that they are compared with.
const WEEK: usize = 7;

/// What visits were like.
pub(super) struct Vitals {
    /// The vitals: short name, good and poor from, in words.
    pub(super) heads: Vec<(&'static str, String)>,
    pub(super) rows: Vec<VitalsRow>,
}

/// A page.
pub(super) struct VitalsRow {
    pub(super) page: String,
    pub(super) visits: String,
    pub(super) cells: Vec<VitalCell>,
}

/// A vital of a page.
pub(super) struct VitalCell {
    /// Its 75th percentile; none where no visit told it.
    pub(super) value: Option<String>,
    pub(super) verdict: &'static str,
    pub(super) class: &'static str,
    /// Against the week before; empty where that is not known.
    pub(super) trend: String,
}

/// What hurt, of one kind at one place.
pub(super) struct PainLine {
    pub(super) kind: &'static str,
    pub(super) page: String,
    pub(super) place: String,
    pub(super) count: String,
    pub(super) last: String,
    pub(super) mark: String,
    pub(super) is_resolved: bool,
}

impl Vitals {
    pub(super) fn of(now: &Status) -> Self {
        let days = now.by_day.len();
        let week = |from: usize, to: usize| {
            let mut sum = Measured::default();
            for piece in
                now.by_day.get(days.saturating_sub(from)..days.saturating_sub(to)).unwrap_or_default()
            {
                sum.add(piece.measured.clone());
            }
            sum
        };
        let (this, before) = (week(WEEK, 0), week(2 * WEEK, WEEK));
        let visits = this.counters.iter().filter(|(series, _)| series.name() == metrics::VITALS_VISITS.name);
        let mut pages: Vec<String> = visits.filter_map(|(series, _)| series.label("page")).collect();
        pages.sort_unstable();
        pages.dedup();
        let row = |page: String| {
            let own = |series: &Series| series.label("page").as_deref() == Some(page.as_str());
            let cell = |(known, _, good, poor): &(watch::Known, &str, f64, f64)| {
                let value = this.spread(known.name, own).quantile(0.75);
                let earlier = before.spread(known.name, own).quantile(0.75);
                let (verdict, class) = match value {
                    None => ("", ""),
                    Some(value) if value <= *good => ("good", "good"),
                    Some(value) if value <= *poor => ("to improve", "flat"),
                    Some(_) => ("poor", "bad"),
                };
                VitalCell {
                    value: value.map(|value| written(known, value)),
                    verdict,
                    class,
                    trend: trend(value, earlier),
                }
            };
            let visits = this.count(metrics::VITALS_VISITS.name, own);
            VitalsRow { cells: THRESHOLDS.iter().map(cell).collect(), visits: format::count(visits), page }
        };
        let head = |(known, short, good, poor): &(watch::Known, &'static str, f64, f64)| {
            (*short, format!("good to {}, poor from {}", written(known, *good), written(known, *poor)))
        };
        Self { heads: THRESHOLDS.iter().map(head).collect(), rows: pages.into_iter().map(row).collect() }
    }
}

fn written(known: &watch::Known, value: f64) -> String {
    match known.unit {
        "seconds" => format::seconds(value),
        _ => format!("{value:.2}"),
    }
}

/// How a percentile stands against the one of the week before.
fn trend(value: Option<f64>, earlier: Option<f64>) -> String {
    match (value, earlier) {
        (Some(value), Some(earlier)) if earlier > 0.0 => format::signed_change(value / earlier - 1.0),
        _ => String::new(),
    }
}

/// What hurt, apart from what failed.
pub(super) fn apart(groups: Vec<FailureGroup>, now: Timestamp) -> (Vec<FailureGroup>, Vec<PainLine>) {
    let (noticed, failed): (Vec<_>, Vec<_>) =
        groups.into_iter().partition(|group| NOTICED.contains(&group.kind.as_str()));
    let line = |group: FailureGroup| {
        let is_resolved = group.resolved_at.is_some();
        let does = if is_resolved { "reopen" } else { "resolve" };
        PainLine {
            kind: words(&group.kind),
            page: group.route,
            place: group.origin,
            count: format::count(group.count),
            last: format::age(group.last_seen, now),
            mark: if group.id > 0 { format!("/status/errors/{}/{does}", group.id) } else { String::new() },
            is_resolved,
        }
    };
    (failed, noticed.into_iter().map(line).collect())
}

fn words(kind: &str) -> &'static str {
    match kind {
        "rage-click" => "clicked again and again",
        "dead-click" => "a click did nothing",
        "slow-request" => "a request took more than 1 s",
        "failed-request" => "a request failed",
        "abandoned-import" => "left while a file was on its way",
        "slow-paint" => "the largest part came late",
        "slow-answer" => "the page answered late",
        _ => "the page moved",
    }
}
