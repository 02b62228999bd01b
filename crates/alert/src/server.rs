//! What rules say of the server itself, by what it measured: requests, visits, self-checks, imports.
//!
//! What was not measured, as while the server was stopped, is not known and changes nothing. What was measured and nobody asked
//! for is clear: nobody meets a failure that is not there.

use jiff::SignedDuration;
use serde::{Deserialize, Serialize};

use crate::judge::Judged;
use crate::objective::{Counted, span};
use crate::rule::{Condition, MOST_DAYS, MOST_MINUTES, NotARule, wrong};
use crate::state::Reading;

/// From this part of a limit down it is clear again.
const CLEAR: f64 = 0.8;
/// The longest name of a route, page or check, in characters.
const LONGEST_NAME: usize = 120;

/// A Core Web Vital, or what explains one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Vital {
    /// Largest Contentful Paint.
    Lcp,
    /// Interaction to Next Paint.
    Inp,
    /// Cumulative Layout Shift.
    Cls,
    /// First Contentful Paint.
    Fcp,
    /// Time to First Byte.
    Ttfb,
}

impl Vital {
    /// All of them, those of the core first.
    pub const ALL: [Self; 5] = [Self::Lcp, Self::Inp, Self::Cls, Self::Fcp, Self::Ttfb];

    /// The word for programs.
    pub fn key(self) -> &'static str {
        match self {
            Self::Lcp => "lcp",
            Self::Inp => "inp",
            Self::Cls => "cls",
            Self::Fcp => "fcp",
            Self::Ttfb => "ttfb",
        }
    }

    /// What people call it.
    pub fn label(self) -> &'static str {
        match self {
            Self::Lcp => "LCP",
            Self::Inp => "INP",
            Self::Cls => "CLS",
            Self::Fcp => "FCP",
            Self::Ttfb => "TTFB",
        }
    }

    /// Whether it is a time, rather than a score.
    pub fn is_time(self) -> bool {
        self != Self::Cls
    }

    /// From here on it is poor, as web.dev says (<https://web.dev/articles/vitals>): milliseconds, of CLS a score.
    pub fn poor(self) -> f64 {
        match self {
            Self::Lcp => 4000.0,
            Self::Inp => 500.0,
            Self::Cls => 0.25,
            Self::Fcp => 3000.0,
            Self::Ttfb => 1800.0,
        }
    }

    /// A value of it in words.
    pub fn words(self, value: f64) -> String {
        if self.is_time() { format!("{value:.0} ms") } else { format!("{value:.2}") }
    }
}

/// How slow something was over some time, in a unit of its own.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Slowness {
    /// How often it was seen.
    pub count: u64,
    /// The percentile that is looked at; none where it was not seen.
    pub value: Option<f64>,
    /// For how much of the time anything was measured.
    pub covered: SignedDuration,
}

/// What is said where nothing was measured, as while the server was stopped.
pub fn unmeasured(minutes: u32) -> Judged {
    Judged::unknown(format!("Nothing was measured in the last {}.", span(minutes)))
}

/// Whether too many requests failed.
pub fn error_rate(counted: Counted, above: f64, minutes: u32, least: u64) -> Judged {
    if !counted.covered.is_positive() {
        return unmeasured(minutes);
    }
    let share = counted.bad_share().unwrap_or(0.0);
    let reading = match () {
        () if share > above && counted.bad >= least => Reading::Beyond,
        () if share > above * CLEAR => Reading::Between,
        () => Reading::Clear,
    };
    let words = match counted.asked {
        0 => format!("Nobody asked anything in the last {}.", span(minutes)),
        asked => format!(
            "{} of {asked} requests failed in the last {} ({:.1} %). The status page says which.",
            counted.bad,
            span(minutes),
            share * 100.0
        ),
    };
    Judged::plain(reading, words, share, above)
}

/// Whether something was too slow, or moved too much; `what` it is in words such as "95 of 100 took up to", `told` writes a value.
pub fn slowness(
    slowness: Slowness,
    above: f64,
    least: u64,
    (minutes, what): (u32, &str),
    told: impl Fn(f64) -> String,
) -> Judged {
    if !slowness.covered.is_positive() {
        return unmeasured(minutes);
    }
    let (Some(value), 1..) = (slowness.value, slowness.count) else {
        let words = format!("Nobody asked for it in the last {}.", span(minutes));
        return Judged { reading: Reading::Clear, ..Judged::unknown(words) };
    };
    let reading = match () {
        () if value > above && slowness.count >= least => Reading::Beyond,
        () if value > above * CLEAR => Reading::Between,
        () => Reading::Clear,
    };
    let words = format!(
        "{what} {} in the last {}, of {} that were measured; the limit is {}.",
        told(value),
        span(minutes),
        slowness.count,
        told(above)
    );
    Judged::plain(reading, words, value, above)
}

/// Whether a self-check fails, by the figure it left last: 0 is failing.
pub fn check(name: &str, figure: Option<f64>) -> Judged {
    match figure {
        None => Judged::unknown("It was not made in the last two minutes."),
        Some(figure) if figure <= 0.0 => {
            let words = format!("The check '{name}' fails. The status page says what to do.");
            Judged::plain(Reading::Beyond, words, figure, 0.0)
        }
        Some(figure) => {
            Judged::plain(Reading::Clear, format!("The check '{name}' does not fail."), figure, 0.0)
        }
    }
}

/// Whether imports failed for a reason of the server's.
pub fn failed_imports(failed: u64, covered: SignedDuration, least: u64, minutes: u32) -> Judged {
    if !covered.is_positive() {
        return unmeasured(minutes);
    }
    let reading = match failed {
        0 => Reading::Clear,
        failed if failed >= least => Reading::Beyond,
        _ => Reading::Between,
    };
    let words = match failed {
        0 => format!("No import failed in the last {}.", span(minutes)),
        1 => format!("An import failed in the last {}. The log says why; import it again.", span(minutes)),
        failed => {
            format!(
                "{failed} imports failed in the last {}. The log says why; import them again.",
                span(minutes)
            )
        }
    };
    Judged::plain(reading, words, failed as f64, least as f64)
}

impl Condition {
    /// Whether a condition on the server can be one.
    pub(crate) fn check_of_server(&self) -> Result<(), NotARule> {
        let number =
            |field, value: f64, most: f64, remedy| match value.is_finite() && value > 0.0 && value <= most {
                true => Ok(()),
                false => Err(wrong(field, "it is out of range", remedy)),
            };
        let minutes = |field, minutes: u32| match (1..=MOST_MINUTES).contains(&minutes) {
            true => Ok(()),
            false => Err(wrong(
                field,
                format!("{minutes} minutes can't be looked at"),
                "use 1 to 43,200 minutes, which is 30 days",
            )),
        };
        let at_least = |least: u64| match least {
            0 => Err(wrong("least", "nothing can't be told from something", "use 1 or more")),
            _ => Ok(()),
        };
        let name = |field, name: &Option<String>| match name {
            Some(name) if name.is_empty() || name.chars().count() > LONGEST_NAME => Err(wrong(
                field,
                "there can be no such name",
                "leave it out for all, or use 1 to 120 letters",
            )),
            _ => Ok(()),
        };
        match self {
            Self::ErrorRate { above, minutes: over, least } => {
                number("above", *above, 1.0, "use a share such as 0.05 for one of twenty")?;
                minutes("minutes", *over)?;
                at_least(*least)
            }
            Self::Latency { route, above_millis, minutes: over, least } => {
                name("route", route)?;
                number(
                    "above_millis",
                    f64::from(*above_millis),
                    3_600_000.0,
                    "use 1 to 3,600,000 milliseconds",
                )?;
                minutes("minutes", *over)?;
                at_least(*least)
            }
            Self::Vitals { vital, page, above, days, least } => {
                name("page", page)?;
                let most = if vital.is_time() { 600_000.0 } else { 100.0 };
                number("above", *above, most, "use milliseconds, of CLS a score such as 0.25")?;
                if !(1..=MOST_DAYS).contains(days) {
                    return Err(wrong("days", format!("{days} days can't be looked at"), "use 1 to 90 days"));
                }
                at_least(*least)
            }
            Self::Check { check } => name("check", check),
            Self::FailedImports { least, minutes: within } => {
                at_least(*least)?;
                minutes("minutes", *within)
            }
            Self::Burn { rate, long_minutes, short_minutes, least, .. } => {
                number("rate", *rate, 1000.0, "use a number such as 14.4")?;
                minutes("long_minutes", *long_minutes)?;
                minutes("short_minutes", *short_minutes)?;
                at_least(*least)?;
                match short_minutes < long_minutes {
                    true => Ok(()),
                    false => Err(wrong(
                        "short_minutes",
                        "it is no shorter than the longer time",
                        "use a twelfth of it, as is usual",
                    )),
                }
            }
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rule::{Rule, Scope};

    const MINUTE: SignedDuration = SignedDuration::from_mins(1);

    #[test]
    fn requests_that_fail_are_told_if_they_are_many_and_were_measured() {
        let of = |asked, bad, covered| error_rate(Counted { asked, bad, covered }, 0.05, 15, 5).reading;
        for (asked, bad, reading) in [
            (0, 0, Reading::Clear),
            (100, 5, Reading::Between),
            (100, 6, Reading::Beyond),
            (100, 4, Reading::Clear),
            // Four of ten are a lot, but only four.
            (10, 4, Reading::Between),
        ] {
            assert_eq!(of(asked, bad, MINUTE), reading, "{bad} of {asked}");
        }
        assert_eq!(of(100, 100, SignedDuration::ZERO), Reading::Unknown);
    }

    #[test]
    fn slow_is_told_of_what_was_asked_often_enough() {
        let of = |count, value, covered| {
            let told = |value: f64| format!("{value} ms");
            slowness(Slowness { count, value, covered }, 2000.0, 20, (15, "95 of 100 took up to"), told)
        };
        for (count, value, reading) in [
            (0, None, Reading::Clear),
            (19, Some(9000.0), Reading::Between),
            (20, Some(2100.0), Reading::Beyond),
            (20, Some(1700.0), Reading::Between),
            (20, Some(1500.0), Reading::Clear),
        ] {
            assert_eq!(of(count, value, MINUTE).reading, reading, "{count} at {value:?}");
        }
        assert_eq!(of(20, Some(9000.0), SignedDuration::ZERO).reading, Reading::Unknown);
        let words = of(20, Some(2100.0), MINUTE).words;
        assert!(words.contains("2100 ms in the last 15 minutes, of 20"), "{words}");
    }

    #[test]
    fn checks_and_imports() {
        for (figure, reading) in [
            (None, Reading::Unknown),
            (Some(0.0), Reading::Beyond),
            (Some(0.5), Reading::Clear),
            (Some(1.0), Reading::Clear),
        ] {
            assert_eq!(check("engine", figure).reading, reading, "{figure:?}");
        }
        for (failed, reading) in [(0, Reading::Clear), (1, Reading::Between), (2, Reading::Beyond)] {
            assert_eq!(failed_imports(failed, MINUTE, 2, 60).reading, reading, "{failed}");
        }
        assert_eq!(failed_imports(3, SignedDuration::ZERO, 2, 60).reading, Reading::Unknown);
    }

    #[test]
    fn what_is_wrong_is_named_and_rules_stay_where_they_belong() {
        let rule = |condition: &str| -> Rule {
            serde_json::from_str(&format!(r#"{{"name":"a","condition":{condition}}}"#)).unwrap()
        };
        for (field, condition) in [
            ("above", r#"{"kind":"error_rate","above":1.5,"minutes":15,"least":5}"#),
            ("minutes", r#"{"kind":"error_rate","above":0.5,"minutes":0,"least":5}"#),
            ("least", r#"{"kind":"failed_imports","least":0,"minutes":60}"#),
            ("route", r#"{"kind":"latency","route":"","above_millis":5,"minutes":5,"least":5}"#),
            ("above_millis", r#"{"kind":"latency","above_millis":0,"minutes":5,"least":5}"#),
            ("above", r#"{"kind":"vitals","vital":"cls","above":4000,"days":7,"least":50}"#),
            ("days", r#"{"kind":"vitals","vital":"lcp","above":4000,"days":91,"least":50}"#),
            ("rate", r#"{"kind":"burn","rate":0,"long_minutes":60,"short_minutes":5,"least":5}"#),
            ("short_minutes", r#"{"kind":"burn","rate":6,"long_minutes":60,"short_minutes":60,"least":5}"#),
        ] {
            assert_eq!(rule(condition).check().unwrap_err().field, field, "{condition}");
        }
        let own = rule(r#"{"kind":"check","check":"engine"}"#);
        assert!(own.check_owner(true).is_ok() && own.check_owner(false).is_err());
        let scoped = Rule { scope: Scope { campaign: Some(1), ..Scope::default() }, ..own };
        assert_eq!(scoped.check_owner(true).unwrap_err().field, "scope");
        let figures = rule(r#"{"kind":"tracking","days":3}"#);
        assert!(figures.check_owner(false).is_ok() && figures.check_owner(true).is_err());
        let disk = rule(r#"{"kind":"disk","free_below":0.1}"#);
        assert!(disk.check_owner(false).is_ok() && disk.check_owner(true).is_ok());
    }
}
