//! The form of an alert rule. What was typed stays as it was typed, whatever is wrong with it.

use std::collections::BTreeSet;
use std::str::FromStr;

use alert::{Condition, Direction, Each, Objective, QuietHours, Rule, Scope, Severity, Vital};
use askama::Template;
use askama::filters::HtmlSafe;
use domain::money::decimal_text;
use domain::{Currency, Metric, Platform, Unit};
use store::catalog::AlertChannel;

use super::alert_kind::Kind;
use super::plan_form::{amount, unmistakable};
use crate::WebError;
use crate::params::Params;
use crate::problem::ProblemOut;

/// The fields as they were typed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Typed {
    pub(super) kind: Kind,
    pub(super) name: String,
    pub(super) metric: String,
    /// `above` or `below`.
    pub(super) is: String,
    pub(super) value: String,
    pub(super) currency: String,
    /// In percent, as `over`, `under` and `free` are.
    pub(super) by: String,
    pub(super) days: String,
    /// Of rules on the server: over how long, and still over how long; how many cases have to be there; what it is only about.
    pub(super) minutes: String,
    pub(super) short: String,
    pub(super) least: String,
    pub(super) only: String,
    pub(super) baseline_days: String,
    pub(super) over: String,
    pub(super) under: String,
    /// `account` or `campaign`.
    pub(super) each: String,
    pub(super) campaign: String,
    pub(super) label: String,
    pub(super) platform: String,
    pub(super) severity: String,
    pub(super) hold: String,
    pub(super) cooldown: String,
    pub(super) channels: BTreeSet<u32>,
    pub(super) quiet_from: String,
    pub(super) quiet_to: String,
    pub(super) zone: String,
    pub(super) escalate_after: String,
    pub(super) escalate_to: BTreeSet<u32>,
    pub(super) is_off: bool,
}

impl Typed {
    /// What stands in the form of a new rule.
    pub(crate) fn new(kind: Kind, currency: Option<Currency>) -> Self {
        let text = |text: &str| text.to_owned();
        let days = if kind == Kind::StaleSource { "3" } else { "7" };
        Self {
            kind,
            metric: text(if kind == Kind::Threshold { "roas" } else { "cpa" }),
            is: text(if kind == Kind::Threshold { "below" } else { "above" }),
            currency: currency.map(|currency| currency.code().to_owned()).unwrap_or_default(),
            by: text(if kind == Kind::Disk { "10" } else { "50" }),
            days: text(days),
            baseline_days: text("28"),
            over: text("10"),
            under: text("10"),
            each: text("campaign"),
            severity: text("normal"),
            hold: text("0"),
            cooldown: text(if kind == Kind::Disk { "10" } else { "0" }),
            ..Self::default()
        }
    }

    /// Reads the fields of a form.
    pub(crate) fn read(form: &mut Params) -> Result<Self, WebError> {
        let kind = form.parsed("kind")?.unwrap_or_default();
        let (channels, escalate_to) = (form.list("channels")?, form.list("escalate_to")?);
        let is_off = form.text("is_off")?.is_some();
        let mut text = |name| Ok::<_, WebError>(form.text(name)?.unwrap_or_default());
        Ok(Self {
            kind,
            name: text("name")?,
            metric: text("metric")?,
            is: text("is")?,
            value: text("value")?,
            currency: text("currency")?,
            by: text("by")?,
            days: text("days")?,
            minutes: text("minutes")?,
            short: text("short")?,
            least: text("least")?,
            only: text("only")?,
            baseline_days: text("baseline_days")?,
            over: text("over")?,
            under: text("under")?,
            each: text("each")?,
            campaign: text("campaign")?,
            label: text("label")?,
            platform: text("platform")?,
            severity: text("severity")?,
            hold: text("hold")?,
            cooldown: text("cooldown")?,
            quiet_from: text("quiet_from")?,
            quiet_to: text("quiet_to")?,
            zone: text("zone")?,
            escalate_after: text("escalate_after")?,
            channels: channels.into_iter().collect(),
            escalate_to: escalate_to.into_iter().collect(),
            is_off,
        })
    }

    /// How a rule is typed.
    pub(crate) fn of(rule: &Rule) -> Self {
        let percent = |share: f64| unmistakable(decimal_text((share * 1e8).round() as i64, 0));
        let code = |currency: &Currency| currency.code().to_owned();
        let direction = |is: &Direction| if *is == Direction::Above { "above" } else { "below" }.to_owned();
        let mut typed = Self { kind: Kind::of(&rule.condition), ..Self::default() };
        match &rule.condition {
            Condition::Threshold { metric, is, value, currency, days, .. } => {
                typed.metric = metric.key().to_owned();
                typed.is = direction(is);
                typed.value = unmistakable(decimal_text((value * typed_per(*metric)).round() as i64, 0));
                typed.currency = currency.as_ref().map(code).unwrap_or_default();
                typed.days = days.to_string();
            }
            Condition::Change { metric, is, by, days, baseline_days, .. } => {
                typed.metric = metric.key().to_owned();
                typed.is = direction(is);
                typed.by = percent(*by);
                typed.days = days.to_string();
                typed.baseline_days = baseline_days.to_string();
            }
            Condition::NoConversions { spend_micros, currency, days } => {
                typed.value = unmistakable(decimal_text(*spend_micros, 0));
                typed.currency = code(currency);
                typed.days = days.to_string();
            }
            Condition::Tracking { days } | Condition::StaleSource { days } => typed.days = days.to_string(),
            Condition::Pacing { over, under } => {
                typed.over = over.map(percent).unwrap_or_default();
                typed.under = under.map(percent).unwrap_or_default();
            }
            Condition::Disk { free_below } => typed.by = percent(*free_below),
            of_server => {
                typed = Self { kind: typed.kind, ..Self::of_server(of_server, percent) };
            }
        }
        let quiet = rule.quiet_hours.clone();
        let time = |time: jiff::civil::Time| time.strftime("%H:%M").to_string();
        Self {
            name: rule.name.clone(),
            each: if rule.scope.each == Each::Account { "account" } else { "campaign" }.to_owned(),
            campaign: rule.scope.campaign.map(|id| id.to_string()).unwrap_or_default(),
            label: rule.scope.label.clone().unwrap_or_default(),
            platform: rule.scope.platform.map(|platform| platform.key().to_owned()).unwrap_or_default(),
            severity: if rule.severity == Severity::Urgent { "urgent" } else { "normal" }.to_owned(),
            hold: rule.hold_minutes.to_string(),
            cooldown: rule.cooldown_minutes.to_string(),
            channels: rule.channels.clone(),
            quiet_from: quiet.as_ref().map(|quiet| time(quiet.from)).unwrap_or_default(),
            quiet_to: quiet.as_ref().map(|quiet| time(quiet.to)).unwrap_or_default(),
            zone: quiet.map(|quiet| quiet.zone).unwrap_or_default(),
            escalate_after: rule
                .escalate_after_minutes
                .map(|minutes| minutes.to_string())
                .unwrap_or_default(),
            escalate_to: rule.escalate_to.clone(),
            is_off: !rule.is_on,
            ..typed
        }
    }

    /// What was typed as a rule.
    ///
    /// # Errors
    /// If it is none: which input is wrong, and what would be right.
    pub(crate) fn rule(&self) -> Result<Rule, WebError> {
        let quiet_hours = match (self.quiet_from.as_str(), self.quiet_to.as_str()) {
            ("", "") => None,
            (from, to) => Some(QuietHours {
                from: parsed("quiet_from", from, "use a time such as 22:00, or leave both empty")?,
                to: parsed("quiet_to", to, "use a time such as 07:00, or leave both empty")?,
                zone: if self.zone.is_empty() { "UTC".to_owned() } else { self.zone.clone() },
            }),
        };
        let rule = Rule {
            name: self.name.clone(),
            condition: self.condition()?,
            scope: Scope {
                each: if self.each == "campaign" { Each::Campaign } else { Each::Account },
                campaign: maybe("campaign", &self.campaign, "use a campaign's number")?,
                label: Some(self.label.clone()).filter(|label| !label.is_empty()),
                platform: maybe("platform", &self.platform, "choose a platform")?,
            },
            severity: if self.severity == "urgent" { Severity::Urgent } else { Severity::Normal },
            hold_minutes: maybe("hold", &self.hold, MINUTES)?.unwrap_or(0),
            cooldown_minutes: maybe("cooldown", &self.cooldown, MINUTES)?.unwrap_or(0),
            channels: self.channels.clone(),
            quiet_hours,
            escalate_after_minutes: maybe("escalate_after", &self.escalate_after, MINUTES)?,
            escalate_to: self.escalate_to.clone(),
            is_on: !self.is_off,
        }
        .tidy();
        rule.check().map_err(|error| WebError::parameter(error.field, &error.detail, error.remedy))?;
        Ok(rule)
    }

    fn condition(&self) -> Result<Condition, WebError> {
        let days = |name, text: &str| parsed::<u32>(name, text, "use a number of days such as 7");
        let share = |name, text: &str| {
            let percent = amount(name, text)?.ok_or_else(|| missing(name, "type a number of percent"))?;
            Ok::<_, WebError>(percent as f64 / 1e8)
        };
        let maybe_share =
            |name, text: &str| if text.is_empty() { Ok(None) } else { share(name, text).map(Some) };
        let value = || amount("value", &self.value)?.ok_or_else(|| missing("value", "type a number"));
        let is = if self.is == "below" { Direction::Below } else { Direction::Above };
        let metric = || parsed::<Metric>("metric", &self.metric, "choose a metric");
        let currency =
            || maybe::<Currency>("currency", &self.currency, "use a three-letter code such as EUR");
        Ok(match self.kind {
            Kind::Change => Condition::Change {
                metric: metric()?,
                is,
                by: share("by", &self.by)?,
                days: days("days", &self.days)?,
                baseline_days: days("baseline_days", &self.baseline_days)?,
                clear: None,
            },
            Kind::Threshold => {
                let metric = metric()?;
                Condition::Threshold {
                    metric,
                    is,
                    value: value()? as f64 / typed_per(metric),
                    currency: currency()?.filter(|_| metric.unit() == Unit::Money),
                    days: days("days", &self.days)?,
                    clear: None,
                }
            }
            Kind::NoConversions => Condition::NoConversions {
                spend_micros: value()?,
                currency: currency()?
                    .ok_or_else(|| missing("currency", "use a three-letter code such as EUR"))?,
                days: days("days", &self.days)?,
            },
            Kind::Tracking => Condition::Tracking { days: days("days", &self.days)? },
            Kind::Pacing => Condition::Pacing {
                over: maybe_share("over", &self.over)?,
                under: maybe_share("under", &self.under)?,
            },
            Kind::StaleSource => Condition::StaleSource { days: days("days", &self.days)? },
            Kind::Disk => Condition::Disk { free_below: share("by", &self.by)? },
            _ => self.server_condition(share("by", &self.by))?,
        })
    }
}

pub(super) const MINUTES: &str = "use a number of minutes";

/// How many millionths are typed for one of a rule's unit: money is in micros already, shares are typed in percent.
fn typed_per(metric: Metric) -> f64 {
    match metric.unit() {
        Unit::Money => 1.0,
        Unit::Percent => 1e8,
        Unit::Count | Unit::Decimal | Unit::Multiple => 1e6,
    }
}

pub(super) fn missing(name: &str, remedy: &str) -> WebError {
    WebError::parameter(name, "it is missing", remedy)
}

pub(super) fn parsed<T: FromStr>(name: &str, text: &str, remedy: &str) -> Result<T, WebError> {
    text.parse().map_err(|_| WebError::parameter(name, &format!("'{text}' can't be read"), remedy))
}

pub(super) fn maybe<T: FromStr>(name: &str, text: &str, remedy: &str) -> Result<Option<T>, WebError> {
    if text.is_empty() { Ok(None) } else { parsed(name, text, remedy).map(Some) }
}

/// The form.
#[derive(Debug, Clone, Default, Template)]
#[template(path = "alert_form.html")]
pub(crate) struct RuleForm {
    action: String,
    version: Option<u32>,
    pub(super) kind: Kind,
    typed: Typed,
    metrics: Vec<(&'static str, &'static str)>,
    platforms: Vec<(&'static str, &'static str)>,
    labels: Vec<String>,
    channels: Vec<(u32, String)>,
    vitals: Vec<(&'static str, &'static str)>,
    objectives: Vec<(&'static str, &'static str)>,
    is_server: bool,
    /// What is wrong with what was typed; empty for nothing.
    wrong: String,
}

impl HtmlSafe for RuleForm {}

impl RuleForm {
    pub(crate) fn new(
        typed: Typed,
        action: String,
        version: Option<u32>,
        channels: &[AlertChannel],
        labels: Vec<String>,
        is_server: bool,
    ) -> Self {
        Self {
            action,
            version,
            kind: typed.kind,
            metrics: Metric::ALL.map(|metric| (metric.key(), metric.label())).to_vec(),
            platforms: Platform::ALL.iter().map(|platform| (platform.key(), platform.label())).collect(),
            vitals: Vital::ALL.map(|vital| (vital.key(), vital.label())).to_vec(),
            objectives: Objective::ALL.map(|objective| (objective.key(), objective.label())).to_vec(),
            is_server,
            labels,
            channels: channels
                .iter()
                .map(|channel| (channel.id, format!("{} ({})", channel.name, channel.kind.label())))
                .collect(),
            wrong: String::new(),
            typed,
        }
    }

    /// The same form, saying what is wrong with what was typed.
    pub(crate) fn refused(mut self, problem: &ProblemOut) -> Self {
        let remedy = problem.remedy.as_deref().unwrap_or_default();
        let detail = problem.detail.split_once("': ").map_or(problem.detail.as_str(), |(_, detail)| detail);
        let field = match problem.parameter.as_deref().unwrap_or_default() {
            "hold_minutes" => "hold",
            "cooldown_minutes" => "cooldown",
            "escalate_after_minutes" | "escalate_to" => "escalation",
            "spend_micros" => "spend",
            "free_below" => "free space",
            "above" | "above_millis" | "rate" => "value",
            "long_minutes" => "minutes",
            "short_minutes" => "short",
            "by" if self.kind == Kind::Change => "change",
            "by" => "share",
            "" => problem.title.as_str(),
            other => other,
        };
        let field = field.replace('_', " ");
        self.wrong = format!("{field}: {detail}. What to do: {remedy}.");
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_reads_back_what_it_shows() {
        for text in [
            r#"{"name":"a","condition":{"kind":"change","metric":"cpa","is":"above","by":0.5,"days":7,"baseline_days":28}}"#,
            r#"{"name":"a","condition":{"kind":"threshold","metric":"roas","is":"below","value":2.5,"days":7},"scope":{"each":"campaign","label":"brand"}}"#,
            r#"{"name":"a","condition":{"kind":"threshold","metric":"cpa","is":"above","value":40500000,"currency":"EUR","days":14},"severity":"urgent"}"#,
            r#"{"name":"a","condition":{"kind":"threshold","metric":"ctr","is":"below","value":0.0125,"days":14}}"#,
            r#"{"name":"a","condition":{"kind":"no_conversions","spend_micros":100000000,"currency":"EUR","days":7},"is_on":false}"#,
            r#"{"name":"a","condition":{"kind":"tracking","days":3},"scope":{"platform":"google_ads"},"channels":[1,2]}"#,
            r#"{"name":"a","condition":{"kind":"pacing","over":0.1,"under":null},"quiet_hours":{"from":"22:00","to":"07:00","zone":"Europe/Berlin"}}"#,
            r#"{"name":"a","condition":{"kind":"stale_source","days":3},"escalate_after_minutes":30,"escalate_to":[2]}"#,
            r#"{"name":"a","condition":{"kind":"disk","free_below":0.1},"hold_minutes":5,"cooldown_minutes":10}"#,
        ] {
            let rule: Rule = serde_json::from_str(text).unwrap();
            assert_eq!(Typed::of(&rule).rule().unwrap(), rule, "{text}");
        }
    }

    #[test]
    fn what_is_wrong_is_told_by_its_input() {
        let new = |kind| Typed { name: "a".to_owned(), ..Typed::new(kind, "EUR".parse().ok()) };
        for (field, typed) in [
            ("by", Typed { by: "half".to_owned(), ..new(Kind::Change) }),
            ("days", Typed { days: String::new(), ..new(Kind::Change) }),
            ("value", new(Kind::Threshold)),
            ("quiet_to", Typed { quiet_from: "22:00".to_owned(), ..new(Kind::Change) }),
            (
                "currency",
                Typed { currency: String::new(), value: "5".to_owned(), ..new(Kind::NoConversions) },
            ),
            ("name", Typed { name: String::new(), ..new(Kind::Tracking) }),
        ] {
            let told = typed.rule().unwrap_err().problem();
            assert_eq!(told.parameter.as_deref(), Some(field), "{typed:?}");
        }
        assert!(new(Kind::Change).rule().is_ok());
    }
}
