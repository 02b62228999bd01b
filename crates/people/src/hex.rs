//! Bytes as hexadecimal text.

/// Two lower-case digits for each byte.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The bytes of a text of so many digits in either case.
pub(crate) fn bytes<const N: usize>(text: &str) -> Option<[u8; N]> {
    // `from_str_radix` would take a sign for a digit.
    if text.len() != 2 * N || !text.bytes().all(|digit| digit.is_ascii_hexdigit()) {
        return None;
    }
    let mut bytes = [0; N];
    for (at, byte) in bytes.iter_mut().enumerate() {
        *byte = u8::from_str_radix(text.get(2 * at..2 * at + 2)?, 16).ok()?;
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_are_read_back_and_nothing_else_is() {
        assert_eq!(hex(&[0, 10, 255]), "000aff");
        assert_eq!(bytes("000aFF"), Some([0, 10, 255]));
        for wrong in ["", "00", "000aff00", "000agf", "+0+a+f", "€€"] {
            assert_eq!(bytes::<3>(wrong), None, "{wrong}");
        }
    }
}
