//! The calendar of a shop for outdoor goods: a spring, a long peak before Christmas, weekends.

use jiff::civil::{Date, Weekday};

/// Demand in the middle of each month, where 1 is an ordinary month.
const MONTHS: [f64; 12] = [0.74, 0.80, 1.02, 1.18, 1.16, 1.02, 0.94, 0.90, 0.96, 1.06, 1.46, 1.42];
const SALE: f64 = 1.45;

/// Demand on `day`, where 1 is an ordinary day.
pub(crate) fn demand(day: Date) -> f64 {
    let month = usize::from(day.month().unsigned_abs()) - 1;
    let middle = f64::from(day.days_in_month()) / 2.0;
    let distance = (f64::from(day.day()) - middle) / 30.5;
    let neighbour = MONTHS[if distance < 0.0 { (month + 11) % 12 } else { (month + 1) % 12 }];
    let smooth = MONTHS[month] + (neighbour - MONTHS[month]) * distance.abs();
    if is_black_weekend(day) { smooth * SALE } else { smooth }
}

/// Saturday and Sunday, when people browse in another mood.
pub(crate) fn is_weekend(day: Date) -> bool {
    matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday)
}

/// From the Friday after the fourth Thursday of November to the Monday.
fn is_black_weekend(day: Date) -> bool {
    let since_friday = match day.weekday() {
        Weekday::Friday => 0,
        Weekday::Saturday => 1,
        Weekday::Sunday => 2,
        Weekday::Monday => 3,
        _ => return false,
    };
    let friday = day.saturating_sub(jiff::Span::new().days(since_friday));
    friday.month() == 11 && (23..=29).contains(&friday.day())
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn the_peak_is_before_christmas() {
        assert!(demand(date(2025, 12, 5)) > demand(date(2026, 4, 15)));
        assert!(demand(date(2026, 4, 15)) > demand(date(2026, 1, 20)));
        assert!(is_black_weekend(date(2025, 11, 28)) && is_black_weekend(date(2025, 12, 1)));
        assert!(!is_black_weekend(date(2025, 11, 21)) && !is_black_weekend(date(2025, 12, 2)));
    }
}
