//! What was measured in a window of time, as far as a rule on the server needs it, and what the rule says of it. Windows are made
//! of what is so now, or slide over the past: both are judged here.

use std::collections::BTreeMap;

use alert::{Condition, Objective, Slowness, Vital, objective, server};
use jiff::SignedDuration;
use watch::{Few, Group, Known, Measured, Series, Spread, metrics};

use crate::objectives::{Answered, covered, is_counted, is_read};
use crate::subjects::{Seen, Sight};

/// So long a self-check's last result stands, in minutes.
const CHECKED: u32 = 2;
/// Most routes and pages that are judged by themselves: the limit is on what is measured, which is larger.
const MOST: usize = 100;

/// What was measured in a piece of time.
#[derive(Debug, Clone, Default)]
pub(crate) struct Slice {
    pub covered: SignedDuration,
    answered: Answered,
    failed_imports: u64,
    /// By route or page.
    spreads: Vec<(String, Few)>,
    /// Where checks stood at its end.
    checks: Vec<(String, f64)>,
}

/// What was measured in a window. Slices are added to it and taken away again.
#[derive(Debug, Default)]
pub(crate) struct Window {
    covered: SignedDuration,
    answered: Answered,
    failed_imports: u64,
    spreads: BTreeMap<String, Spread>,
    checks: BTreeMap<String, f64>,
}

/// The windows that a condition looks at, in minutes, the longer one first; none where it is about how things are now.
pub(crate) fn minutes(condition: &Condition) -> Option<(u32, Option<u32>)> {
    match condition {
        Condition::ErrorRate { minutes, .. }
        | Condition::Latency { minutes, .. }
        | Condition::FailedImports { minutes, .. } => Some((*minutes, None)),
        Condition::Vitals { days, .. } => Some((days * 24 * 60, None)),
        Condition::Check { .. } => Some((CHECKED, None)),
        Condition::Burn { long_minutes, short_minutes, .. } => Some((*long_minutes, Some(*short_minutes))),
        _ => None,
    }
}

/// Whether a condition needs a series.
pub(crate) fn is_needed(condition: &Condition, series: &Series) -> bool {
    let name = series.name();
    match condition {
        Condition::ErrorRate { .. } | Condition::Burn { .. } => is_counted(series),
        Condition::Latency { .. } => name == metrics::HTTP_REQUEST_SECONDS.name && is_read(series),
        Condition::Vitals { vital, .. } => name == metric_of(*vital).name,
        Condition::Check { .. } => name == metrics::CHECK_STATE.name,
        Condition::FailedImports { .. } => name == metrics::IMPORTS.name,
        _ => false,
    }
}

impl Slice {
    /// Of what was measured of the series that the condition needs.
    pub(crate) fn of(condition: &Condition, measured: &Measured) -> Self {
        let mut slice = Self { covered: covered(measured), ..Self::default() };
        match condition {
            Condition::ErrorRate { .. } | Condition::Burn { .. } => slice.answered = Answered::of(measured),
            Condition::Latency { route, .. } => {
                let is_meant = |own: &str| {
                    route.as_deref().is_none_or(|only| only == own) && Group::of(own) != Group::Rest
                };
                slice.spreads = by_label(measured, "route", is_meant);
            }
            Condition::Vitals { page, .. } => {
                let is_meant = |own: &str| page.as_deref().is_none_or(|only| only == own);
                slice.spreads = by_label(measured, "page", is_meant);
            }
            Condition::Check { check } => {
                let named = |series: &Series| {
                    series.label("check").filter(|own| check.as_ref().is_none_or(|only| only == own))
                };
                let gauges = measured.gauges.iter();
                slice.checks =
                    gauges.filter_map(|(series, gauged)| Some((named(series)?, gauged.last))).collect();
            }
            Condition::FailedImports { .. } => {
                let is_failed = |series: &Series| series.label("became").as_deref() == Some("failed");
                slice.failed_imports = measured.count(metrics::IMPORTS.name, is_failed);
            }
            _ => {}
        }
        slice
    }
}

impl Slice {
    /// Whether a check was looked at in it.
    pub(crate) fn has_check(&self, check: &str) -> bool {
        self.checks.iter().any(|(own, _)| own == check)
    }
}

fn by_label(measured: &Measured, label: &str, is_meant: impl Fn(&str) -> bool) -> Vec<(String, Few)> {
    let mut spreads: BTreeMap<String, Spread> = BTreeMap::new();
    for (series, spread) in &measured.spreads {
        if let Some(own) = series.label(label).filter(|own| is_meant(own)) {
            spreads.entry(own).or_default().add(spread);
        }
    }
    spreads.into_iter().map(|(own, spread)| (own, spread.few())).collect()
}

impl Window {
    pub(crate) fn add(&mut self, slice: &Slice) {
        self.covered = self.covered.saturating_add(slice.covered);
        self.answered.add(&slice.answered);
        self.failed_imports += slice.failed_imports;
        for (own, few) in &slice.spreads {
            self.spreads.entry(own.clone()).or_default().add_few(few);
        }
        self.checks.extend(slice.checks.iter().cloned());
    }

    /// Takes the oldest away again. What a check was then is forgotten, unless it was looked at since.
    pub(crate) fn take(&mut self, slice: &Slice, has_check_since: impl Fn(&str) -> bool) {
        self.covered = self.covered.saturating_sub(slice.covered);
        self.answered.take(&slice.answered);
        self.failed_imports = self.failed_imports.saturating_sub(slice.failed_imports);
        for (own, few) in &slice.spreads {
            let Some(spread) = self.spreads.get_mut(own) else { continue };
            spread.take_few(few);
            if spread.count() == 0 {
                self.spreads.remove(own);
            }
        }
        for (own, _) in slice.checks.iter().filter(|(own, _)| !has_check_since(own)) {
            self.checks.remove(own);
        }
    }

    pub(crate) fn counted(&self, objective: Objective) -> alert::Counted {
        self.answered.counted(objective, self.covered)
    }

    /// Each route or page that was measured, judged by a percentile of its times in milliseconds, or of its scores.
    fn of_each(
        &self,
        (label, part, per): (&str, f64, f64),
        judge: impl Fn(Slowness) -> alert::Judged,
    ) -> Vec<Seen> {
        let one = |(own, spread): (&String, &Spread)| {
            let value = spread.quantile(part).map(|value| value * per);
            let judged = judge(Slowness { count: spread.count(), value, covered: self.covered });
            Seen { key: format!("{label} {own}"), name: own.clone(), judged }
        };
        self.spreads.iter().take(MOST).map(one).collect()
    }
}

/// What a condition says of its windows; none where it is not about what was measured.
pub(crate) fn judge(condition: &Condition, long: &Window, short: &Window) -> Option<Sight> {
    let one = |key: &str, name: &str, judged| {
        Sight::Seen(vec![Seen { key: key.to_owned(), name: name.to_owned(), judged }])
    };
    Some(match condition {
        Condition::ErrorRate { above, minutes, least } => {
            let counted = long.counted(Objective::Availability);
            one("requests", "Pages and API", server::error_rate(counted, *above, *minutes, *least))
        }
        // What nothing is known of is not over.
        Condition::Latency { minutes, .. } if long.covered.is_zero() => {
            Sight::Nothing(server::unmeasured(*minutes).words)
        }
        Condition::Vitals { days, .. } if long.covered.is_zero() => {
            Sight::Nothing(server::unmeasured(days * 24 * 60).words)
        }
        Condition::Latency { above_millis, minutes, least, .. } => {
            Sight::Seen(long.of_each(("route", 0.95, 1000.0), |slow| {
                let what = (*minutes, "95 of 100 requests took up to");
                server::slowness(slow, f64::from(*above_millis), *least, what, |millis| {
                    format!("{millis:.0} ms")
                })
            }))
        }
        Condition::Vitals { vital, above, days, least, .. } => {
            let what = format!("For three of four visits {} was up to", vital.label());
            let per = if metric_of(*vital).unit == "seconds" { 1000.0 } else { 1.0 };
            Sight::Seen(long.of_each(("page", 0.75, per), |slow| {
                let what = (days * 24 * 60, what.as_str());
                server::slowness(slow, *above, *least, what, |value| vital.words(value))
            }))
        }
        Condition::Check { .. } if long.checks.is_empty() => Sight::Nothing(server::check("", None).words),
        Condition::Check { .. } => {
            let one = |(own, figure): (&String, &f64)| Seen {
                key: format!("check {own}"),
                name: format!("Check {own}"),
                judged: server::check(own, Some(*figure)),
            };
            Sight::Seen(long.checks.iter().map(one).collect())
        }
        Condition::FailedImports { least, minutes } => {
            let judged = server::failed_imports(long.failed_imports, long.covered, *least, *minutes);
            one("imports", "Imports", judged)
        }
        Condition::Burn { objective: only, rate, long_minutes, short_minutes, least } => {
            let meant = Objective::ALL.into_iter().filter(|own| only.is_none_or(|only| only == *own));
            let one = |own: Objective| Seen {
                key: format!("objective {}", own.key()),
                name: own.label().to_owned(),
                judged: objective::burn(
                    own,
                    *rate,
                    (*long_minutes, long.counted(own)),
                    (*short_minutes, short.counted(own)),
                    *least,
                ),
            };
            Sight::Seen(meant.map(one).collect())
        }
        _ => return None,
    })
}

fn metric_of(vital: Vital) -> &'static Known {
    match vital {
        Vital::Lcp => &metrics::VITALS_LCP_SECONDS,
        Vital::Inp => &metrics::VITALS_INP_SECONDS,
        Vital::Cls => &metrics::VITALS_CLS,
        Vital::Fcp => &metrics::VITALS_FCP_SECONDS,
        Vital::Ttfb => &metrics::VITALS_TTFB_SECONDS,
    }
}
