//! How much of a day a platform knows after how many days: cost is late by a day, conversions by weeks.

use crate::figures::{Counting, Figures};

/// Days after the day, and the share of its final conversions known by then, in thousandths.
const CONVERSIONS: [(i32, u64); 7] =
    [(0, 340), (1, 550), (3, 650), (7, 760), (11, 840), (14, 870), (45, 1000)];
/// The share of the final cost, clicks and impressions that is known during the day itself, in thousandths.
const DELIVERY_OF_TODAY: u64 = 450;

/// What an export shows of a day's `last` figures `age` days later. `luck`, the same for all exports of the day, decides
/// whether a conversion that is known in part is counted, so that whole counts are right on average and never shrink.
pub(crate) fn seen(last: Figures, age: i32, counting: Counting, luck: u64) -> Figures {
    let delivery = if age == 0 { DELIVERY_OF_TODAY } else { 1000 };
    let conversions =
        counting.floor(last.conversions * conversions_known(age) / 1000 + luck % counting as u64);
    Figures {
        cost: last.cost * delivery / 1000,
        clicks: last.clicks * delivery / 1000,
        impressions: last.impressions * delivery / 1000,
        conversions,
        value: (last.value * conversions).checked_div(last.conversions).unwrap_or(0),
    }
}

fn conversions_known(age: i32) -> u64 {
    let between = CONVERSIONS.windows(2).find(|pair| age < pair[1].0);
    between.map_or(1000, |pair| {
        let ((from, low), (to, high)) = (pair[0], pair[1]);
        low + (high - low) * u64::from((age - from).unsigned_abs()) / u64::from((to - from).unsigned_abs())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn conversions_come_late_and_cost_does_not() {
        let last = Figures { cost: 1000, clicks: 100, impressions: 10_000, conversions: 1000, value: 50_000 };
        let conversions = [0, 1, 2, 3, 7, 11, 14, 45, 90].map(conversions_known);
        assert_eq!(conversions, [340, 550, 600, 650, 760, 840, 870, 1000, 1000]);
        let today = seen(last, 0, Counting::Whole, 0);
        assert_eq!((today.cost, today.clicks, today.impressions), (450, 45, 4500));
        assert_eq!((today.conversions, today.value), (300, 15_000));
        assert_eq!(seen(last, 0, Counting::Whole, 60).conversions, 400);
        assert_eq!(seen(last, 1, Counting::Shared, 7).conversions, 550);
        assert_eq!(seen(last, 1, Counting::Shared, 7).cost, 1000);
        assert_eq!(seen(last, 45, Counting::Whole, 99), last);
        assert_eq!(seen(Figures::default(), 3, Counting::Whole, 99), Figures::default());
    }
}
