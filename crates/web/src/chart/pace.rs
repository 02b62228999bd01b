//! A pacing bar: spend from the left, the whole budget as the track, and a mark where an even course would be.

use domain::Pacing;

/// A pacing bar as it is drawn, in percent of its width.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct PaceBar {
    /// How far spend reaches.
    pub(crate) used: String,
    /// Where an even course would be; empty while no day is settled.
    pub(crate) expected: String,
    /// Where the budget ends, if more than it is spent; empty otherwise.
    pub(crate) budget: String,
}

impl PaceBar {
    pub(crate) fn of(pacing: &Pacing) -> Self {
        let used = pacing.used().max(0.0);
        let scale = used.max(1.0);
        let percent = |part: f64| format!("{:.1}", part / scale * 100.0);
        Self {
            used: percent(used),
            expected: if pacing.elapsed() > 0.0 { percent(pacing.elapsed()) } else { String::new() },
            budget: if used > 1.0 { percent(1.0) } else { String::new() },
        }
    }
}

#[cfg(test)]
mod tests {
    use domain::Period;
    use jiff::civil::date;

    use super::*;

    #[test]
    fn the_bar_ends_with_the_budget_or_with_what_is_spent_above_it() {
        let of = |spent: i64, settled: i8| {
            let day = |day| date(2026, 11, day);
            let bar = PaceBar::of(&Pacing {
                days: Period::new(day(1), day(30)).unwrap(),
                budget: 1_000,
                spent,
                settled: (settled > 0).then(|| Period::new(day(1), day(settled)).unwrap()),
                settled_spent: spent,
            });
            (bar.used, bar.expected, bar.budget)
        };
        let texts = |used: &str, expected: &str, budget: &str| {
            (used.to_owned(), expected.to_owned(), budget.to_owned())
        };
        assert_eq!(of(250, 15), texts("25.0", "50.0", ""));
        assert_eq!(of(2_000, 15), texts("100.0", "25.0", "50.0"));
        assert_eq!(of(-10, 0), texts("0.0", "", ""));
    }
}
