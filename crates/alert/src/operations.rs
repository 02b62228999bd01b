//! What rules say of the budgets of plans, of sources, and of the disk.

use domain::{Currency, Pacing};

use crate::judge::{Judged, money};
use crate::state::Reading;

/// Days of a month before which its course says nothing yet.
const EARLY_DAYS: i32 = 3;

/// Whether a month's spend is on the way past its budget, or will fall short of it.
pub fn pacing(pacing: &Pacing, currency: Currency, over: Option<f64>, under: Option<f64>) -> Judged {
    let settled = pacing.settled.map_or(0, domain::Period::len);
    let Some(projected) =
        pacing.projected().filter(|_| settled >= EARLY_DAYS || pacing.spent >= pacing.budget)
    else {
        return Judged::unknown("Too few days of the month are over to tell where it leads.");
    };
    let ratio = projected as f64 / pacing.budget.max(1) as f64;
    let beyond = |part: f64| {
        over.is_some_and(|over| ratio > 1.0 + over * part)
            || under.is_some_and(|under| ratio < 1.0 - under * part)
    };
    let reading = match (beyond(1.0), beyond(0.5)) {
        (true, _) => Reading::Beyond,
        (false, true) => Reading::Between,
        (false, false) => Reading::Clear,
    };
    let words = format!(
        "The month leads to {} of a budget of {} ({:.0}%), judged by {settled} days that are over.",
        money(projected as f64, currency),
        money(pacing.budget as f64, currency),
        ratio * 100.0
    );
    Judged::plain(reading, words, projected as f64, pacing.budget as f64)
}

/// Whether a platform was last asked too long ago.
pub fn stale(age_days: i32, days: u32) -> Judged {
    let reading = if i64::from(age_days) >= i64::from(days) { Reading::Beyond } else { Reading::Clear };
    let words = match age_days {
        0 => "Last reported today.".to_owned(),
        1 => "Last reported yesterday.".to_owned(),
        age => format!("Last reported {age} days ago. Import a newer report."),
    };
    Judged::plain(reading, words, f64::from(age_days), f64::from(days))
}

/// Whether a disk is filling up. It is over once there is a tenth more room than where it began.
pub fn disk(free_bytes: u64, total_bytes: u64, free_below: f64) -> Judged {
    if total_bytes == 0 {
        return Judged::unknown("The disk does not say how large it is.");
    }
    let share = free_bytes as f64 / total_bytes as f64;
    let reading = match share {
        share if share < free_below => Reading::Beyond,
        share if share < free_below * 1.1 => Reading::Between,
        _ => Reading::Clear,
    };
    let gib = |bytes: u64| bytes as f64 / f64::from(1 << 30);
    let words = format!(
        "{:.1} GiB of {:.1} are free ({:.1}%). Make room, or move the data folder.",
        gib(free_bytes),
        gib(total_bytes),
        share * 100.0
    );
    Judged::plain(reading, words, share, free_below)
}

#[cfg(test)]
mod tests {
    use domain::Period;
    use jiff::civil::date;

    use super::*;

    #[test]
    fn a_month_is_judged_by_where_it_leads() {
        let of = |days: i8, spent: i64| Pacing {
            days: Period::new(date(2026, 11, 1), date(2026, 11, 30)).unwrap(),
            budget: 3_000_000_000,
            spent: spent * 1_000_000,
            settled: Period::new(date(2026, 11, 1), date(2026, 11, days)).ok(),
            settled_spent: spent * 1_000_000,
        };
        for (days, spent, reading) in [
            (2, 900, Reading::Unknown),
            (10, 1_000, Reading::Clear),
            (10, 1_060, Reading::Between),
            (10, 1_110, Reading::Beyond),
            (10, 930, Reading::Between),
            (10, 890, Reading::Beyond),
            (2, 3_001, Reading::Beyond),
        ] {
            assert_eq!(
                pacing(&of(days, spent), Currency::UNKNOWN, Some(0.1), Some(0.1)).reading,
                reading,
                "{days} {spent}"
            );
        }
        assert_eq!(pacing(&of(10, 1_500), Currency::UNKNOWN, None, Some(0.1)).reading, Reading::Clear);
    }

    #[test]
    fn sources_and_disks() {
        assert_eq!(stale(2, 3).reading, Reading::Clear);
        assert_eq!(stale(3, 3).reading, Reading::Beyond);
        for (free, reading) in [(9, Reading::Beyond), (105, Reading::Between), (120, Reading::Clear)] {
            assert_eq!(disk(free, 1_000, 0.1).reading, reading, "{free}");
        }
        assert_eq!(disk(0, 0, 0.1).reading, Reading::Unknown);
    }
}
