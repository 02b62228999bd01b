//! What the server's own rules are about, one by one, each judged by what was measured.

use std::collections::{BTreeSet, HashMap};

use alert::{Condition, Counted, Judged, Objective, Rule, Slowness, Vital, objective, server};
use jiff::{SignedDuration, Timestamp};
use store::catalog::HOST;
use watch::{Group, Known, Measured, Series, WatchError, metrics};

use crate::objectives::{before, counted, covered, is_counted, is_read};
use crate::subjects::{Seen, Sight, disk, stale, today};
use crate::{LookError, Lookout};

/// So long a self-check's last result stands.
const CHECKED: u32 = 2;
/// Most routes and pages that are judged by themselves: the limit is on what is measured, which is larger.
const MOST: usize = 100;

/// What was measured, read once for all rules of a look.
pub(crate) struct Measuring<'l> {
    lookout: &'l Lookout,
    now: Timestamp,
    /// What objectives are counted from, by how many minutes back.
    requests: HashMap<u32, Measured>,
}

impl<'l> Measuring<'l> {
    pub(crate) fn at(lookout: &'l Lookout, now: Timestamp) -> Self {
        Self { lookout, now, requests: HashMap::new() }
    }

    async fn over(
        &self,
        minutes: u32,
        of: impl Fn(&Series) -> bool + Send + Sync,
    ) -> Result<Measured, WatchError> {
        let from = before(self.now, SignedDuration::from_mins(i64::from(minutes)));
        self.lookout.watch.sum(from, self.now, of).await
    }

    async fn requests(&mut self, minutes: u32) -> Result<&Measured, WatchError> {
        if !self.requests.contains_key(&minutes) {
            let measured = self.over(minutes, is_counted).await?;
            self.requests.insert(minutes, measured);
        }
        Ok(self.requests.entry(minutes).or_default())
    }

    async fn counted(&mut self, minutes: u32, objective: Objective) -> Result<Counted, WatchError> {
        Ok(counted(objective, self.requests(minutes).await?))
    }

    /// Judges a rule of the server on everything that it is about.
    pub(crate) async fn see(&mut self, rule: &Rule) -> Result<Sight, LookError> {
        Ok(match &rule.condition {
            Condition::ErrorRate { above, minutes, least } => {
                let counted = self.counted(*minutes, Objective::Availability).await?;
                one("requests", "Pages and API", server::error_rate(counted, *above, *minutes, *least))
            }
            Condition::Latency { route, above_millis, minutes, least } => {
                let limit = (f64::from(*above_millis), *least);
                self.latency(route.as_deref(), limit, *minutes).await?
            }
            Condition::Vitals { vital, page, above, days, least } => {
                self.vitals(*vital, page.as_deref(), (*above, *least), *days).await?
            }
            Condition::Check { check } => self.checks(check.as_deref()).await?,
            Condition::FailedImports { least, minutes } => {
                let measured = self.over(*minutes, |series| series.name() == metrics::IMPORTS.name).await?;
                let is_failed = |series: &Series| series.label("became").as_deref() == Some("failed");
                let failed = measured.count(metrics::IMPORTS.name, is_failed);
                let judged = server::failed_imports(failed, covered(&measured), *least, *minutes);
                one("imports", "Imports", judged)
            }
            Condition::Burn { objective, rate, long_minutes, short_minutes, least } => {
                let mut seen = Vec::new();
                for own in Objective::ALL.into_iter().filter(|own| objective.is_none_or(|only| only == *own))
                {
                    let long = self.counted(*long_minutes, own).await?;
                    let short = self.counted(*short_minutes, own).await?;
                    let judged =
                        objective::burn(own, *rate, (*long_minutes, long), (*short_minutes, short), *least);
                    seen.push(Seen {
                        key: format!("objective {}", own.key()),
                        name: own.label().to_owned(),
                        judged,
                    });
                }
                Sight::Seen(seen)
            }
            Condition::Disk { free_below } => Sight::Seen(vec![disk(&self.lookout.folder, *free_below)]),
            Condition::StaleSource { days } => Sight::Seen(self.stale(*days).await?),
            // Rules on figures are kept by workspaces alone.
            _ => Sight::Nothing("It is not about the server.".to_owned()),
        })
    }

    async fn latency(
        &self,
        route: Option<&str>,
        (above, least): (f64, u64),
        minutes: u32,
    ) -> Result<Sight, WatchError> {
        let known = &metrics::HTTP_REQUEST_SECONDS;
        let measured = self.over(minutes, |series| series.name() == known.name && is_read(series)).await?;
        let is_meant = |own: &str| route.is_none_or(|only| only == own) && Group::of(own) != Group::Rest;
        Ok(of_each(&measured, (known, "route", 0.95, minutes), is_meant, |slow| {
            server::slowness(slow, above, least, (minutes, "95 of 100 requests took up to"), |millis| {
                format!("{millis:.0} ms")
            })
        }))
    }

    async fn vitals(
        &self,
        vital: Vital,
        page: Option<&str>,
        (above, least): (f64, u64),
        days: u32,
    ) -> Result<Sight, WatchError> {
        let (known, minutes) = (metric_of(vital), days * 24 * 60);
        let measured = self.over(minutes, |series| series.name() == known.name).await?;
        let is_meant = |own: &str| page.is_none_or(|only| only == own);
        let what = format!("For three of four visits {} was up to", vital.label());
        Ok(of_each(&measured, (known, "page", 0.75, minutes), is_meant, |slow| {
            server::slowness(slow, above, least, (minutes, what.as_str()), |value| vital.words(value))
        }))
    }

    async fn checks(&self, only: Option<&str>) -> Result<Sight, WatchError> {
        let measured = self.over(CHECKED, |series| series.name() == metrics::CHECK_STATE.name).await?;
        let mut seen = Vec::new();
        for (series, gauged) in &measured.gauges {
            let Some(name) = series.label("check") else { continue };
            if only.is_none_or(|only| only == name) {
                let judged = server::check(&name, Some(gauged.last));
                seen.push(Seen { key: format!("check {name}"), name: format!("Check {name}"), judged });
            }
        }
        Ok(match seen.is_empty() {
            true => Sight::Nothing(server::check("", None).words),
            false => Sight::Seen(seen),
        })
    }

    /// The platforms of the workspaces of those who run the server.
    async fn stale(&self, days: u32) -> Result<Vec<Seen>, LookError> {
        let mut seen = Vec::new();
        let workspaces = self.lookout.catalog.workspaces().await?;
        for workspace in workspaces.iter().filter(|workspace| workspace.organisation == HOST) {
            for platform in stale(self.lookout, workspace, None, days, today(self.now)).await? {
                seen.push(Seen {
                    key: format!("{} of {}", platform.key, workspace.id),
                    name: format!("{} in {}", platform.name, workspace.name),
                    ..platform
                });
            }
        }
        Ok(seen)
    }
}

fn one(key: &str, name: &str, judged: Judged) -> Sight {
    Sight::Seen(vec![Seen { key: key.to_owned(), name: name.to_owned(), judged }])
}

/// Each route or page that was measured, judged by a percentile of its times in milliseconds, or of its scores.
fn of_each(
    measured: &Measured,
    (known, label, part, minutes): (&Known, &str, f64, u32),
    is_meant: impl Fn(&str) -> bool,
    judge: impl Fn(Slowness) -> Judged,
) -> Sight {
    // What nothing is known of is not over.
    if measured.covered.is_zero() {
        return Sight::Nothing(server::unmeasured(minutes).words);
    }
    let names: BTreeSet<String> = measured.spreads.keys().filter_map(|series| series.label(label)).collect();
    let per = if known.unit == "seconds" { 1000.0 } else { 1.0 };
    let one = |name: String| {
        let spread = measured.spread(known.name, |series| series.label(label).as_deref() == Some(&*name));
        let value = spread.quantile(part).map(|value| value * per);
        let judged = judge(Slowness { count: spread.count(), value, covered: covered(measured) });
        Seen { key: format!("{label} {name}"), name, judged }
    };
    Sight::Seen(names.into_iter().filter(|name| is_meant(name)).take(MOST).map(one).collect())
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
