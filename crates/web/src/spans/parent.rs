//! Which span a request belongs to, as whoever sent it says: <https://www.w3.org/TR/trace-context/>.

use axum::http::HeaderMap;

/// The span that a request belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Parent {
    pub(super) trace: u128,
    pub(super) span: u64,
    /// Whether spans are told of it at all.
    pub(super) is_sampled: bool,
}

/// What is said, if it is said well.
pub(super) fn of(headers: &HeaderMap) -> Option<Parent> {
    let said = headers.get("traceparent")?.to_str().ok()?;
    let mut parts = said.split('-');
    let (version, trace, span, flags) = (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
    // Later versions may say more behind it.
    let is_known = version == "00" && parts.next().is_none() || version != "00" && number(version, 2)? != 255;
    let (trace, span) = (number(trace, 32)?, u64::try_from(number(span, 16)?).ok()?);
    let is_sampled = number(flags, 2)? & 1 == 1;
    (is_known && trace > 0 && span > 0).then_some(Parent { trace, span, is_sampled })
}

/// So many digits, small letters only.
fn number(text: &str, digits: usize) -> Option<u128> {
    let fits = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
    (text.len() == digits && text.bytes().all(fits)).then(|| u128::from_str_radix(text, 16).ok())?
}

#[cfg(test)]
mod tests {
    use super::*;

    const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";

    #[test]
    fn a_parent_is_taken_where_it_is_one() {
        let read =
            |said: &str| of(&[("traceparent".parse().unwrap(), said.parse().unwrap())].into_iter().collect());
        let parent = read(&format!("00-{TRACE}-00f067aa0ba902b7-01")).unwrap();
        assert_eq!(parent.trace, 0x4bf9_2f35_77b3_4da6_a3ce_929d_0e0e_4736);
        assert_eq!((parent.span, parent.is_sampled), (0x00f0_67aa_0ba9_02b7, true));
        assert!(!read(&format!("00-{TRACE}-00f067aa0ba902b7-00")).unwrap().is_sampled);
        assert!(read(&format!("01-{TRACE}-00f067aa0ba902b7-01-more")).is_some());
        for wrong in [
            format!("00-{TRACE}-00f067aa0ba902b7"),
            format!("00-{TRACE}-00f067aa0ba902b7-01-more"),
            format!("ff-{TRACE}-00f067aa0ba902b7-01"),
            format!("00-{}-00f067aa0ba902b7-01", "0".repeat(32)),
            format!("00-{TRACE}-{}-01", "0".repeat(16)),
            format!("00-{}-00f067aa0ba902b7-01", TRACE.to_uppercase()),
            "00-short-short-01".to_owned(),
            String::new(),
        ] {
            assert_eq!(read(&wrong), None, "{wrong}");
        }
    }
}
