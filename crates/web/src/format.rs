//! Numbers, money, days and changes as people read them. What is absent has no text here: it is never a number.

use std::time::Duration;

use domain::money::ONE;
use domain::period::days_between;
use domain::{Currency, Grain, Metric, Period, Platform, Unit, Value};
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

/// U+2212.
const MINUS: char = '\u{2212}';

/// Between a number and its unit: narrow, and never a line break.
const NARROW: char = '\u{202f}';

/// A metric's value in full, grouped, without its currency.
pub fn exact(metric: Metric, value: Value, currency: Option<Currency>) -> String {
    match (metric.unit(), value) {
        (Unit::Money, Value::Integer(micros)) => money(micros, currency),
        (Unit::Decimal, Value::Integer(millionths)) => decimal(millionths),
        (_, Value::Integer(count)) => grouped(i128::from(count)),
        (Unit::Multiple, Value::Ratio(ratio)) => format!("{}×", fixed(ratio, 2)),
        (_, Value::Ratio(share)) => percent(share),
    }
}

/// A metric's value in at most four digits and a power of thousand: 1.24 M.
pub fn compact(metric: Metric, value: Value, currency: Option<Currency>) -> String {
    match (metric.unit(), value) {
        (Unit::Money | Unit::Decimal, Value::Integer(millionths)) => {
            let main = millionths as f64 / ONE as f64;
            shortened(main).unwrap_or_else(|| exact(metric, value, currency))
        }
        (_, Value::Integer(count)) => {
            shortened(count as f64).unwrap_or_else(|| exact(metric, value, currency))
        }
        (Unit::Multiple, Value::Ratio(ratio)) => {
            shortened(ratio).map_or_else(|| exact(metric, value, currency), |text| format!("{text}×"))
        }
        _ => exact(metric, value, currency),
    }
}

/// An amount in full with the places of its currency; below one, with as many as its first two digits need.
pub fn money(micros: i64, currency: Option<Currency>) -> String {
    let usual = currency.map_or(2, |currency| currency.decimals());
    let places = match micros.unsigned_abs() {
        small @ 1..100_000 => (7 - small.ilog10()).clamp(usual, 6),
        _ => usual,
    };
    rounded(i128::from(micros), places)
}

/// An amount for a glance: three digits and a power of thousand, whole from a hundred on.
pub fn round_money(micros: i64) -> String {
    let main = micros as f64 / ONE as f64;
    shortened(main).unwrap_or_else(|| fixed(main, if main.abs() < 99.995 { 2 } else { 0 }))
}

/// A decimal in millionths, with at most two places.
pub fn decimal(millionths: i64) -> String {
    let text = rounded(i128::from(millionths), 2);
    text.strip_suffix(".00")
        .or_else(|| text.strip_suffix('0').filter(|text| text.contains('.')))
        .unwrap_or(&text)
        .to_owned()
}

/// A count with its thousands grouped.
pub fn count(count: u64) -> String {
    grouped(i128::from(count))
}

/// So many of a thing, by its name for one: 1 campaign, 1,204 campaigns.
pub fn counted(number: u64, thing: &str) -> String {
    let many = if number == 1 { "" } else { "s" };
    format!("{} {thing}{many}", count(number))
}

/// A share as percent, with about three digits.
pub fn percent(share: f64) -> String {
    let percent = share * 100.0;
    let places = match percent.abs() {
        0.0 => 0,
        size if size < 0.1 => 3,
        size if size < 10.0 => 2,
        size if size < 100.0 => 1,
        _ => 0,
    };
    format!("{}%", fixed(percent, places))
}

/// A relative change with its sign: +12.3%, −5.0%.
pub fn signed_change(relative: f64) -> String {
    let sign = if relative < 0.0 { MINUS } else { '+' };
    format!("{sign}{}", change(relative))
}

/// The size of a relative change, without its sign.
pub fn change(change: f64) -> String {
    let percent = change.abs() * 100.0;
    if percent >= 10_000.0 {
        return format!("{}×", shortened(1.0 + change.abs()).unwrap_or_else(|| fixed(1.0 + change.abs(), 0)));
    }
    format!("{}%", fixed(percent, if percent < 99.95 { 1 } else { 0 }))
}

/// The name of a currency; one that nobody stated is the sign for any.
pub fn currency(currency: Currency) -> String {
    if currency == Currency::UNKNOWN { "¤".to_owned() } else { currency.code().to_owned() }
}

/// The sign of a platform: one or two letters, to find it by eye in a long list. Its name stands beside it or in its title.
pub fn platform_sign(platform: Platform) -> &'static str {
    match platform {
        Platform::GoogleAds => "G",
        Platform::MetaAds => "M",
        Platform::MicrosoftAds => "Ms",
        Platform::LinkedinAds => "in",
        Platform::TiktokAds => "Tt",
        Platform::PinterestAds => "P",
        Platform::SnapchatAds => "S",
        Platform::RedditAds => "R",
        Platform::XAds => "X",
        Platform::AmazonAds => "Az",
        Platform::AppleSearchAds => "As",
        Platform::SpotifyAds => "Sp",
        Platform::Shopify => "Sh",
        Platform::GoogleAnalytics => "GA",
        Platform::OwnRecords => "Or",
        Platform::Other => "·",
    }
}

/// 22 Nov 2026.
pub fn day(day: Date) -> String {
    day.strftime("%-d %b %Y").to_string()
}

/// 22 Nov.
pub fn day_short(day: Date) -> String {
    day.strftime("%-d %b").to_string()
}

/// A piece of time by its first day: 22 Nov 2026, week of 16 Nov 2026, Nov 2026, Q4 2026, 2026.
pub fn piece(grain: Grain, first: Date) -> String {
    match grain {
        Grain::Day => day(first),
        Grain::Week => format!("week of {}", day(first)),
        Grain::Month => first.strftime("%b %Y").to_string(),
        Grain::Quarter => format!("Q{} {}", (first.month() + 2) / 3, first.year()),
        Grain::Year => first.year().to_string(),
    }
}

/// A piece of time on an axis: 22 Nov, 16 Nov (a week), Nov 26, Q4 26, 2026; days with their year where several meet.
pub fn piece_short(grain: Grain, first: Date, spans_years: bool) -> String {
    match grain {
        Grain::Day | Grain::Week if spans_years => first.strftime("%-d %b %y").to_string(),
        Grain::Day | Grain::Week => day_short(first),
        Grain::Month => first.strftime("%b %y").to_string(),
        Grain::Quarter => format!("Q{} {}", (first.month() + 2) / 3, first.strftime("%y")),
        Grain::Year => first.year().to_string(),
    }
}

/// A text in one line, cut after so many letters.
pub fn beginning(text: &str, letters: usize) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(letters) {
        Some((end, _)) => format!("{}…", line[..end].trim_end()),
        None => line,
    }
}

/// 24 Oct – 22 Nov 2026.
pub fn days(period: Period) -> String {
    let (from, to) = (period.from(), period.to());
    if from == to {
        return day(from);
    }
    let start = if from.year() == to.year() { day_short(from) } else { day(from) };
    format!("{start} – {}", day(to))
}

/// 22 Nov 06:12, in UTC; with the year if it is not `this_year`.
pub fn moment(at: Timestamp, this_year: i16) -> String {
    let at = at.to_zoned(TimeZone::UTC);
    at.strftime(if at.year() == this_year { "%-d %b %H:%M" } else { "%-d %b %Y %H:%M" }).to_string()
}

/// How old something is, by days in UTC: today 06:12, yesterday 06:12, 3 days old.
pub fn age(at: Timestamp, now: Timestamp) -> String {
    let (at, today) = (at.to_zoned(TimeZone::UTC), now.to_zoned(TimeZone::UTC).date());
    match days_between(at.date(), today) {
        ..0 => at.strftime("%-d %b %H:%M").to_string(),
        0 => at.strftime("today %H:%M").to_string(),
        1 => at.strftime("yesterday %H:%M").to_string(),
        days => format!("{days} days old"),
    }
}

/// A moment of the day in UTC: 06:12:40.
pub fn clock(at: Timestamp) -> String {
    at.to_zoned(TimeZone::UTC).strftime("%H:%M:%S").to_string()
}

/// How long something takes: 85 µs, 3.4 ms, 120 ms, 1.24 s.
pub fn seconds(seconds: f64) -> String {
    let (number, unit, places) = match seconds {
        short if short < 0.000_999_5 => (short * 1e6, "µs", 0),
        short if short < 0.009_95 => (short * 1e3, "ms", 1),
        short if short < 0.999_5 => (short * 1e3, "ms", 0),
        long if long < 9.995 => (long, "s", 2),
        long => (long, "s", 0),
    };
    format!("{}{NARROW}{unit}", fixed(number, places))
}

/// For how long something goes on: 40 s, 12 min, 5 h, 3 days.
pub fn duration(duration: Duration) -> String {
    match duration.as_secs() {
        seconds @ 0..120 => format!("{seconds}{NARROW}s"),
        seconds @ 120..7200 => format!("{}{NARROW}min", seconds / 60),
        seconds @ 7200..172_800 => format!("{}{NARROW}h", seconds / 3600),
        seconds => format!("{} days", seconds / 86_400),
    }
}

/// 3.4 MB.
pub fn bytes(bytes: u64) -> String {
    match bytes {
        0..1000 => format!("{bytes}{NARROW}B"),
        1000..1_000_000 => format!("{}{NARROW}kB", fixed(bytes as f64 / 1e3, 1)),
        1_000_000..1_000_000_000 => format!("{}{NARROW}MB", fixed(bytes as f64 / 1e6, 1)),
        _ => format!("{}{NARROW}GB", fixed(bytes as f64 / 1e9, 2)),
    }
}

/// A number for the label of an axis: short and round.
pub fn axis(number: f64) -> String {
    shortened(number).map_or_else(
        || {
            let text = fixed(number, if number.fract() == 0.0 { 0 } else { 2 });
            if text.contains('.') {
                text.trim_end_matches('0').trim_end_matches('.').to_owned()
            } else {
                text
            }
        },
        |text| match text.split_once(NARROW) {
            Some((digits, unit)) if digits.contains('.') => {
                format!("{}{NARROW}{unit}", digits.trim_end_matches('0').trim_end_matches('.'))
            }
            _ => text,
        },
    )
}

/// Three digits and a power of thousand; nothing below ten thousand, which is short enough.
fn shortened(number: f64) -> Option<String> {
    let units = [(1e3, "k"), (1e6, "M"), (1e9, "B"), (1e12, "T")];
    let size = number.abs();
    if size < 9_999.5 {
        return None;
    }
    // 999.95 k would be written 1000 k: it is 1.00 M.
    let (power, unit) = units.into_iter().rev().find(|(power, _)| size >= power * 0.9995).unwrap_or(units[0]);
    let digits = number / power;
    let places = match digits.abs() {
        d if d < 9.995 => 2,
        d if d < 99.95 => 1,
        _ => 0,
    };
    Some(format!("{}{NARROW}{unit}", fixed(digits, places)))
}

/// A float with so many places, grouped, with a real minus and no negative zero.
fn fixed(number: f64, places: usize) -> String {
    let text = format!("{:.places$}", number.abs());
    let (whole, rest) = text.split_at(text.find('.').unwrap_or(text.len()));
    let is_zero = text.bytes().all(|byte| matches!(byte, b'0' | b'.'));
    let sign = if number < 0.0 && !is_zero { MINUS.to_string() } else { String::new() };
    format!("{sign}{}{rest}", with_groups(whole))
}

/// Millionths with so many places, rounded half away from zero.
fn rounded(millionths: i128, places: u32) -> String {
    let step = 10i128.pow(6 - places.min(6));
    let steps = (millionths.abs() + step / 2) / step;
    let per_one = 10i128.pow(places.min(6));
    let sign = if millionths < 0 && steps != 0 { MINUS.to_string() } else { String::new() };
    let whole = with_groups(&(steps / per_one).to_string());
    match places {
        0 => format!("{sign}{whole}"),
        _ => format!("{sign}{whole}.{:0width$}", steps % per_one, width = places.min(6) as usize),
    }
}

fn grouped(count: i128) -> String {
    let sign = if count < 0 { MINUS.to_string() } else { String::new() };
    format!("{sign}{}", with_groups(&count.unsigned_abs().to_string()))
}

fn with_groups(digits: &str) -> String {
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (n, digit) in digits.chars().enumerate() {
        if n > 0 && (digits.len() - n).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;
    use proptest::prelude::*;

    #[test]
    fn one_thing_or_many() {
        for (number, text) in [(0, "0 campaigns"), (1, "1 campaign"), (1_204, "1,204 campaigns")] {
            assert_eq!(counted(number, "campaign"), text);
        }
    }

    #[test]
    fn money_in_full() {
        for (micros, code, text) in [
            (0, "EUR", "0.00"),
            (1_243_210_554_999, "EUR", "1,243,210.55"),
            (1_005_000, "EUR", "1.01"),
            (-1_500_000, "EUR", "−1.50"),
            (250_000, "EUR", "0.25"),
            (4_200, "EUR", "0.0042"),
            (-3, "EUR", "−0.000003"),
            (1_234_500_000, "JPY", "1,235"),
            (999_999, "EUR", "1.00"),
            (1_500_000, "KWD", "1.500"),
            (i64::MAX, "EUR", "9,223,372,036,854.78"),
        ] {
            assert_eq!(money(micros, code.parse().ok()), text, "{micros} {code}");
        }
    }

    #[test]
    fn short_numbers() {
        for (metric, value, text) in [
            (Metric::Spend, Value::Integer(842_500_000), "842.50"),
            (Metric::Spend, Value::Integer(9_842_120_000), "9,842.12"),
            (Metric::Spend, Value::Integer(12_345_600_000), "12.3\u{202f}k"),
            (Metric::Spend, Value::Integer(1_243_210_550_000), "1.24\u{202f}M"),
            (Metric::Impressions, Value::Integer(999_960), "1.00\u{202f}M"),
            (Metric::Impressions, Value::Integer(332_400_000), "332\u{202f}M"),
            (Metric::Impressions, Value::Integer(9_999), "9,999"),
            (Metric::Impressions, Value::Integer(-25_000), "−25.0\u{202f}k"),
            (Metric::Conversions, Value::Integer(2_500_000), "2.5"),
            (Metric::Conversions, Value::Integer(135_700_000_000), "136\u{202f}k"),
            (Metric::Ctr, Value::Ratio(0.019_41), "1.94%"),
            (Metric::Ctr, Value::Ratio(0.000_123), "0.012%"),
            (Metric::Cvr, Value::Ratio(1.339_3), "134%"),
            (Metric::Roas, Value::Ratio(4.314), "4.31×"),
            (Metric::Roas, Value::Ratio(0.0), "0.00×"),
            (Metric::Cpa, Value::Integer(18_420_000), "18.42"),
        ] {
            assert_eq!(compact(metric, value, "EUR".parse().ok()), text, "{metric} {value:?}");
        }
    }

    #[test]
    fn other_numbers() {
        assert_eq!(
            (round_money(-6_123_930_000), round_money(12_345_000)),
            ("−6,124".to_owned(), "12.35".to_owned())
        );
        assert_eq!(decimal(1_234_500_000), "1,234.5");
        assert_eq!(decimal(7_000_000), "7");
        assert_eq!(decimal(10_000_000), "10");
        assert_eq!(count(1_234_567), "1,234,567");
        assert_eq!((signed_change(-0.05), signed_change(0.5)), ("−5.0%".to_owned(), "+50.0%".to_owned()));
        for (of, text) in [
            (0.153, "15.3%"),
            (-0.024, "2.4%"),
            (0.9996, "100%"),
            (1.5, "150%"),
            (12.0, "1,200%"),
            (250.0, "251×"),
        ] {
            assert_eq!(change(of), text);
        }
        for (number, text) in [
            (0.0, "0"),
            (25_000.0, "25\u{202f}k"),
            (1_500_000.0, "1.5\u{202f}M"),
            (0.25, "0.25"),
            (2_000.0, "2,000"),
            (100_000.0, "100\u{202f}k"),
        ] {
            assert_eq!(axis(number), text);
        }
        assert_eq!(bytes(3_440_000), "3.4\u{202f}MB");
        assert_eq!(currency(Currency::UNKNOWN), "¤");
    }

    #[test]
    fn days_and_times() {
        let period = |from, to| Period::new(from, to).unwrap();
        assert_eq!(days(period(date(2026, 10, 24), date(2026, 11, 22))), "24 Oct – 22 Nov 2026");
        assert_eq!(days(period(date(2025, 10, 24), date(2026, 1, 2))), "24 Oct 2025 – 2 Jan 2026");
        assert_eq!(days(period(date(2026, 1, 2), date(2026, 1, 2))), "2 Jan 2026");
        let at: Timestamp = "2026-11-22T06:12:59Z".parse().unwrap();
        assert_eq!(moment(at, 2026), "22 Nov 06:12");
        assert_eq!(moment(at, 2027), "22 Nov 2026 06:12");
        let now = |text: &str| text.parse().unwrap();
        for (then, text) in [
            ("2026-11-22T23:00:00Z", "today 06:12"),
            ("2026-11-23T01:00:00Z", "yesterday 06:12"),
            ("2026-12-02T01:00:00Z", "10 days old"),
            ("2026-11-20T01:00:00Z", "22 Nov 06:12"),
        ] {
            assert_eq!(age(at, now(then)), text);
        }
        for (grain, text) in [(Grain::Day, "22 Nov"), (Grain::Month, "Nov 26"), (Grain::Quarter, "Q4 26")] {
            assert_eq!(piece_short(grain, date(2026, 11, 22), false), text);
        }
        assert_eq!(piece_short(Grain::Week, date(2026, 11, 16), true), "16 Nov 26");
    }

    proptest! {
        #[test]
        fn no_number_panics_or_writes_a_hyphen(integer: i64, ratio: f64) {
            for metric in Metric::ALL {
                for value in [Value::Integer(integer), Value::Ratio(ratio)] {
                    for text in [exact(metric, value, None), compact(metric, value, None)] {
                        prop_assert!(!text.contains('-'), "{text}");
                        prop_assert!(!text.is_empty());
                    }
                }
            }
        }
    }
}
