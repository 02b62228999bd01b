//! Small pieces of SQL text. Only numbers and days that we format ourselves are ever put into a text; words are bound.

use domain::{Additive, Currency, Period};
use jiff::Timestamp;
use jiff::civil::Date;

/// `DATE 'first' AND DATE 'last'`, to stand behind BETWEEN. Literals rather than parameters: the engine prunes by them.
pub fn days_literal(period: Period) -> String {
    format!("DATE '{}' AND DATE '{}'", period.from(), period.to())
}

/// The additive columns, comma-separated, each put through `shape`.
pub(super) fn figures(shape: impl Fn(&str) -> String) -> String {
    Additive::STORED.map(|what| shape(what.column())).join(", ")
}

/// A UTC time as a literal.
pub(super) fn time_literal(time: Timestamp) -> String {
    format!("make_timestamp({})", time.as_microsecond())
}

/// A currency as the number that facts keep: its letters in base 26.
pub fn currency_number(currency: Currency) -> u16 {
    currency.code().bytes().fold(0, |number, letter| number * 26 + u16::from(letter - b'A'))
}

/// The currency behind a number, or the unknown one.
pub fn currency_of(number: u16) -> Currency {
    let letter = |place: u16| char::from(b'A' + (number / place % 26) as u8);
    [letter(676), letter(26), letter(1)].iter().collect::<String>().parse().unwrap_or(Currency::UNKNOWN)
}

/// Days since 1970-01-01, as the engine stores them.
pub(super) fn epoch_day(day: Date) -> i32 {
    domain::period::days_between(Date::constant(1970, 1, 1), day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn currencies_survive_their_number() {
        for code in ["AAA", "EUR", "USD", "XXX", "ZZZ"] {
            let currency = code.parse().unwrap();
            assert_eq!(currency_of(currency_number(currency)), currency);
        }
    }
}
