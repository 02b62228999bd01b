//! Pacing: a month's spend against the part of its budget that the days gone by stand for.

use crate::period::days_between;
use crate::{Micros, Period};

/// How far from the budget's even course counts as on it.
const TOLERANCE: f64 = 0.1;

/// What was spent of a month's budget.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pacing {
    /// The days of the month that the budget is for.
    pub days: Period,
    /// The budget of the month.
    pub budget: Micros,
    /// Spent so far, days that were not over when the platform was asked included.
    pub spent: Micros,
    /// The days of which the figures are whole, from the first; absent if there are none yet.
    pub settled: Option<Period>,
    /// Spent in the settled days: what the pace is told by, as half a day against a whole day's budget would look slow.
    pub settled_spent: Micros,
}

/// How spend goes along with the days.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pace {
    /// More than a tenth below the budget's even course.
    Behind,
    /// Within a tenth of it.
    OnPace,
    /// More than a tenth above.
    Ahead,
    /// The whole month's budget is spent.
    Spent,
}

impl Pacing {
    /// Spent part of the budget: 0.5 is half of it.
    pub fn used(&self) -> f64 {
        self.spent as f64 / self.budget.max(1) as f64
    }

    /// The part of the days that is settled.
    pub fn elapsed(&self) -> f64 {
        f64::from(self.settled_days()) / f64::from(self.days.len())
    }

    /// What an even course would have spent in the settled days.
    pub fn expected(&self) -> Micros {
        (self.budget as f64 * self.elapsed()).round() as Micros
    }

    /// What the days come to if the rest is spent like the settled ones.
    pub fn projected(&self) -> Option<Micros> {
        let days = Some(self.settled_days()).filter(|days| *days > 0)?;
        let whole = self.settled_spent as f64 / f64::from(days) * f64::from(self.days.len());
        Some((whole.round() as Micros).max(self.spent))
    }

    /// How spend goes along with the days; absent while no day is settled, unless everything is spent.
    pub fn pace(&self) -> Option<Pace> {
        if self.spent >= self.budget && self.elapsed() < 1.0 {
            return Some(Pace::Spent);
        }
        let expected = Some(self.budget as f64 * self.elapsed()).filter(|expected| *expected > 0.0)?;
        Some(match self.settled_spent as f64 / expected {
            ratio if ratio < 1.0 - TOLERANCE => Pace::Behind,
            ratio if ratio > 1.0 + TOLERANCE => Pace::Ahead,
            _ => Pace::OnPace,
        })
    }

    fn settled_days(&self) -> i32 {
        self.settled
            .and_then(|settled| settled.overlap(self.days))
            .map_or(0, |settled| days_between(self.days.from(), settled.to()) + 1)
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::money::ONE;

    fn pacing(settled_day: i8, settled_spent: i64, spent: i64) -> Pacing {
        let day = |day| date(2026, 11, day);
        Pacing {
            days: Period::new(day(1), day(30)).unwrap(),
            budget: 3_000 * ONE,
            spent: spent * ONE,
            settled: (settled_day > 0).then(|| Period::new(day(1), day(settled_day)).unwrap()),
            settled_spent: settled_spent * ONE,
        }
    }

    #[test]
    fn spend_is_held_against_the_days_that_are_whole() {
        for (settled, settled_spent, spent, pace, projected) in [
            (10, 1_000, 1_030, Some(Pace::OnPace), Some(3_000)),
            (10, 890, 950, Some(Pace::Behind), Some(2_670)),
            (10, 1_110, 1_130, Some(Pace::Ahead), Some(3_330)),
            (10, 2_900, 3_000, Some(Pace::Spent), Some(8_700)),
            (10, 0, 0, Some(Pace::Behind), Some(0)),
            (0, 0, 40, None, None),
            (0, 0, 3_001, Some(Pace::Spent), None),
            (30, 3_200, 3_200, Some(Pace::OnPace), Some(3_200)),
            (30, 3_400, 3_400, Some(Pace::Ahead), Some(3_400)),
        ] {
            let pacing = pacing(settled, settled_spent, spent);
            assert_eq!(pacing.pace(), pace, "{pacing:?}");
            assert_eq!(pacing.projected(), projected.map(|main: i64| main * ONE), "{pacing:?}");
        }
        let third = pacing(10, 1_000, 1_500);
        assert_eq!((third.used(), third.expected()), (0.5, 1_000 * ONE));
    }
}
