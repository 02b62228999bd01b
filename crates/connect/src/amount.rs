//! Numbers as APIs write them, exactly: straight from text to millionths, never through a float.

/// Why a text is no number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum NotANumber {
    /// It is written differently.
    #[error("is no number of this kind")]
    Unreadable,
    /// It does not fit into 64 bits.
    #[error("is too large to be kept exactly")]
    TooLarge,
}

/// More places than this are not told apart from nothing.
const PLACES: i32 = 40;

/// A decimal in millionths, half rounded away from zero; `shift` moves the point to the right beforehand. An exponent is
/// read, as connectors write small and large floats with one.
pub(crate) fn millionths(text: &str, shift: i32) -> Result<i64, NotANumber> {
    match short(text.as_bytes(), shift) {
        Some(value) => Ok(value),
        None => any(text.trim(), shift),
    }
}

/// Nearly all numbers are some digits with at most a point, and have no more places than are kept.
fn short(text: &[u8], shift: i32) -> Option<i64> {
    const LONGEST: usize = 16;
    if text.len() > LONGEST {
        return None;
    }
    let mut value = 0i64;
    let mut digits = 0;
    let mut point = None;
    for byte in text {
        match byte {
            b'0'..=b'9' => {
                value = value * 10 + i64::from(byte - b'0');
                digits += 1;
            }
            b'.' if point.is_none() => point = Some(digits),
            _ => return None,
        }
    }
    let places = digits - point.unwrap_or(digits);
    let scale = u32::try_from(6 + shift - places).ok().filter(|_| digits > 0)?;
    value.checked_mul(10i64.checked_pow(scale)?)
}

fn any(text: &str, shift: i32) -> Result<i64, NotANumber> {
    let (negative, rest) = match text.as_bytes() {
        [b'-', ..] => (true, &text[1..]),
        [b'+', ..] => (false, &text[1..]),
        _ => (false, text),
    };
    let (digits, exponent) = match rest.split_once(['e', 'E']) {
        Some((digits, exponent)) => (digits, exponent.parse::<i32>().map_err(|_| NotANumber::Unreadable)?),
        None => (rest, 0),
    };
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    if whole.is_empty() && fraction.is_empty() {
        return Err(NotANumber::Unreadable);
    }
    // How many places behind the sixth the last digit stands.
    let mut scale = exponent.saturating_add(6 + shift).saturating_sub(fraction.len() as i32);
    let mut value: i128 = 0;
    let mut dropped = false;
    for byte in whole.bytes().chain(fraction.bytes()) {
        if !byte.is_ascii_digit() {
            return Err(NotANumber::Unreadable);
        }
        if value > i128::from(i64::MAX) * 1_000_000_000_000 {
            // Beyond 30 digits a longer fraction changes nothing that is kept; a longer whole is too large anyway.
            scale += 1;
            dropped = true;
        } else {
            value = value * 10 + i128::from(byte - b'0');
        }
    }
    if value == 0 && !dropped {
        return Ok(0);
    }
    if scale < -PLACES {
        return Ok(0);
    }
    for place in (1..=-scale).rev() {
        value = if place == 1 { (value + 5) / 10 } else { value / 10 };
    }
    for _ in 0..scale {
        value = value
            .checked_mul(10)
            .filter(|value| *value <= i128::from(i64::MAX))
            .ok_or(NotANumber::TooLarge)?;
    }
    let value = i64::try_from(value).map_err(|_| NotANumber::TooLarge)?;
    Ok(if negative { -value } else { value })
}

/// A whole number; decimals that are zero are let pass.
pub(crate) fn whole(text: &str) -> Result<i64, NotANumber> {
    if let Ok(number) = text.trim().parse() {
        return Ok(number);
    }
    let millionths = millionths(text, 0)?;
    if millionths % 1_000_000 == 0 { Ok(millionths / 1_000_000) } else { Err(NotANumber::Unreadable) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals_are_exact() {
        for (text, shift, expect) in [
            ("76.53", 0, Ok(76_530_000)),
            ("0", 0, Ok(0)),
            ("-1.5", 0, Ok(-1_500_000)),
            (".22", 0, Ok(220_000)),
            ("60.150000000000006", 0, Ok(60_150_000)),
            ("0.0000005", 0, Ok(1)),
            ("0.00000049999", 0, Ok(0)),
            ("1e-05", 0, Ok(10)),
            ("1.5E3", 0, Ok(1_500_000_000)),
            ("1e400", 0, Err(NotANumber::TooLarge)),
            ("1e-400", 0, Ok(0)),
            ("20836690", -6, Ok(20_836_690)),
            ("20836690.4", -6, Ok(20_836_690)),
            ("9223372036854775807", -6, Ok(i64::MAX)),
            ("9223372036854.775808", 0, Err(NotANumber::TooLarge)),
            ("99999999999999999999999999999999999999999999", 0, Err(NotANumber::TooLarge)),
            ("0.99999999999999999999999999999999999999999999", 0, Ok(1_000_000)),
            ("9223372036854775", 0, Err(NotANumber::TooLarge)),
            ("9223372036854", 0, Ok(9_223_372_036_854_000_000)),
            (" 7 ", 0, Ok(7_000_000)),
            ("7.", 0, Ok(7_000_000)),
            ("1.2345675", 0, Ok(1_234_568)),
            ("", 0, Err(NotANumber::Unreadable)),
            (".", 0, Err(NotANumber::Unreadable)),
            ("1.2.3", 0, Err(NotANumber::Unreadable)),
            ("1,5", 0, Err(NotANumber::Unreadable)),
            ("NaN", 0, Err(NotANumber::Unreadable)),
            ("--1", 0, Err(NotANumber::Unreadable)),
        ] {
            assert_eq!(millionths(text, shift), expect, "{text} {shift}");
        }
    }

    #[test]
    fn counts_are_whole() {
        assert_eq!(whole("12"), Ok(12));
        assert_eq!(whole("12.0"), Ok(12));
        assert_eq!(whole("12.5"), Err(NotANumber::Unreadable));
        assert_eq!(whole("1e3"), Ok(1000));
    }
}
