//! Days and times as APIs and pipelines write them.

use jiff::Timestamp;
use jiff::civil::{Date, DateTime, Time};
use jiff::tz::{Offset, TimeZone};

/// The day that a text begins with: `2026-06-15`, `20260615`, with or without a time behind it.
pub(crate) fn day(text: &str) -> Option<Date> {
    let bytes = text.trim_start().as_bytes();
    let number = |from: usize, len: usize| {
        let digits = bytes.get(from..from + len)?;
        digits.iter().try_fold(0i16, |n, byte| byte.is_ascii_digit().then(|| n * 10 + i16::from(byte - b'0')))
    };
    let (month, day, end) = if bytes.get(4) == Some(&b'-') {
        if bytes.get(7) != Some(&b'-') {
            return None;
        }
        (number(5, 2)?, number(8, 2)?, 10)
    } else {
        (number(4, 2)?, number(6, 2)?, 8)
    };
    if bytes.get(end).is_some_and(u8::is_ascii_alphanumeric) && bytes.get(end) != Some(&b'T') {
        return None;
    }
    let date = Date::new(number(0, 4)?, month as i8, day as i8).ok()?;
    (1990..2190).contains(&date.year()).then_some(date)
}

/// A time, in UTC where it names no offset: `2022-02-01 2:20:51`, `2021-06-29T17:19:05.102Z`, `... UTC`, `... +0000`.
pub(crate) fn time(text: &str) -> Option<Timestamp> {
    let text = text.trim();
    let date = day(text)?;
    let rest = text.get(10..).unwrap_or_default().trim_start_matches(['T', 't', ' ']);
    let clock_end = rest.find(|c: char| !c.is_ascii_digit() && c != ':' && c != '.').unwrap_or(rest.len());
    let mut parts = rest[..clock_end].split(':');
    let mut next = || parts.next().filter(|part| !part.is_empty());
    let hour: i8 = next().unwrap_or("0").parse().ok()?;
    let minute: i8 = next().unwrap_or("0").parse().ok()?;
    let (second, fraction) =
        next().map_or(("0", ""), |seconds| seconds.split_once('.').unwrap_or((seconds, "")));
    let digits: String = fraction.chars().chain("000000000".chars()).take(9).collect();
    let clock = Time::new(hour, minute, second.parse().ok()?, digits.parse().ok()?).ok()?;
    let offset = offset(rest[clock_end..].trim())?;
    DateTime::from_parts(date, clock).to_zoned(TimeZone::fixed(offset)).ok().map(|zoned| zoned.timestamp())
}

fn offset(text: &str) -> Option<Offset> {
    let sign = match text.as_bytes() {
        [] => return Some(Offset::UTC),
        _ if text.eq_ignore_ascii_case("z") || text.eq_ignore_ascii_case("utc") => return Some(Offset::UTC),
        [b'+', ..] => 1,
        [b'-', ..] => -1,
        _ => return None,
    };
    let digits: String = text[1..].chars().filter(|c| *c != ':').collect();
    let (hours, minutes) = match digits.len() {
        2 => (digits.parse::<i32>().ok()?, 0),
        4 => (digits[..2].parse::<i32>().ok()?, digits[2..].parse::<i32>().ok()?),
        _ => return None,
    };
    Offset::from_seconds(sign * (hours * 3600 + minutes * 60)).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days() {
        for (text, expect) in [
            ("2026-06-15", Some("2026-06-15")),
            ("2021-09-15 5:00:00", Some("2021-09-15")),
            ("2022-05-23T04:00:00", Some("2022-05-23")),
            ("20260615", Some("2026-06-15")),
            ("2024-01", None),
            ("2024-02-30", None),
            ("15.06.2026", None),
            ("2026-06-15x", None),
            ("", None),
        ] {
            assert_eq!(day(text).map(|day| day.to_string()).as_deref(), expect, "{text}");
        }
    }

    #[test]
    fn times() {
        for (text, expect) in [
            ("2022-02-01 2:20:51", Some("2022-02-01T02:20:51Z")),
            ("2021-06-29T17:19:05.102", Some("2021-06-29T17:19:05.102Z")),
            ("2020-11-09 14:20:56.976 UTC", Some("2020-11-09T14:20:56.976Z")),
            ("2023-05-25 09:00:00.000 +0000", Some("2023-05-25T09:00:00Z")),
            ("2023-05-25T09:00:00+02:00", Some("2023-05-25T07:00:00Z")),
            ("2023-05-25", Some("2023-05-25T00:00:00Z")),
            ("yesterday", None),
        ] {
            assert_eq!(time(text).map(|time| time.to_string()).as_deref(), expect, "{text}");
        }
    }
}
