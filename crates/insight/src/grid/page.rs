//! Order and pages: what a row is ordered by, and cursors that stay right while rows come and go.

use std::cmp::Ordering;

use super::Keys;
use crate::InsightError;

/// A row that is part of the answer: its place in the order that was asked for, and its number among the rows.
#[derive(Debug, Clone)]
pub(crate) struct Placed {
    pub place: Place,
    pub keys: Keys,
    pub row: u32,
}

/// What a row is ordered by first; its keys break ties, so that every order is total.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Place {
    /// A number. Stands before rows without one, whichever the direction.
    Number(f64),
    /// A point in time, forward, and within it a number from the largest.
    TimeThen(i64, f64),
    /// A text, compared without case.
    Text(String),
    /// Nothing to order by.
    Absent,
}

impl Place {
    fn kind(&self) -> u8 {
        match self {
            Self::Number(_) => 0,
            Self::TimeThen(..) => 1,
            Self::Text(_) => 2,
            Self::Absent => 3,
        }
    }

    fn compare(&self, other: &Self, descending: bool) -> Ordering {
        let turned = |order: Ordering| if descending { order.reverse() } else { order };
        match (self, other) {
            (Self::Absent, Self::Absent) => Ordering::Equal,
            (Self::Absent, _) => Ordering::Greater,
            (_, Self::Absent) => Ordering::Less,
            (Self::Number(a), Self::Number(b)) => turned(a.total_cmp(b)),
            (Self::Text(a), Self::Text(b)) => turned(a.cmp(b)),
            (Self::TimeThen(a, left), Self::TimeThen(b, right)) => a.cmp(b).then(right.total_cmp(left)),
            // Rows of one order have one kind of place; a cursor of another order may have any.
            (one, other) => one.kind().cmp(&other.kind()),
        }
    }
}

/// Sorts rows by place and then by keys, and cuts out the page behind `after`. Returns the page and the next cursor.
pub(crate) fn page(
    mut rows: Vec<Placed>,
    descending: bool,
    limit: usize,
    after: Option<&str>,
) -> Result<(Vec<Placed>, Option<String>), InsightError> {
    if let Some(cursor) = after {
        let (last, keys) = read_cursor(cursor)?;
        rows.retain(|row| {
            row.place.compare(&last, descending).then(row.keys.cmp(&keys)) == Ordering::Greater
        });
    }
    let order = |a: &Placed, b: &Placed| a.place.compare(&b.place, descending).then(a.keys.cmp(&b.keys));
    let more = rows.len() > limit;
    if more {
        rows.select_nth_unstable_by(limit - 1, order);
        rows.truncate(limit);
    }
    rows.sort_unstable_by(order);
    let next = rows.last().filter(|_| more).map(|row| write_cursor(&row.place, &row.keys));
    Ok((rows, next))
}

fn write_cursor(place: &Place, keys: &Keys) -> String {
    let place = match place {
        Place::Number(number) => format!("n{:016x}", number.to_bits()),
        Place::TimeThen(time, number) => format!("d{:016x}{:016x}", *time as u64, number.to_bits()),
        Place::Text(text) => {
            format!("t{}", text.bytes().map(|byte| format!("{byte:02x}")).collect::<String>())
        }
        Place::Absent => "a".to_owned(),
    };
    format!("{place}.{}.{}.{}", keys[0], keys[1], keys[2])
}

fn read_cursor(cursor: &str) -> Result<(Place, Keys), InsightError> {
    let wrong = || {
        InsightError::wrong("after", "this is no cursor of an answer; leave it out to begin at the first row")
    };
    let mut pieces = cursor.split('.');
    let place = pieces.next().ok_or_else(wrong)?;
    let place = match place.split_at_checked(1).ok_or_else(wrong)? {
        ("n", bits) => Place::Number(f64::from_bits(u64::from_str_radix(bits, 16).map_err(|_| wrong())?)),
        ("d", bits) => {
            let (time, number) = bits.split_at_checked(16).ok_or_else(wrong)?;
            let time = u64::from_str_radix(time, 16).map_err(|_| wrong())?;
            let number = u64::from_str_radix(number, 16).map_err(|_| wrong())?;
            Place::TimeThen(time as i64, f64::from_bits(number))
        }
        ("t", hex) => {
            let byte = |n: usize| hex.get(n..n + 2).and_then(|pair| u8::from_str_radix(pair, 16).ok());
            let bytes: Option<Vec<u8>> = (0..hex.len()).step_by(2).map(byte).collect();
            Place::Text(bytes.and_then(|bytes| String::from_utf8(bytes).ok()).ok_or_else(wrong)?)
        }
        ("a", "") => Place::Absent,
        _ => return Err(wrong()),
    };
    let mut keys = Keys::default();
    for key in &mut keys {
        *key = pieces.next().and_then(|piece| piece.parse().ok()).ok_or_else(wrong)?;
    }
    if pieces.next().is_some() { Err(wrong()) } else { Ok((place, keys)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_visit_every_row_once_in_any_order() {
        let place = |n: i64, kind: i64| match (n % 5, kind) {
            (0, 0) => Place::Absent,
            (value, 0) => Place::Number(value as f64 / 3.0),
            (value, _) => Place::TimeThen(n % 7 - 3, value as f64),
        };
        let rows = |kind| -> Vec<Placed> {
            (0..57).map(|n| Placed { place: place(n, kind), keys: [n, 0, 0], row: 0 }).collect()
        };
        for (descending, kind) in [(false, 0), (true, 0), (false, 1)] {
            let (mut seen, mut after) = (Vec::new(), None::<String>);
            loop {
                let (page, next) = page(rows(kind), descending, 10, after.as_deref()).unwrap();
                seen.extend(page.iter().map(|row| row.keys[0]));
                after = next;
                if after.is_none() {
                    break;
                }
            }
            if kind == 0 {
                let absent = seen.iter().position(|n| n % 5 == 0).unwrap();
                assert!(seen[absent..].iter().all(|n| n % 5 == 0), "rows without a value stand last");
            }
            seen.sort_unstable();
            assert_eq!(seen, (0..57).collect::<Vec<_>>());
        }
        for cursor in ["", "x", "n12", "tzz.0.0.0", "n0.1.2", "n0.1.2.3.4", "é.1.2.3", "d12.1.2.3"] {
            assert!(page(rows(0), true, 10, Some(cursor)).is_err(), "{cursor}");
        }
    }
}
