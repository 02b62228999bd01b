//! Days: periods, what they are compared with, and the grains they are cut into.

use std::fmt;
use std::str::FromStr;

use jiff::civil::{Date, Weekday};
use jiff::{Span, ToSpan};
use serde::{Deserialize, Serialize};

use crate::UnknownWord;

/// Days from `from` to `to`, both included. Never empty.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "RawPeriod")]
pub struct Period {
    from: Date,
    to: Date,
}

#[derive(Deserialize)]
struct RawPeriod {
    from: Date,
    to: Date,
}

impl TryFrom<RawPeriod> for Period {
    type Error = PeriodError;

    fn try_from(raw: RawPeriod) -> Result<Self, PeriodError> {
        Self::new(raw.from, raw.to)
    }
}

/// A period that is none.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PeriodError {
    /// It would end before it begins.
    #[error("the period ends on {to}, before it begins on {from}; swap the two")]
    Backwards {
        /// First day as given.
        from: Date,
        /// Last day as given.
        to: Date,
    },
    /// It would be longer than a hundred years, or lie outside the calendar.
    #[error("the period from {from} to {to} is out of range; use days between 1990 and 2190")]
    OutOfRange {
        /// First day as given.
        from: Date,
        /// Last day as given.
        to: Date,
    },
}

impl Period {
    /// The days from `from` to `to`, both included.
    ///
    /// # Errors
    /// If it ends before it begins, or reaches beyond the years 1990 to 2190.
    pub fn new(from: Date, to: Date) -> Result<Self, PeriodError> {
        if from > to {
            return Err(PeriodError::Backwards { from, to });
        }
        if from.year() < 1990 || to.year() > 2190 {
            return Err(PeriodError::OutOfRange { from, to });
        }
        Ok(Self { from, to })
    }

    /// A single day.
    ///
    /// # Errors
    /// If the day lies beyond the years 1990 to 2190.
    pub fn day(day: Date) -> Result<Self, PeriodError> {
        Self::new(day, day)
    }

    /// The `days` days that end with `to`; at least one.
    pub fn ending(to: Date, days: i32) -> Self {
        let from = to.saturating_sub(Span::new().days(days.clamp(1, 73_000) - 1));
        Self { from, to }
    }

    /// First day.
    pub fn from(self) -> Date {
        self.from
    }

    /// Last day.
    pub fn to(self) -> Date {
        self.to
    }

    /// How many days it has; at least 1.
    pub fn len(self) -> i32 {
        days_between(self.from, self.to) + 1
    }

    /// Always false: a period has at least one day.
    pub fn is_empty(self) -> bool {
        false
    }

    /// Whether `day` is one of its days.
    pub fn contains(self, day: Date) -> bool {
        self.from <= day && day <= self.to
    }

    /// The days that both have, if any.
    pub fn overlap(self, other: Self) -> Option<Self> {
        let (from, to) = (self.from.max(other.from), self.to.min(other.to));
        (from <= to).then_some(Self { from, to })
    }

    /// The shortest period that holds both.
    #[must_use]
    pub fn hull(self, other: Self) -> Self {
        Self { from: self.from.min(other.from), to: self.to.max(other.to) }
    }

    /// Its days in order.
    pub fn days(self) -> impl Iterator<Item = Date> {
        self.from.series(1.day()).take_while(move |day| *day <= self.to)
    }

    /// The period it is compared with.
    pub fn compared(self, comparison: Comparison) -> Self {
        match comparison {
            Comparison::Previous => {
                let length = Span::new().days(self.len());
                Self { from: self.from.saturating_sub(length), to: self.to.saturating_sub(length) }
            }
            Comparison::LastYear => {
                let year = Span::new().years(1);
                Self { from: self.from.saturating_sub(year), to: self.to.saturating_sub(year) }
            }
        }
    }
}

impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}..{}", self.from, self.to)
    }
}

/// Days from `from` to `to`; negative if `to` is earlier.
pub fn days_between(from: Date, to: Date) -> i32 {
    from.until(to).map_or(0, |span| span.get_days())
}

/// What a period is compared with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Comparison {
    /// As many days, right before.
    Previous,
    /// The same calendar days one year earlier.
    LastYear,
}

impl Comparison {
    /// The name used in commands and addresses.
    pub fn key(self) -> &'static str {
        match self {
            Self::Previous => "previous",
            Self::LastYear => "last_year",
        }
    }

    /// The name a person reads.
    pub fn label(self) -> &'static str {
        match self {
            Self::Previous => "previous period",
            Self::LastYear => "same period last year",
        }
    }
}

impl FromStr for Comparison {
    type Err = UnknownWord;

    fn from_str(word: &str) -> Result<Self, UnknownWord> {
        let all = [Self::Previous, Self::LastYear];
        all.into_iter()
            .find(|comparison| comparison.key() == word)
            .ok_or_else(|| UnknownWord::new("comparison", word, all.map(Self::key)))
    }
}

/// How a period is cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the names say it")]
pub enum Grain {
    Day,
    /// ISO weeks, which begin on Monday.
    Week,
    Month,
    Quarter,
    Year,
}

impl Grain {
    /// All grains, from the finest.
    pub const ALL: [Self; 5] = [Self::Day, Self::Week, Self::Month, Self::Quarter, Self::Year];

    /// The name used in commands and addresses.
    pub fn key(self) -> &'static str {
        match self {
            Self::Day => "day",
            Self::Week => "week",
            Self::Month => "month",
            Self::Quarter => "quarter",
            Self::Year => "year",
        }
    }

    /// The first day of the piece that `day` falls into.
    pub fn start(self, day: Date) -> Date {
        let first_of = |month| Date::new(day.year(), month, 1).unwrap_or(day);
        match self {
            Self::Day => day,
            Self::Week => {
                let since_monday = i32::from(day.weekday().since(Weekday::Monday));
                day.saturating_sub(Span::new().days(since_monday))
            }
            Self::Month => day.first_of_month(),
            Self::Quarter => first_of((day.month() - 1) / 3 * 3 + 1),
            Self::Year => first_of(1),
        }
    }

    /// The last day of the piece that `day` falls into.
    pub fn end(self, day: Date) -> Date {
        let start = self.start(day);
        let length = match self {
            Self::Day => return day,
            Self::Week => Span::new().weeks(1),
            Self::Month => Span::new().months(1),
            Self::Quarter => Span::new().months(3),
            Self::Year => Span::new().years(1),
        };
        start.saturating_add(length).saturating_sub(Span::new().days(1))
    }

    /// The pieces that `period` touches, whole.
    pub fn whole(self, period: Period) -> Period {
        Period { from: self.start(period.from), to: self.end(period.to) }
    }

    /// The pieces that lie within `period` with all their days, if there are any.
    pub fn within(self, period: Period) -> Option<Period> {
        let first = match self.start(period.from) == period.from {
            true => period.from,
            false => self.end(period.from).tomorrow().ok()?,
        };
        let last = match self.end(period.to) == period.to {
            true => period.to,
            false => self.start(period.to).yesterday().ok()?,
        };
        (first <= last).then_some(Period { from: first, to: last })
    }
}

impl FromStr for Grain {
    type Err = UnknownWord;

    fn from_str(word: &str) -> Result<Self, UnknownWord> {
        Self::ALL
            .into_iter()
            .find(|grain| grain.key() == word)
            .ok_or_else(|| UnknownWord::new("grain", word, Self::ALL.map(Self::key)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;
    use proptest::prelude::*;

    fn period(from: &str, to: &str) -> Period {
        Period::new(from.parse().unwrap(), to.parse().unwrap()).unwrap()
    }

    #[test]
    fn comparisons() {
        for (of, comparison, is) in [
            (period("2026-03-01", "2026-03-31"), Comparison::Previous, period("2026-01-29", "2026-02-28")),
            (period("2026-03-01", "2026-03-31"), Comparison::LastYear, period("2025-03-01", "2025-03-31")),
            (period("2024-02-29", "2024-02-29"), Comparison::LastYear, period("2023-02-28", "2023-02-28")),
            (period("2026-01-01", "2026-01-01"), Comparison::Previous, period("2025-12-31", "2025-12-31")),
        ] {
            assert_eq!(of.compared(comparison), is, "{of} {comparison:?}");
        }
    }

    #[test]
    fn grains_begin_on_their_first_day() {
        let day = date(2026, 11, 22);
        for (grain, start) in [
            (Grain::Day, day),
            (Grain::Week, date(2026, 11, 16)),
            (Grain::Month, date(2026, 11, 1)),
            (Grain::Quarter, date(2026, 10, 1)),
            (Grain::Year, date(2026, 1, 1)),
        ] {
            assert_eq!(grain.start(day), start, "{grain:?}");
        }
        assert_eq!(Grain::Week.start(date(2027, 1, 3)), date(2026, 12, 28));
    }

    #[test]
    fn a_period_does_not_run_backwards() {
        let error = Period::new(date(2026, 2, 1), date(2026, 1, 1)).unwrap_err();
        assert!(error.to_string().contains("swap"), "{error}");
        assert!(Period::new(date(1, 1, 1), date(2026, 1, 1)).is_err());
    }

    proptest! {
        #[test]
        fn previous_period_touches_and_is_as_long(start in 0i32..40_000, days in 1i32..800) {
            let from = date(1995, 1, 1).saturating_add(Span::new().days(start));
            let this = Period::ending(from.saturating_add(Span::new().days(days - 1)), days);
            let previous = this.compared(Comparison::Previous);
            prop_assert_eq!(previous.len(), this.len());
            prop_assert_eq!(days_between(previous.to(), this.from()), 1);
            prop_assert_eq!(this.days().count() as i32, this.len());
        }

        #[test]
        fn a_piece_holds_its_day_and_starts_at_itself(day in 0i32..60_000) {
            let day = date(1995, 1, 1).saturating_add(Span::new().days(day));
            for grain in Grain::ALL {
                let start = grain.start(day);
                prop_assert!(start <= day);
                prop_assert_eq!(grain.start(start), start);
                prop_assert!(day <= grain.end(day));
                prop_assert_eq!(grain.start(grain.end(day)), start);
            }
        }

        #[test]
        fn whole_pieces_lie_within_and_hold(start in 0i32..40_000, days in 1i32..800) {
            let from = date(1995, 1, 1).saturating_add(Span::new().days(start));
            let period = Period::ending(from.saturating_add(Span::new().days(days - 1)), days);
            for grain in Grain::ALL {
                prop_assert_eq!(grain.whole(period).overlap(period), Some(period));
                let fits = |day: Date| period.contains(grain.start(day)) && period.contains(grain.end(day));
                let within = grain.within(period);
                for day in period.days() {
                    prop_assert_eq!(within.is_some_and(|within| within.contains(day)), fits(day));
                }
            }
        }
    }
}
