//! Rules as data: what is watched, from when on it is an alert, and who is told.

use std::collections::BTreeSet;

use domain::{Currency, Metric, Micros, Platform, Unit};
use serde::{Deserialize, Serialize};

use crate::notice::QuietHours;
use crate::objective::Objective;
use crate::server::Vital;

/// Longest name of a rule, in characters.
pub const LONGEST_NAME: usize = 120;
/// Longest span of days that a rule looks at.
pub const MOST_DAYS: u32 = 90;
/// Longest hold, cooldown and time to escalation: 30 days in minutes.
pub const MOST_MINUTES: u32 = 30 * 24 * 60;
/// Most channels that a rule tells.
pub const MOST_CHANNELS: usize = 10;

/// A rule.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// What it is called.
    pub name: String,
    /// When it is an alert.
    pub condition: Condition,
    /// What it is about.
    #[serde(default)]
    pub scope: Scope,
    /// How bad that is.
    #[serde(default)]
    pub severity: Severity,
    /// How long the condition must hold before it fires, in minutes.
    #[serde(default)]
    pub hold_minutes: u32,
    /// How long after it resolved it may not fire again, in minutes.
    #[serde(default)]
    pub cooldown_minutes: u32,
    /// The channels that are told when it fires and resolves, by number.
    #[serde(default)]
    pub channels: BTreeSet<u32>,
    /// When nobody is to be told; urgent alerts are told all the same.
    #[serde(default)]
    pub quiet_hours: Option<QuietHours>,
    /// After how many minutes without anybody acknowledging it more people are told.
    #[serde(default)]
    pub escalate_after_minutes: Option<u32>,
    /// The channels that are told then.
    #[serde(default)]
    pub escalate_to: BTreeSet<u32>,
    /// Whether it is looked at.
    #[serde(default = "yes")]
    pub is_on: bool,
}

fn yes() -> bool {
    true
}

/// How bad it is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// It can wait until somebody works: quiet hours count.
    #[default]
    Normal,
    /// Somebody must look now.
    Urgent,
}

/// Which way something is wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// Too much, or risen.
    Above,
    /// Too little, or fallen.
    Below,
}

/// What a rule on campaigns is about.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Scope {
    /// What is judged by itself.
    pub each: Each,
    /// Only this campaign.
    pub campaign: Option<u32>,
    /// Only campaigns whose plan has this label.
    pub label: Option<String>,
    /// Only this platform.
    pub platform: Option<Platform>,
}

/// What is judged by itself.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Each {
    /// Each account as a whole.
    #[default]
    Account,
    /// Each campaign.
    Campaign,
}

/// When it is an alert.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Condition {
    /// A metric over some days is beyond a value.
    Threshold {
        /// Which metric.
        metric: Metric,
        /// Which way.
        is: Direction,
        /// The value: money in micros, a count, a share (0.02 is 2 %) or a multiple.
        value: f64,
        /// What money is counted in; what is counted in another currency is not judged.
        #[serde(default)]
        currency: Option<Currency>,
        /// Over how many days.
        days: u32,
        /// The value at which it is over; without one, the same.
        #[serde(default)]
        clear: Option<f64>,
    },
    /// A metric has changed against the days before.
    Change {
        /// Which metric.
        metric: Metric,
        /// Which way.
        is: Direction,
        /// By how much at least: 0.5 is half as much again, or half less.
        by: f64,
        /// Over how many days at most; a large change is told after fewer.
        days: u32,
        /// Against how many days before.
        baseline_days: u32,
        /// The change at which it is over; without one, half of `by`.
        #[serde(default)]
        clear: Option<f64>,
    },
    /// Money is spent and nothing comes of it.
    NoConversions {
        /// Spend that should have brought conversions by now, in micros.
        spend_micros: Micros,
        /// What it is counted in.
        currency: Currency,
        /// Over how many days.
        days: u32,
    },
    /// Clicks come and conversions have stopped, as when a tag is broken.
    Tracking {
        /// Over how many days at most.
        days: u32,
    },
    /// A month's spend is on the way past its budget, or will fall short of it. About plans with a budget.
    Pacing {
        /// So much more than the budget: 0.1 is a tenth. Absent: more is no alert.
        over: Option<f64>,
        /// So much less. Absent: less is no alert.
        under: Option<f64>,
    },
    /// A platform was not reported for so many days.
    StaleSource {
        /// After how many days.
        days: u32,
    },
    /// The disk of the data folder is filling up.
    Disk {
        /// Below so much free space, as a share of the disk: 0.1 is a tenth.
        free_below: f64,
    },
    /// Requests to pages and API fail.
    ErrorRate {
        /// More than this share of them: 0.05 is one of twenty.
        above: f64,
        /// Over how many minutes.
        minutes: u32,
        /// At least so many have to have failed: one of ten is no outage.
        least: u64,
    },
    /// A route is slow.
    Latency {
        /// The pattern of a route, such as `/campaigns/{id}`; without one, each route of pages and API that was read from.
        #[serde(default)]
        route: Option<String>,
        /// 95 of 100 requests took longer than this, in milliseconds.
        above_millis: u32,
        /// Over how many minutes.
        minutes: u32,
        /// At least so many requests have to be there to tell.
        least: u64,
    },
    /// A page is slow, or moves, for those who visit it.
    Vitals {
        /// Which vital.
        vital: Vital,
        /// The pattern of a page; without one, each page.
        #[serde(default)]
        page: Option<String>,
        /// For a quarter of the visits it was above this, in milliseconds; for CLS a score.
        above: f64,
        /// Over how many days.
        days: u32,
        /// At least so many visits have to be there to tell.
        least: u64,
    },
    /// A self-check fails.
    Check {
        /// Its name, such as `engine`; without one, each.
        #[serde(default)]
        check: Option<String>,
    },
    /// Imports fail for a reason of the server's.
    FailedImports {
        /// At least so many.
        least: u64,
        /// Within how many minutes.
        minutes: u32,
    },
    /// The budget of errors is spent too fast.
    Burn {
        /// Of which objective; without one, of each.
        #[serde(default)]
        objective: Option<Objective>,
        /// How many times faster than allowed.
        rate: f64,
        /// Over this long, in minutes.
        long_minutes: u32,
        /// And still over this long, in minutes, so that it ends when the trouble does.
        short_minutes: u32,
        /// At least so many requests have to have been bad over the longer time.
        least: u64,
    },
}

/// Why something can't be a rule.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{field}: {detail}; {remedy}")]
pub struct NotARule {
    /// Which field, as it is written in JSON.
    pub field: &'static str,
    /// What is wrong with it.
    pub detail: String,
    /// What would be right.
    pub remedy: &'static str,
}

pub(crate) fn wrong(field: &'static str, detail: impl Into<String>, remedy: &'static str) -> NotARule {
    NotARule { field, detail: detail.into(), remedy }
}

impl Condition {
    /// Whether only the server itself has such rules, rather than workspaces.
    pub fn is_of_server_only(&self) -> bool {
        matches!(
            self,
            Self::ErrorRate { .. }
                | Self::Latency { .. }
                | Self::Vitals { .. }
                | Self::Check { .. }
                | Self::FailedImports { .. }
                | Self::Burn { .. }
        )
    }

    /// Whether it is judged by how the machine and the server do now, rather than by what was imported.
    pub fn is_of_machine(&self) -> bool {
        self.is_of_server_only() || matches!(self, Self::Disk { .. })
    }

    /// The days that have to be known to judge it: those it looks at, and those it compares with or learns the usual from.
    pub fn days_needed(&self) -> u32 {
        match self {
            Self::Change { days, baseline_days, .. } => days + baseline_days,
            Self::Threshold { days, .. } | Self::NoConversions { days, .. } | Self::Tracking { days } => {
                days + crate::judge::USUAL_DAYS
            }
            _ => 0,
        }
    }

    fn check(&self) -> Result<(), NotARule> {
        let days_in = |field, days: u32, least: u32| match (least..=MOST_DAYS).contains(&days) {
            true => Ok(()),
            false => Err(wrong(
                field,
                format!("{days} days can't be looked at"),
                "use 1 to 90 days, 14 to 90 to compare with",
            )),
        };
        let number = |field, value: f64, least: f64, most: f64, remedy| match value.is_finite()
            && value > least
            && value <= most
        {
            true => Ok(()),
            false => Err(wrong(field, "it is out of range", remedy)),
        };
        match self {
            Self::Threshold { metric, value, currency, days, clear, .. } => {
                days_in("days", *days, 1)?;
                let remedy = "use a number above 0; money in micros, 2 % as 0.02";
                number("value", *value, 0.0, 1e18, remedy)?;
                clear.map_or(Ok(()), |clear| number("clear", clear, 0.0, 1e18, remedy))?;
                match (metric.unit(), currency) {
                    (Unit::Money, None) => {
                        Err(wrong("currency", "an amount needs one", "use a three-letter code such as EUR"))
                    }
                    _ => Ok(()),
                }
            }
            Self::Change { is, by, days, baseline_days, clear, .. } => {
                days_in("days", *days, 1)?;
                days_in("baseline_days", *baseline_days, 14)?;
                let most = if *is == Direction::Below { 0.99 } else { 100.0 };
                let remedy = "use a share such as 0.5 for half; what falls can fall by 0.99 at most";
                number("by", *by, 0.0, most, remedy)?;
                clear.map_or(Ok(()), |clear| {
                    number("clear", clear, 0.0, *by, "use a share below that of `by`")
                })
            }
            Self::NoConversions { spend_micros, days, .. } => {
                days_in("days", *days, 1)?;
                number("spend_micros", *spend_micros as f64, 0.0, 1e18, "use more than 0")
            }
            Self::Tracking { days } => days_in("days", *days, 1),
            Self::Pacing { over: None, under: None } => Err(wrong(
                "over",
                "neither over nor under is given",
                "give at least one, such as 0.1 for a tenth",
            )),
            Self::Pacing { over, under } => {
                let remedy = "use a share such as 0.1 for a tenth";
                over.map_or(Ok(()), |over| number("over", over, 0.0, 10.0, remedy))?;
                under.map_or(Ok(()), |under| number("under", under, 0.0, 0.99, remedy))
            }
            Self::StaleSource { days } => days_in("days", *days, 1),
            Self::Disk { free_below } => {
                number("free_below", *free_below, 0.0, 0.99, "use a share such as 0.1 for a tenth")
            }
            _ => self.check_of_server(),
        }
    }
}

impl Rule {
    /// Whether it can be a rule of the server, or of a workspace.
    ///
    /// # Errors
    /// If it can't: where it belongs.
    pub fn check_owner(&self, is_servers: bool) -> Result<(), NotARule> {
        let is_shared = matches!(self.condition, Condition::StaleSource { .. } | Condition::Disk { .. });
        match (is_servers, self.condition.is_of_server_only()) {
            (false, true) => Err(wrong(
                "condition",
                "it is about the server, not about a workspace",
                "make it among the server's rules, /status/alerts/rules",
            )),
            (true, false) if !is_shared => Err(wrong(
                "condition",
                "it is about the figures of a workspace, not about the server",
                "make it among the workspace's rules, /alerts/rules",
            )),
            _ if is_servers && self.scope != Scope::default() => Err(wrong(
                "scope",
                "a rule of the server has none",
                "leave it out; name a route, page, check or objective instead",
            )),
            _ => Ok(()),
        }
    }

    /// The same in its one form.
    #[must_use]
    pub fn tidy(mut self) -> Self {
        self.name = self.name.split_whitespace().collect::<Vec<_>>().join(" ");
        if self.scope.campaign.is_some() {
            self.scope.each = Each::Campaign;
        }
        if let Some(label) = &mut self.scope.label {
            *label = label.split_whitespace().collect::<Vec<_>>().join(" ");
            self.scope.each = Each::Campaign;
        }
        self
    }

    /// Whether it can be a rule.
    ///
    /// # Errors
    /// If not: which field is wrong, and what would be right.
    pub fn check(&self) -> Result<(), NotARule> {
        let length = self.name.chars().count();
        if length == 0 || length > LONGEST_NAME || self.name.contains(char::is_control) {
            return Err(wrong(
                "name",
                "it is empty, too long or holds a control character",
                "use 1 to 120 letters",
            ));
        }
        self.condition.check()?;
        if self.scope.label.as_ref().is_some_and(|label| label.is_empty() || label.chars().count() > 40) {
            return Err(wrong("label", "there can be no such label", "use 1 to 40 letters"));
        }
        let minutes = [
            ("hold_minutes", Some(self.hold_minutes)),
            ("cooldown_minutes", Some(self.cooldown_minutes)),
            ("escalate_after_minutes", self.escalate_after_minutes),
        ];
        for (field, given) in minutes {
            if given.is_some_and(|given| given > MOST_MINUTES) {
                return Err(wrong(field, "it is too long", "use at most 43,200 minutes, which is 30 days"));
            }
        }
        if self.channels.len() > MOST_CHANNELS || self.escalate_to.len() > MOST_CHANNELS {
            return Err(wrong("channels", "there are too many", "use at most 10"));
        }
        if self.escalate_after_minutes.is_some() == self.escalate_to.is_empty() {
            let remedy = "give both, or neither";
            return Err(wrong("escalate_to", "escalation needs a time and whom to tell", remedy));
        }
        self.quiet_hours.as_ref().map_or(Ok(()), QuietHours::check)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rule(condition: Condition) -> Rule {
        Rule {
            name: "CPA".to_owned(),
            condition,
            scope: Scope::default(),
            severity: Severity::Normal,
            hold_minutes: 0,
            cooldown_minutes: 0,
            channels: BTreeSet::new(),
            quiet_hours: None,
            escalate_after_minutes: None,
            escalate_to: BTreeSet::new(),
            is_on: true,
        }
    }

    #[test]
    fn what_is_wrong_is_named() {
        let change = |by, days, baseline_days| Condition::Change {
            metric: Metric::Cpa,
            is: Direction::Above,
            by,
            days,
            baseline_days,
            clear: None,
        };
        let named = |name: &str| Rule { name: name.to_owned(), ..rule(change(0.5, 7, 28)) };
        for (field, rule) in [
            ("name", named("")),
            ("name", named("a\u{7}")),
            ("by", rule(change(0.0, 7, 28))),
            ("by", rule(change(f64::NAN, 7, 28))),
            ("days", rule(change(0.5, 0, 28))),
            ("baseline_days", rule(change(0.5, 7, 3))),
            ("over", rule(Condition::Pacing { over: None, under: None })),
            ("escalate_to", Rule { escalate_after_minutes: Some(5), ..named("a") }),
            ("hold_minutes", Rule { hold_minutes: u32::MAX, ..named("a") }),
            (
                "currency",
                rule(Condition::Threshold {
                    metric: Metric::Cpa,
                    is: Direction::Above,
                    value: 1e6,
                    currency: None,
                    days: 7,
                    clear: None,
                }),
            ),
        ] {
            assert_eq!(rule.check().unwrap_err().field, field, "{rule:?}");
        }
        assert_eq!(named("CPA up by half").check(), Ok(()));
    }

    #[test]
    fn rules_cross_the_wire() {
        let text = r#"{"name":"CPA","condition":{"kind":"change","metric":"cpa","is":"above","by":0.5,"days":7,"baseline_days":28}}"#;
        let rule: Rule = serde_json::from_str(text).unwrap();
        assert!(rule.is_on);
        let back: Rule = serde_json::from_str(&serde_json::to_string(&rule).unwrap()).unwrap();
        assert_eq!(back, rule);
        assert!(serde_json::from_str::<Rule>(&text.replace("by", "bye")).is_err());
    }
}
