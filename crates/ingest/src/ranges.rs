//! Ranges of days and moments, as the lines above a header state them.

use std::fmt;

use domain::Period;
use jiff::civil::{DateTime, Time};

use crate::dates::{NotADate, Written, written};
use crate::wishes::DateOrder;
use crate::words::words;

impl fmt::Display for WrittenRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} - {}", self.from, self.to)
    }
}

/// A range as written, whose dates may be open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct WrittenRange {
    from: Written,
    to: Written,
}

impl WrittenRange {
    pub(crate) fn new(from: Written, to: Written) -> Self {
        Self { from, to }
    }

    /// The order in which alone it can be read.
    pub(crate) fn implied(self) -> Option<DateOrder> {
        self.from.implied().or(self.to.implied())
    }

    /// The days. One date that can be read only in one way tells how the other is meant.
    pub(crate) fn read(self, order: Option<DateOrder>) -> Result<Period, NotADate> {
        let order = order.or(self.implied());
        Period::new(self.from.read(order)?, self.to.read(order)?).map_err(|_| NotADate::Unreadable)
    }
}

/// Reads `July 8, 2025 - July 31, 2025` and its like; none if the text is no range.
pub(crate) fn range(text: &str) -> Option<WrittenRange> {
    splits(text).find_map(|(from, to)| {
        let to = written(to)?;
        // `Jul 8 - Jul 31, 2025` names the year once.
        let with_year = || written(&format!("{}, {}", from.trim(), to.year()));
        Some(WrittenRange { from: written(from).or_else(with_year)?, to })
    })
}

/// A single date, as a range of one day.
pub(crate) fn single(text: &str) -> Option<WrittenRange> {
    written(text).map(|day| WrittenRange { from: day, to: day })
}

/// Everywhere a range may fall into two.
fn splits(text: &str) -> impl Iterator<Item = (&str, &str)> {
    let marks = text.match_indices(['-', '–', '—', '~', '→']);
    let between = words().between_dates().flat_map(move |word| text.match_indices(word));
    marks.chain(between).map(move |(at, mark)| (&text[..at], &text[at + mark.len()..]))
}

/// Reads a date with a time of day behind it; midnight where there is none.
pub(crate) fn moment(text: &str, order: Option<DateOrder>) -> Option<DateTime> {
    let date = written(text)?.read(order).ok()?;
    Some(date.to_datetime(time_of_day(text).unwrap_or(Time::midnight())))
}

fn time_of_day(text: &str) -> Option<Time> {
    let colon = text.find(':')?;
    let start = text[..colon].rfind(|c: char| !c.is_ascii_digit()).map_or(0, |before| before + 1);
    let start = (start..=colon).find(|&at| text.is_char_boundary(at))?;
    let mut hour: i8 = text[start..colon].parse().ok()?;
    let mut parts = text[colon + 1..].split(':');
    let minute_text = parts.next()?;
    let leading = |part: &str| part.bytes().take_while(u8::is_ascii_digit).count();
    let minute = minute_text[..leading(minute_text)].parse().ok()?;
    let second_text = parts.next().unwrap_or_default();
    let second = second_text[..leading(second_text)].parse().unwrap_or(0);
    let after = text[colon..].to_ascii_lowercase();
    match (hour, after.contains("pm"), after.contains("am")) {
        (1..=11, true, _) => hour += 12,
        (12, false, true) => hour = 0,
        _ => {}
    }
    Time::new(hour, minute, second, 0).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments() {
        for (text, expect) in [
            ("2026-06-15 10:23:45", Some("2026-06-15T10:23:45")),
            ("2026-06-15T10:23", Some("2026-06-15T10:23:00")),
            ("Jun 15, 2026, 10:23 PM", Some("2026-06-15T22:23:00")),
            ("Jun 15, 2026, 12:05 AM", Some("2026-06-15T00:05:00")),
            ("June 15, 2026", Some("2026-06-15T00:00:00")),
            ("yesterday", None),
        ] {
            assert_eq!(moment(text, None).map(|moment| moment.to_string()).as_deref(), expect, "{text}");
        }
    }
}
