//! Named ranges of days, resolved against the last day of which anything is known.

use std::str::FromStr;

use domain::{Grain, Period, UnknownWord};
use jiff::civil::Date;

/// A named range of days.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
pub enum Preset {
    Last7Days,
    Last14Days,
    Last30Days,
    Last90Days,
    Last365Days,
    ThisMonth,
    LastMonth,
    ThisQuarter,
    ThisYear,
    /// From the first to the last known day.
    All,
}

impl Preset {
    /// All named ranges, in the order in which they are offered.
    pub const ALL: [Self; 10] = [
        Self::Last7Days,
        Self::Last14Days,
        Self::Last30Days,
        Self::Last90Days,
        Self::Last365Days,
        Self::ThisMonth,
        Self::LastMonth,
        Self::ThisQuarter,
        Self::ThisYear,
        Self::All,
    ];

    /// The one that is shown where nothing is said.
    pub const UNASKED: Self = Self::Last30Days;

    /// The name used in commands and addresses.
    pub fn key(self) -> &'static str {
        match self {
            Self::Last7Days => "last_7_days",
            Self::Last14Days => "last_14_days",
            Self::Last30Days => "last_30_days",
            Self::Last90Days => "last_90_days",
            Self::Last365Days => "last_365_days",
            Self::ThisMonth => "this_month",
            Self::LastMonth => "last_month",
            Self::ThisQuarter => "this_quarter",
            Self::ThisYear => "this_year",
            Self::All => "all",
        }
    }

    /// The name a person reads.
    pub fn label(self) -> &'static str {
        match self {
            Self::Last7Days => "Last 7 days",
            Self::Last14Days => "Last 14 days",
            Self::Last30Days => "Last 30 days",
            Self::Last90Days => "Last 90 days",
            Self::Last365Days => "Last 365 days",
            Self::ThisMonth => "This month",
            Self::LastMonth => "Last month",
            Self::ThisQuarter => "This quarter",
            Self::ThisYear => "This year",
            Self::All => "All days",
        }
    }

    /// The days, where `newest` is the last day to count and `oldest` the first that is known.
    pub fn period(self, oldest: Date, newest: Date) -> Period {
        let since = |from: Date| Period::new(from, newest).unwrap_or(Period::ending(newest, 1));
        match self {
            Self::Last7Days => Period::ending(newest, 7),
            Self::Last14Days => Period::ending(newest, 14),
            Self::Last30Days => Period::ending(newest, 30),
            Self::Last90Days => Period::ending(newest, 90),
            Self::Last365Days => Period::ending(newest, 365),
            Self::ThisMonth => since(Grain::Month.start(newest)),
            Self::LastMonth => {
                let to = Grain::Month.start(newest).yesterday().unwrap_or(newest);
                Period::new(Grain::Month.start(to), to).unwrap_or(Period::ending(to, 28))
            }
            Self::ThisQuarter => since(Grain::Quarter.start(newest)),
            Self::ThisYear => since(Grain::Year.start(newest)),
            Self::All => since(oldest),
        }
    }
}

impl FromStr for Preset {
    type Err = UnknownWord;

    fn from_str(word: &str) -> Result<Self, UnknownWord> {
        Self::ALL
            .into_iter()
            .find(|preset| preset.key() == word)
            .ok_or_else(|| UnknownWord::new("range", word, Self::ALL.map(Self::key)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn named_ranges_end_with_the_newest_day() {
        let (oldest, newest) = (date(2025, 2, 3), date(2026, 11, 22));
        for (preset, days) in [
            (Preset::Last7Days, "2026-11-16..2026-11-22"),
            (Preset::Last30Days, "2026-10-24..2026-11-22"),
            (Preset::Last365Days, "2025-11-23..2026-11-22"),
            (Preset::ThisMonth, "2026-11-01..2026-11-22"),
            (Preset::LastMonth, "2026-10-01..2026-10-31"),
            (Preset::ThisQuarter, "2026-10-01..2026-11-22"),
            (Preset::ThisYear, "2026-01-01..2026-11-22"),
            (Preset::All, "2025-02-03..2026-11-22"),
        ] {
            assert_eq!(preset.period(oldest, newest).to_string(), days, "{preset:?}");
        }
        assert_eq!(Preset::ThisMonth.period(oldest, date(2026, 3, 1)).to_string(), "2026-03-01..2026-03-01");
        assert_eq!(Preset::LastMonth.period(oldest, date(2026, 1, 31)).to_string(), "2025-12-01..2025-12-31");
    }

    #[test]
    fn names_lead_back_to_their_range() {
        for preset in Preset::ALL {
            assert_eq!(preset.key().parse(), Ok(preset));
        }
        assert!("yesterday".parse::<Preset>().unwrap_err().to_string().contains("last_7_days"));
    }
}
