//! Money as integer micros with a currency, and decimals with six places. No floats.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// Millionths of a currency's main unit: 1,500,000 is 1.50 EUR, or 1.5 JPY. Negative for credits.
pub type Micros = i64;

/// A count with six decimal places, in millionths: 2,500,000 is 2.5 conversions.
pub type Decimal6 = i64;

/// One in millionths.
pub const ONE: i64 = 1_000_000;

/// An ISO 4217 currency code. `XXX`, the standard's own code for "no currency", stands for one that nobody stated.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Currency([u8; 3]);

/// A text that is not a currency code.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("'{0}' is not a currency; use a three-letter ISO 4217 code such as EUR")]
pub struct NotACurrency(pub String);

impl Currency {
    /// Nobody said which currency.
    pub const UNKNOWN: Self = Self(*b"XXX");

    /// The three letters.
    pub fn code(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or("XXX")
    }

    /// How many decimal places amounts of this currency are written with (ISO 4217 minor units).
    pub fn decimals(self) -> u32 {
        match &self.0 {
            b"BIF" | b"CLP" | b"DJF" | b"GNF" | b"ISK" | b"JPY" | b"KMF" | b"KRW" | b"PYG" | b"RWF"
            | b"UGX" | b"UYI" | b"VND" | b"VUV" | b"XAF" | b"XOF" | b"XPF" => 0,
            b"BHD" | b"IQD" | b"JOD" | b"KWD" | b"LYD" | b"OMR" | b"TND" => 3,
            _ => 2,
        }
    }
}

impl FromStr for Currency {
    type Err = NotACurrency;

    fn from_str(code: &str) -> Result<Self, NotACurrency> {
        match code.as_bytes() {
            [a, b, c] if [a, b, c].into_iter().all(u8::is_ascii_alphabetic) => {
                Ok(Self([a.to_ascii_uppercase(), b.to_ascii_uppercase(), c.to_ascii_uppercase()]))
            }
            _ => Err(NotACurrency(code.to_owned())),
        }
    }
}

impl TryFrom<String> for Currency {
    type Error = NotACurrency;

    fn try_from(code: String) -> Result<Self, NotACurrency> {
        code.parse()
    }
}

impl From<Currency> for String {
    fn from(currency: Currency) -> Self {
        currency.code().to_owned()
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl fmt::Debug for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

/// `numerator / denominator`, both in millionths, as millionths, rounded half away from zero. Absent where the divisor is
/// zero or the result does not fit.
pub fn divide(numerator: i64, denominator: i64) -> Option<i64> {
    scale(i128::from(numerator) * i128::from(ONE), i128::from(denominator))
}

/// `numerator / denominator` as an integer, rounded half away from zero.
pub(crate) fn scale(numerator: i128, denominator: i128) -> Option<i64> {
    if denominator == 0 {
        return None;
    }
    let quotient = numerator / denominator;
    let remainder = numerator % denominator;
    let away = if (numerator < 0) == (denominator < 0) { 1 } else { -1 };
    let rounded =
        if remainder.unsigned_abs() * 2 >= denominator.unsigned_abs() { quotient + away } else { quotient };
    i64::try_from(rounded).ok()
}

/// Millionths as a plain decimal text with a point, no grouping, and no more places than needed beyond `at_least`.
pub fn decimal_text(millionths: i64, at_least: u32) -> String {
    let sign = if millionths < 0 { "-" } else { "" };
    let whole = millionths.unsigned_abs() / ONE.unsigned_abs();
    let fraction = format!("{:06}", millionths.unsigned_abs() % ONE.unsigned_abs());
    let kept = fraction.trim_end_matches('0').len().max(at_least.min(6) as usize);
    match kept {
        0 => format!("{sign}{whole}"),
        _ => format!("{sign}{whole}.{}", &fraction[..kept]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn currencies_are_three_letters_in_any_case() {
        assert_eq!("aud".parse::<Currency>().unwrap().code(), "AUD");
        for wrong in ["", "EU", "EURO", "E1R", "€€€", "€"] {
            assert!(wrong.parse::<Currency>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn decimals_are_written_exactly() {
        for (millionths, at_least, text) in [
            (0, 2, "0.00"),
            (22_842_980_000, 2, "22842.98"),
            (1, 0, "0.000001"),
            (-1_500_000, 2, "-1.50"),
            (-1, 2, "-0.000001"),
            (5_000_000, 0, "5"),
            (i64::MIN, 0, "-9223372036854.775808"),
        ] {
            assert_eq!(decimal_text(millionths, at_least), text);
        }
    }

    #[test]
    fn division_rounds_half_away_from_zero_and_is_absent_by_zero() {
        assert_eq!(divide(10 * ONE, 4 * ONE), Some(2_500_000));
        assert_eq!(divide(2, 3 * ONE), Some(1));
        assert_eq!(divide(-1, 2 * ONE), Some(-1));
        assert_eq!(divide(1, 0), None);
        assert_eq!(divide(i64::MAX, 1), None);
    }

    proptest! {
        #[test]
        fn division_is_the_nearest_millionth(n in -1_000_000_000_000i64..1_000_000_000_000, d in 1i64..1_000_000_000_000) {
            let quotient = i128::from(divide(n, d).unwrap());
            let error = (quotient * i128::from(d) - i128::from(n) * i128::from(ONE)).abs();
            prop_assert!(error * 2 <= i128::from(d));
        }

        #[test]
        fn text_of_a_decimal_reads_back(millionths: i64) {
            let text = decimal_text(millionths, 2);
            let digits = text.replace(['.', '-'], "");
            let places = text.split('.').nth(1).map_or(0, str::len);
            let back = digits.parse::<i128>().unwrap() * 10i128.pow(6 - places as u32);
            prop_assert_eq!(back, i128::from(millionths.unsigned_abs()));
            prop_assert_eq!(text.starts_with('-'), millionths < 0);
        }
    }
}
