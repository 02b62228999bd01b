//! As much of CBOR (RFC 8949) as keys of passkeys are written in: a map of numbers to numbers and bytes, in its one short form.

/// A value of such a map.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Value<'a> {
    Number(i64),
    Bytes(&'a [u8]),
}

/// The entries of such a map.
pub(crate) type Entries<'a> = Vec<(i64, Value<'a>)>;

/// Most entries of a map: a key has five at most.
const MOST: u64 = 8;

/// Reads a map of numbers, and what stands behind it. Text and whatever else may stand in CBOR is refused.
pub(crate) fn map(bytes: &[u8]) -> Option<(Entries<'_>, &[u8])> {
    let (kind, count, mut rest) = head(bytes)?;
    if kind != 5 || count > MOST {
        return None;
    }
    let mut entries = Entries::new();
    for _ in 0..count {
        let (name, behind) = value(rest)?;
        let Value::Number(name) = name else { return None };
        let (own, behind) = value(behind)?;
        // Said twice, nobody knows which counts.
        if entries.iter().any(|(known, _)| *known == name) {
            return None;
        }
        entries.push((name, own));
        rest = behind;
    }
    Some((entries, rest))
}

fn value(bytes: &[u8]) -> Option<(Value<'_>, &[u8])> {
    let (kind, count, rest) = head(bytes)?;
    let number = i64::try_from(count).ok()?;
    match kind {
        0 => Some((Value::Number(number), rest)),
        1 => Some((Value::Number(-1 - number), rest)),
        2 => {
            let (own, rest) = rest.split_at_checked(usize::try_from(count).ok()?)?;
            Some((Value::Bytes(own), rest))
        }
        _ => None,
    }
}

/// What kind of thing follows, and how large or how much it is.
fn head(bytes: &[u8]) -> Option<(u8, u64, &[u8])> {
    let (first, rest) = bytes.split_first()?;
    let (kind, small) = (first >> 5, first & 31);
    let length = match small {
        0..24 => return Some((kind, u64::from(small), rest)),
        24 => 1,
        25 => 2,
        26 => 4,
        27 => 8,
        _ => return None,
    };
    let (digits, rest) = rest.split_at_checked(length)?;
    let count = digits.iter().fold(0, |count, digit| count << 8 | u64::from(*digit));
    Some((kind, count, rest))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn maps_of_numbers_are_read_and_nothing_else() {
        // {1: 2, 3: -7, -1: h'0102'} and a byte behind.
        let bytes = [0xa3, 0x01, 0x02, 0x03, 0x26, 0x20, 0x42, 0x01, 0x02, 0xff];
        let (entries, rest) = map(&bytes).unwrap();
        assert_eq!(entries, [(1, Value::Number(2)), (3, Value::Number(-7)), (-1, Value::Bytes(&[1, 2]))]);
        assert_eq!(rest, [0xff]);
        // {3: -257}, in two bytes.
        assert_eq!(map(&[0xa1, 0x03, 0x39, 0x01, 0x00]).unwrap().0, [(3, Value::Number(-257))]);
        for wrong in [
            &[0xa2, 0x01, 0x02, 0x01, 0x03][..],
            &[0xa1, 0x61, 0x61, 0x01],
            &[0xa1, 0x01],
            &[0xa1, 0x01, 0x5b, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff],
            &[0xbf, 0xff],
            &[0x80],
            &[0xb8, 0xff],
            &[],
        ] {
            assert_eq!(map(wrong), None, "{wrong:x?}");
        }
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_fail(bytes in prop::collection::vec(any::<u8>(), 0..64)) {
            let _read = map(&bytes);
        }
    }
}
