//! What the server is to keep to: three objectives, the error budget that each leaves, and how fast it is spent.
//!
//! Burn rates and their windows are those of the Site Reliability Workbook (Beyer et al., Google, 2018), chapter 5, "Alerting on
//! SLOs", section 6, "Multiwindow, Multi-Burn-Rate Alerts": <https://sre.google/workbook/alerting-on-slos/>.

use jiff::SignedDuration;
use serde::{Deserialize, Serialize};

use crate::judge::Judged;
use crate::state::Reading;

/// Days that a budget is for.
pub const BUDGET_DAYS: i64 = 30;
/// An overview that takes longer is late, in milliseconds.
pub const OVERVIEW_MILLIS: u64 = 200;
/// With less of the time measured nothing is said of a budget.
const LEAST_COVERED: SignedDuration = SignedDuration::from_hours(24);

/// What the server is to keep to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Objective {
    /// Of 1,000 requests to pages and API 999 are not answered with 5xx.
    Availability,
    /// Of 100 requests to pages and API less than one meets a failure: 5xx, or a part of a page that can't be shown.
    Errors,
    /// Of 100 overviews 95 begin to be answered within 200 ms.
    Overview,
}

impl Objective {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Availability, Self::Errors, Self::Overview];

    /// The word for programs.
    pub fn key(self) -> &'static str {
        match self {
            Self::Availability => "availability",
            Self::Errors => "errors",
            Self::Overview => "overview",
        }
    }

    /// What people call it.
    pub fn label(self) -> &'static str {
        match self {
            Self::Availability => "Availability 99.9 %",
            Self::Errors => "Errors below 1 %",
            Self::Overview => "Overview within 200 ms, 95 of 100",
        }
    }

    /// The part of the requests that is to be good, from 0 to 1.
    pub fn target(self) -> f64 {
        match self {
            Self::Availability => 0.999,
            Self::Errors => 0.99,
            Self::Overview => 0.95,
        }
    }

    /// What a request that is not good did.
    fn bad(self) -> &'static str {
        match self {
            Self::Availability => "were answered with 5xx",
            Self::Errors => "met a failure",
            Self::Overview => "took more than 200 ms",
        }
    }

    /// The part of the requests that may be bad.
    fn allowed(self) -> f64 {
        1.0 - self.target()
    }

    /// With fewer requests one bad one alone would be more than the whole budget: nothing is said of it.
    pub fn least_asked(self) -> u64 {
        (1.0 / self.allowed()).round() as u64
    }

    /// What the budget is, in minutes of everything being bad: 43.2 of 30 days for 99.9 %.
    pub fn budget_minutes(self) -> f64 {
        BUDGET_DAYS as f64 * 24.0 * 60.0 * self.allowed()
    }
}

/// What was asked over some time.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counted {
    /// Requests.
    pub asked: u64,
    /// Those that were not good.
    pub bad: u64,
    /// For how much of the time anything was measured.
    pub covered: SignedDuration,
}

impl Counted {
    /// The part that was bad, from 0 to 1; none where nothing was asked.
    pub fn bad_share(self) -> Option<f64> {
        (self.asked > 0).then(|| self.bad.min(self.asked) as f64 / self.asked as f64)
    }

    /// How many times faster than allowed the budget is spent: 1 spends it in exactly 30 days. None where nothing was measured;
    /// where nobody asked nothing is spent.
    pub fn burn(self, objective: Objective) -> Option<f64> {
        self.covered.is_positive().then(|| self.bad_share().unwrap_or(0.0) / objective.allowed())
    }
}

/// What is known of a budget.
#[derive(Debug, Clone, PartialEq)]
pub struct Budget {
    /// The part of the requests that was good, from 0 to 1; none where nothing was asked.
    pub reached: Option<f64>,
    /// How much of it is spent, in minutes: the part that was bad of the time that was measured. None where too little is known.
    pub spent_minutes: Option<f64>,
    /// Why nothing is said of what is spent; none where something is.
    pub lacks: Option<String>,
}

impl Budget {
    /// Of what was asked in the last [`BUDGET_DAYS`]. What was not measured is not known to be spent, nor to be left: it counts for
    /// neither.
    pub fn of(objective: Objective, counted: Counted) -> Self {
        let least = objective.least_asked();
        let lacks = if counted.covered < LEAST_COVERED {
            Some(format!("24 h have to be measured, {} h are.", counted.covered.as_hours()))
        } else if counted.asked < least {
            Some(format!("{least} requests have to be measured, {} are.", counted.asked))
        } else {
            None
        };
        let minutes = counted.covered.as_secs_f64() / 60.0;
        let spent = counted.bad_share().map(|share| share * minutes);
        Self {
            reached: counted.bad_share().map(|share| 1.0 - share),
            spent_minutes: spent.filter(|_| lacks.is_none()),
            lacks,
        }
    }

    /// How much of it is spent, as a share: more than 1 where the objective is missed.
    pub fn spent(&self, objective: Objective) -> Option<f64> {
        self.spent_minutes.map(|minutes| minutes / objective.budget_minutes())
    }
}

/// Whether a budget is spent `rate` times too fast, over a long time and still now. `least` bad requests have to be there: one of ten
/// is no outage.
pub fn burn(
    objective: Objective,
    rate: f64,
    (long_minutes, long): (u32, Counted),
    (short_minutes, short): (u32, Counted),
    least: u64,
) -> Judged {
    let (Some(over_long), Some(over_short)) = (long.burn(objective), short.burn(objective)) else {
        return Judged::unknown(format!("Nothing was measured in the last {}.", span(short_minutes)));
    };
    let reading = match (over_short >= rate, over_long >= rate && long.bad >= least) {
        (true, true) => Reading::Beyond,
        (true, false) => Reading::Between,
        (false, _) => Reading::Clear,
    };
    let words = match long.asked {
        0 => format!("Nobody asked anything in the last {}.", span(long_minutes)),
        asked => {
            let lasts = match over_long > 0.0 {
                true => {
                    format!(
                        " At this rate the budget of {BUDGET_DAYS} days lasts {}.",
                        span((BUDGET_DAYS as f64 * 1440.0 / over_long).min(f64::from(u32::MAX)) as u32)
                    )
                }
                false => String::new(),
            };
            format!(
                "{} of {asked} requests {} in the last {}: {over_long:.1} times what the objective allows ({over_short:.1} times in \
                 the last {}).{lasts}",
                long.bad,
                objective.bad(),
                span(long_minutes),
                span(short_minutes),
            )
        }
    };
    Judged::plain(reading, words, over_long, rate)
}

/// 5 minutes, 6 hours, 3 days.
pub(crate) fn span(minutes: u32) -> String {
    match minutes {
        1 => "minute".to_owned(),
        minutes if minutes % 1440 == 0 && minutes > 1440 => format!("{} days", minutes / 1440),
        60 => "hour".to_owned(),
        minutes if minutes % 60 == 0 && minutes > 0 => format!("{} hours", minutes / 60),
        minutes if minutes >= 2880 => format!("{} days", minutes / 1440),
        minutes if minutes >= 120 => format!("{} hours", minutes / 60),
        minutes => format!("{minutes} minutes"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counted(asked: u64, bad: u64, hours: i64) -> Counted {
        Counted { asked, bad, covered: SignedDuration::from_hours(hours) }
    }

    #[test]
    fn a_budget_is_what_is_left_of_what_may_fail() {
        let of = |counted| Budget::of(Objective::Availability, counted);
        // All of 30 days measured, one of 2,000 failed: half of what 99.9 % allows.
        let half = of(counted(200_000, 100, 720));
        assert!((half.spent(Objective::Availability).unwrap() - 0.5).abs() < 1e-9);
        assert!((half.spent_minutes.unwrap() - 21.6).abs() < 1e-9);
        assert!((half.reached.unwrap() - 0.9995).abs() < 1e-9);
        assert!((Objective::Availability.budget_minutes() - 43.2).abs() < 1e-9);
        // Three days at that rate have spent a twentieth of it; the other 27 are not known and count for nothing.
        let young = of(counted(20_000, 10, 72));
        assert!((young.spent(Objective::Availability).unwrap() - 0.05).abs() < 1e-9);
        // More than all of it can be spent.
        assert!(of(counted(10_000, 100, 720)).spent(Objective::Availability).unwrap() > 9.9);
    }

    #[test]
    fn too_little_is_told_as_such_and_never_as_all_left() {
        for (asked, hours, lacks) in
            [(0, 0, "24 h"), (5_000, 23, "24 h"), (0, 720, "1000 requests"), (999, 720, "1000 requests")]
        {
            let budget = Budget::of(Objective::Availability, counted(asked, 0, hours));
            assert_eq!(budget.spent(Objective::Availability), None, "{asked} in {hours} h");
            assert!(budget.lacks.unwrap().contains(lacks), "{asked} in {hours} h");
        }
        assert_eq!(Budget::of(Objective::Availability, counted(1_000, 0, 24)).spent_minutes, Some(0.0));
        assert_eq!(Objective::Errors.least_asked(), 100);
        assert_eq!(Objective::Overview.least_asked(), 20);
    }

    #[test]
    fn both_windows_have_to_burn_and_the_short_one_ends_it() {
        let reading = |long: Counted, short: Counted| {
            burn(Objective::Availability, 14.4, (60, long), (5, short), 5).reading
        };
        let (all, five) = (|bad| counted(1_000, bad, 1), |asked, bad| counted(asked, bad, 1));
        assert_eq!(reading(all(20), five(100, 2)), Reading::Beyond);
        assert_eq!(
            reading(all(20), five(100, 0)),
            Reading::Clear,
            "it is over, though the hour is still bad"
        );
        assert_eq!(reading(all(14), five(100, 2)), Reading::Between, "it has only begun");
        assert_eq!(reading(counted(40, 4, 1), five(10, 4)), Reading::Between, "four of forty are few");
        assert_eq!(reading(counted(0, 0, 1), five(0, 0)), Reading::Clear, "nobody asked");
        assert_eq!(reading(all(20), five(0, 0)), Reading::Clear, "nobody asks any more");
        assert_eq!(reading(all(20), Counted::default()), Reading::Unknown, "nothing was measured");
        let words = burn(Objective::Availability, 14.4, (60, all(20)), (5, five(100, 2)), 5).words;
        assert!(words.contains("20 of 1000 requests") && words.contains("lasts 36 hours"), "{words}");
    }
}
