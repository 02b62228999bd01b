//! The fields of rules on the server, as they are typed.

use std::str::FromStr;

use alert::{Condition, Objective, Vital};
use domain::money::decimal_text;

use super::alert_form::{MINUTES, Typed, maybe, missing, parsed};
use super::alert_kind::Kind;
use super::plan_form::{amount, unmistakable};
use crate::WebError;

const COUNT: &str = "use a whole number such as 5";

impl Typed {
    /// What stands in the form of a new rule on the server.
    pub(super) fn new_of_server(kind: Kind) -> Self {
        let text = |text: &str| text.to_owned();
        let (value, minutes, short, least) = match kind {
            Kind::Burn => ("14.4", "60", "5", "5"),
            Kind::ErrorRate => ("", "15", "", "5"),
            Kind::Latency => ("2000", "15", "", "20"),
            Kind::Vitals => ("4000", "", "", "50"),
            Kind::FailedImports => ("", "60", "", "1"),
            _ => ("", "", "", ""),
        };
        let (by, days) = match kind {
            Kind::ErrorRate => ("5", ""),
            Kind::Disk => ("10", ""),
            Kind::Vitals | Kind::StaleSource => ("", "7"),
            _ => ("", ""),
        };
        Self {
            kind,
            metric: text(if kind == Kind::Vitals { Vital::Lcp.key() } else { "" }),
            value: text(value),
            by: text(by),
            days: text(days),
            minutes: text(minutes),
            short: text(short),
            least: text(least),
            severity: text("normal"),
            hold: text("0"),
            cooldown: text("10"),
            ..Self::default()
        }
    }

    /// How a condition on the server is typed.
    pub(super) fn of_server(condition: &Condition, percent: impl Fn(f64) -> String) -> Self {
        let number = |value: f64| unmistakable(decimal_text((value * 1e6).round() as i64, 0));
        let only = |only: &Option<String>| only.clone().unwrap_or_default();
        let none = Self::default();
        match condition {
            Condition::Burn { objective, rate, long_minutes, short_minutes, least } => Self {
                only: objective.map(|objective| objective.key().to_owned()).unwrap_or_default(),
                value: number(*rate),
                minutes: long_minutes.to_string(),
                short: short_minutes.to_string(),
                least: least.to_string(),
                ..none
            },
            Condition::ErrorRate { above, minutes, least } => {
                Self { by: percent(*above), minutes: minutes.to_string(), least: least.to_string(), ..none }
            }
            Condition::Latency { route, above_millis, minutes, least } => Self {
                only: only(route),
                value: above_millis.to_string(),
                minutes: minutes.to_string(),
                least: least.to_string(),
                ..none
            },
            Condition::Vitals { vital, page, above, days, least } => Self {
                metric: vital.key().to_owned(),
                only: only(page),
                value: number(*above),
                days: days.to_string(),
                least: least.to_string(),
                ..none
            },
            Condition::Check { check } => Self { only: only(check), ..none },
            Condition::FailedImports { least, minutes } => {
                Self { minutes: minutes.to_string(), least: least.to_string(), ..none }
            }
            _ => none,
        }
    }

    /// What was typed as a condition on the server.
    pub(super) fn server_condition(&self, above: Result<f64, WebError>) -> Result<Condition, WebError> {
        let whole = |name, text: &str| parsed::<u32>(name, text, MINUTES);
        let least = || parsed::<u64>("least", &self.least, COUNT);
        let only = || Some(self.only.trim().to_owned()).filter(|only| !only.is_empty());
        let value = || {
            let micros = amount("value", &self.value)?.ok_or_else(|| missing("value", "type a number"))?;
            Ok::<_, WebError>(micros as f64 / 1e6)
        };
        Ok(match self.kind {
            Kind::Burn => Condition::Burn {
                objective: maybe::<Known<Objective>>(
                    "objective",
                    &self.only,
                    "choose an objective, or each",
                )?
                .map(|known| known.0),
                rate: value()?,
                long_minutes: whole("minutes", &self.minutes)?,
                short_minutes: whole("short", &self.short)?,
                least: least()?,
            },
            Kind::ErrorRate => Condition::ErrorRate {
                above: above?,
                minutes: whole("minutes", &self.minutes)?,
                least: least()?,
            },
            Kind::Latency => Condition::Latency {
                route: only(),
                above_millis: parsed(
                    "value",
                    &self.value,
                    "use a whole number of milliseconds such as 2000",
                )?,
                minutes: whole("minutes", &self.minutes)?,
                least: least()?,
            },
            Kind::Vitals => Condition::Vitals {
                vital: parsed::<Known<Vital>>("metric", &self.metric, "choose a vital")?.0,
                page: only(),
                above: value()?,
                days: parsed("days", &self.days, "use a number of days such as 7")?,
                least: least()?,
            },
            Kind::FailedImports => {
                Condition::FailedImports { least: least()?, minutes: whole("minutes", &self.minutes)? }
            }
            _ => Condition::Check { check: only() },
        })
    }
}

/// A word that was chosen from a list.
struct Known<T>(T);

impl FromStr for Known<Objective> {
    type Err = ();

    fn from_str(word: &str) -> Result<Self, ()> {
        Objective::ALL.into_iter().find(|known| known.key() == word).map(Self).ok_or(())
    }
}

impl FromStr for Known<Vital> {
    type Err = ();

    fn from_str(word: &str) -> Result<Self, ()> {
        Vital::ALL.into_iter().find(|known| known.key() == word).map(Self).ok_or(())
    }
}

#[cfg(test)]
mod tests {
    use alert::built_in;

    use super::*;

    #[test]
    fn a_form_reads_back_the_rules_that_are_there_from_the_start() {
        for (key, rule) in built_in() {
            assert_eq!(Typed::of(&rule).rule().unwrap(), rule, "{key}");
        }
        for kind in Kind::offered(true) {
            let typed = Typed { name: "a".to_owned(), ..Typed::new_of_server(*kind) };
            assert_eq!(typed.rule().unwrap().check_owner(true), Ok(()), "{kind:?}");
        }
    }

    #[test]
    fn what_is_wrong_is_told_by_its_input() {
        let new = |kind| Typed { name: "a".to_owned(), ..Typed::new_of_server(kind) };
        for (field, typed) in [
            ("objective", Typed { only: "luck".to_owned(), ..new(Kind::Burn) }),
            ("short", Typed { short: "soon".to_owned(), ..new(Kind::Burn) }),
            ("minutes", Typed { minutes: String::new(), ..new(Kind::ErrorRate) }),
            ("by", Typed { by: String::new(), ..new(Kind::ErrorRate) }),
            ("value", Typed { value: "2 s".to_owned(), ..new(Kind::Latency) }),
            ("metric", Typed { metric: "cpa".to_owned(), ..new(Kind::Vitals) }),
            ("least", Typed { least: "-1".to_owned(), ..new(Kind::FailedImports) }),
        ] {
            let told = typed.rule().unwrap_err().problem();
            assert_eq!(told.parameter.as_deref(), Some(field), "{typed:?}");
        }
    }
}
