//! Dates, months, weeks and ranges as exports write them.

use std::fmt;

use domain::Period;
use jiff::civil::Date;
use jiff::{Span, ToSpan};

use crate::ranges::range;
use crate::wishes::DateOrder;
use crate::words::words;

/// A cell that is no date.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NotADate {
    /// It is written differently, or there is no such day.
    Unreadable,
    /// It is a date in two ways, or only in the order that the file does not use.
    Order,
}

/// What the pieces of a written date are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Piece {
    Number { value: i32, digits: usize },
    Month(i8),
}

/// A date whose parts are known, but for the order of the first two.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Open {
    first: i8,
    second: i8,
    year: i16,
}

impl fmt::Display for Open {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}/{:02}/{}", self.first, self.second, self.year)
    }
}

impl Open {
    /// Whether it is a day in both readings, and not the same.
    pub(crate) fn is_ambiguous(self) -> bool {
        self.first != self.second && self.first <= 12 && self.second <= 12
    }

    /// The date in one reading, if there is such a day.
    pub(crate) fn read(self, order: DateOrder) -> Option<Date> {
        let (day, month) = match order {
            DateOrder::DayFirst => (self.first, self.second),
            DateOrder::MonthFirst => (self.second, self.first),
        };
        Date::new(self.year, month, day).ok()
    }
}

/// A date as written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Written {
    Sure(Date),
    Open(Open),
}

impl Written {
    /// The order in which alone it can be read.
    pub(crate) fn implied(self) -> Option<DateOrder> {
        match self {
            Self::Open(open) if open.first > 12 => Some(DateOrder::DayFirst),
            Self::Open(open) if open.second > 12 => Some(DateOrder::MonthFirst),
            _ => None,
        }
    }

    pub(crate) fn year(self) -> i16 {
        match self {
            Self::Sure(date) => date.year(),
            Self::Open(open) => open.year,
        }
    }

    pub(crate) fn read(self, order: Option<DateOrder>) -> Result<Date, NotADate> {
        match self {
            Self::Sure(date) => Ok(date),
            Self::Open(open) => match order {
                Some(order) => open.read(order).ok_or(NotADate::Order),
                None => match (open.read(DateOrder::DayFirst), open.read(DateOrder::MonthFirst)) {
                    (Some(date), None) | (None, Some(date)) => Ok(date),
                    (Some(a), Some(b)) if a == b => Ok(a),
                    _ => Err(NotADate::Order),
                },
            },
        }
    }
}

/// Reads one date; a time of day after it is passed over.
pub(crate) fn written(cell: &str) -> Option<Written> {
    if let Some(date) = iso(cell.as_bytes()) {
        return Some(Written::Sure(date));
    }
    let cell = without_time(cell.trim());
    let dotted = cell.contains('.') && !cell.contains(['/', '-']);
    let (pieces, count) = pieces(cell)?;
    date_of(&pieces[..count], dotted)
}

/// `2026-11-22`, by far the most common.
#[inline]
fn iso(cell: &[u8]) -> Option<Date> {
    let &[a, b, c, d, b'-', e, f, b'-', g, h] = cell else { return None };
    if ![a, b, c, d, e, f, g, h].iter().all(u8::is_ascii_digit) {
        return None;
    }
    let two = |tens: u8, ones: u8| (tens - b'0') as i8 * 10 + (ones - b'0') as i8;
    Date::new(i16::from(two(a, b)) * 100 + i16::from(two(c, d)), two(e, f), two(g, h)).ok()
}

/// `2026-11-22T10:00`, `2026-11-22 10:00:00`, Microsoft's `2026-11-22|10`.
fn without_time(cell: &str) -> &str {
    let cell = cell.split('|').next().unwrap_or(cell);
    let cell = match cell.find(':') {
        // Back from `10:00` to the space or the T before it.
        Some(colon) => {
            cell[..colon].rfind(|c: char| !c.is_ascii_digit()).map_or(cell, |before| &cell[..before])
        }
        None => cell,
    };
    cell.trim_end_matches([' ', ',', 'T'])
}

/// At most three pieces that tell a date; weekdays and short words between them tell nothing.
fn pieces(text: &str) -> Option<([Piece; 3], usize)> {
    let mut found = [Piece::Month(0); 3];
    let mut count = 0;
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let end = |belongs: fn(char) -> bool| rest.find(|c| !belongs(c)).unwrap_or(rest.len());
        let (piece, taken) = if c.is_ascii_digit() {
            let end = end(|c| c.is_ascii_digit());
            let value = rest[..end].parse().ok()?;
            // `8th` and `1st` count as numbers.
            let ordinal = ["st", "nd", "rd", "th"].iter().any(|ordinal| rest[end..].starts_with(ordinal));
            (Some(Piece::Number { value, digits: end }), if ordinal { end + 2 } else { end })
        } else if c.is_alphabetic() {
            let end = end(char::is_alphabetic);
            let word = &rest[..end];
            let month = words().month(word);
            if month.is_none() && !words().is_within_dates(word) {
                return None;
            }
            (month.map(Piece::Month), end)
        } else if matches!(c, '/' | '-' | '.' | ',' | ' ' | '\u{a0}' | '\u{202f}' | '年' | '月' | '日') {
            (None, c.len_utf8())
        } else {
            return None;
        };
        if let Some(piece) = piece {
            *found.get_mut(count)? = piece;
            count += 1;
        }
        rest = &rest[taken..];
    }
    Some((found, count))
}

fn date_of(pieces: &[Piece], dotted: bool) -> Option<Written> {
    use Piece::{Month, Number};
    let date = |year: i32, month: i32, day: i32| {
        let date = Date::new(i16::try_from(year).ok()?, i8::try_from(month).ok()?, i8::try_from(day).ok()?);
        Some(Written::Sure(date.ok()?))
    };
    match *pieces {
        [Number { value, digits: 8 }] => date(value / 10_000, value / 100 % 100, value % 100),
        [Number { value: year, digits: 4 }, Number { value: month, .. }, Number { value: day, .. }] => {
            date(year, month, day)
        }
        [
            Number { value: first, digits: 1..=2 },
            Number { value: second, digits: 1..=2 },
            Number { value, digits },
        ] => {
            let year = full_year(value, digits)?;
            if dotted {
                return date(year, second, first);
            }
            let open = Open { first: first as i8, second: second as i8, year: i16::try_from(year).ok()? };
            let readable = open.read(DateOrder::DayFirst).or_else(|| open.read(DateOrder::MonthFirst));
            readable.map(|_| Written::Open(open))
        }
        [Month(month), Number { value: day, digits: 1..=2 }, Number { value, digits }]
        | [Number { value: day, digits: 1..=2 }, Month(month), Number { value, digits }] => {
            date(full_year(value, digits)?, i32::from(month), day)
        }
        [Number { value: year, digits: 4 }, Month(month), Number { value: day, .. }] => {
            date(year, i32::from(month), day)
        }
        _ => None,
    }
}

fn full_year(value: i32, digits: usize) -> Option<i32> {
    match digits {
        4 => Some(value),
        2 => Some(2000 + value),
        _ => None,
    }
}

/// What one cell of a time column stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Grain {
    Day,
    Week,
    Month,
    Quarter,
    Year,
}

/// The days a cell stands for. Weeks run seven days from the day that is given.
pub(crate) fn period(cell: &str, grain: Grain, order: Option<DateOrder>) -> Result<Period, NotADate> {
    let checked = |from: Date, to: Date| Period::new(from, to).map_err(|_| NotADate::Unreadable);
    if let Some(written) = written(cell) {
        let day = written.read(order)?;
        return match grain {
            Grain::Day => checked(day, day),
            Grain::Week => checked(day, day.saturating_add(6.days())),
            Grain::Month => checked(day, day.last_of_month()),
            Grain::Quarter => checked(day, months_on(day, 3)),
            Grain::Year => checked(day, day.last_of_year()),
        };
    }
    if let Some(range) = range(cell) {
        return range.read(order);
    }
    let from_month = |year, month, count| {
        let first = Date::new(year, month, 1).map_err(|_| NotADate::Unreadable)?;
        checked(first, months_on(first, count))
    };
    let cell = cell.trim();
    match grain {
        Grain::Day => Err(NotADate::Unreadable),
        Grain::Week => {
            iso_week(cell).map_or(Err(NotADate::Unreadable), |day| checked(day, day.saturating_add(6.days())))
        }
        Grain::Month => {
            let (year, month) = year_and_month(cell).ok_or(NotADate::Unreadable)?;
            from_month(year, month, 1)
        }
        Grain::Quarter => {
            let (year, quarter) = year_and_quarter(cell).ok_or(NotADate::Unreadable)?;
            from_month(year, quarter * 3 - 2, 3)
        }
        Grain::Year => from_month(cell.parse().map_err(|_| NotADate::Unreadable)?, 1, 12),
    }
}

/// The last of `count` months that begin with `first`.
fn months_on(first: Date, count: i32) -> Date {
    first.saturating_add(Span::new().months(count)).saturating_sub(1.day())
}

/// `2026-W24`
fn iso_week(cell: &str) -> Option<Date> {
    let (year, week) = cell.split_once(['-', ' ']).unwrap_or(cell.split_at_checked(4)?);
    let week = week.strip_prefix(['W', 'w'])?.parse().ok()?;
    let date = jiff::civil::ISOWeekDate::new(year.parse().ok()?, week, jiff::civil::Weekday::Monday);
    date.ok().map(jiff::civil::ISOWeekDate::date)
}

/// `January 2026`, `Jan-26`, `2026-01`, `01/2026`, `202601`
fn year_and_month(cell: &str) -> Option<(i16, i8)> {
    use Piece::{Month, Number};
    let (pieces, count) = pieces(cell)?;
    let (year, month) = match pieces[..count] {
        [Month(month), Number { value, digits }] | [Number { value, digits }, Month(month)] => {
            (full_year(value, digits)?, i32::from(month))
        }
        [Number { value: year, digits: 4 }, Number { value: month, digits: 1..=2 }]
        | [Number { value: month, digits: 1..=2 }, Number { value: year, digits: 4 }] => (year, month),
        [Number { value, digits: 6 }] => (value / 100, value % 100),
        _ => return None,
    };
    Some((i16::try_from(year).ok()?, i8::try_from(month).ok()?))
}

/// `Q1 2026`, `2026 Q1`, `2026-Q1`
fn year_and_quarter(cell: &str) -> Option<(i16, i8)> {
    let mut parts = cell.split([' ', '-', '/']).filter(|part| !part.is_empty());
    let (a, b) = (parts.next()?, parts.next()?);
    let (quarter, year) = if a.starts_with(['Q', 'q']) { (a, b) } else { (b, a) };
    let quarter: i8 = quarter.strip_prefix(['Q', 'q'])?.parse().ok()?;
    (1..=4).contains(&quarter).then_some((year.parse().ok()?, quarter))
}

impl fmt::Display for Written {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sure(date) => write!(f, "{date}"),
            Self::Open(open) => write!(f, "{open}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use DateOrder::{DayFirst, MonthFirst};

    #[test]
    fn dates_in_every_form() {
        for (cell, order, date) in [
            ("2026-06-15", None, Some("2026-06-15")),
            ("2026/05/27", None, Some("2026-05-27")),
            ("20260527", None, Some("2026-05-27")),
            ("25-Jan-21", None, Some("2021-01-25")),
            ("16-11-2024", None, Some("2024-11-16")),
            ("11/16/2024", None, Some("2024-11-16")),
            ("11/16/24", None, Some("2024-11-16")),
            ("Jan 17, 2024", None, Some("2024-01-17")),
            ("January 17, 2024", None, Some("2024-01-17")),
            ("17 January 2024", None, Some("2024-01-17")),
            ("Sat, Nov 16, 2024", None, Some("2024-11-16")),
            ("17th of January 2024", None, Some("2024-01-17")),
            ("22.11.2026", None, Some("2026-11-22")),
            ("04.03.2026", None, Some("2026-03-04")),
            ("2026-11-22T10:30:00Z", None, Some("2026-11-22")),
            ("2026-11-22T00:00:00+0100", None, Some("2026-11-22")),
            ("2026-11-22 10:30", None, Some("2026-11-22")),
            ("2023-11-11|01", None, Some("2023-11-11")),
            (" 2026-06-15 ", None, Some("2026-06-15")),
            ("03/04/2026", Some(DayFirst), Some("2026-04-03")),
            ("03/04/2026", Some(MonthFirst), Some("2026-03-04")),
            ("05/05/2026", None, Some("2026-05-05")),
            ("03/04/2026", None, None),
            ("16/11/2024", Some(MonthFirst), None),
            ("2026-02-30", None, None),
            ("31/31/2026", None, None),
            ("2026-06", None, None),
            ("12.5", None, None),
            ("Total", None, None),
            ("2026-06-15 x", None, None),
            ("99999999999", None, None),
            ("", None, None),
        ] {
            let read = written(cell).and_then(|written| written.read(order).ok());
            assert_eq!(read.map(|date| date.to_string()).as_deref(), date, "{cell:?} {order:?}");
        }
    }

    #[test]
    fn weeks_months_quarters_and_years() {
        for (cell, grain, expect) in [
            ("2026-06-15", Grain::Week, Some("2026-06-15..2026-06-21")),
            ("Jun 15, 2026", Grain::Week, Some("2026-06-15..2026-06-21")),
            ("2026-06-15 - 2026-06-21", Grain::Week, Some("2026-06-15..2026-06-21")),
            ("2026-W25", Grain::Week, Some("2026-06-15..2026-06-21")),
            ("2026-06-01", Grain::Month, Some("2026-06-01..2026-06-30")),
            ("June 2026", Grain::Month, Some("2026-06-01..2026-06-30")),
            ("Jun-26", Grain::Month, Some("2026-06-01..2026-06-30")),
            ("2026-06", Grain::Month, Some("2026-06-01..2026-06-30")),
            ("06/2026", Grain::Month, Some("2026-06-01..2026-06-30")),
            ("2026-06-01 - 2026-06-30", Grain::Month, Some("2026-06-01..2026-06-30")),
            ("Q2 2026", Grain::Quarter, Some("2026-04-01..2026-06-30")),
            ("2026-04-01", Grain::Quarter, Some("2026-04-01..2026-06-30")),
            ("2026", Grain::Year, Some("2026-01-01..2026-12-31")),
            ("2026-13", Grain::Month, None),
            ("2026-W60", Grain::Week, None),
            ("Q5 2026", Grain::Quarter, None),
            ("한국", Grain::Week, None),
            ("2026한", Grain::Week, None),
            ("1800-01-01", Grain::Day, None),
        ] {
            let read = period(cell, grain, None).ok();
            assert_eq!(read.map(|period| period.to_string()).as_deref(), expect, "{cell:?} {grain:?}");
        }
    }
}
