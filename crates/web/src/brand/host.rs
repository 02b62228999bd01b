//! The host of a workspace.

use std::net::IpAddr;

use crate::WebError;

/// Longest name, and longest part of it (RFC 1035).
const LONGEST: usize = 253;
const LONGEST_PART: usize = 63;

/// Reads a host; `None` if none is given.
///
/// # Errors
/// If it is none that a browser could ask under.
pub(super) fn read(text: &str) -> Result<Option<String>, WebError> {
    let host = text.trim().to_ascii_lowercase();
    if host.is_empty() {
        return Ok(None);
    }
    let is_part = |part: &str| {
        let is_letter = |letter: u8| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == b'-';
        (1..=LONGEST_PART).contains(&part.len())
            && part.bytes().all(is_letter)
            && !part.starts_with('-')
            && !part.ends_with('-')
    };
    let is_name = host.len() <= LONGEST
        && host.contains('.')
        && host.split('.').all(is_part)
        && host.parse::<IpAddr>().is_err()
        // A last part of digits would be read as an address.
        && host.rsplit('.').next().is_some_and(|last| last.bytes().any(|letter| letter.is_ascii_alphabetic()));
    match is_name {
        true => Ok(Some(host)),
        false => {
            let remedy = "use a name such as ads.example.org, without https:// and without a port";
            Err(WebError::parameter("host", "it is no name of a host", remedy))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_are_names_and_nothing_around_them() {
        assert_eq!(read(" Ads.Example.org ").unwrap().as_deref(), Some("ads.example.org"));
        assert_eq!(read("").unwrap(), None);
        for wrong in [
            "https://ads.example.org",
            "ads.example.org:8080",
            "ads.example.org/",
            "localhost",
            "10.0.0.1",
            "1.2.3",
            "-a.example",
            "a..example",
            "a.example.",
            "ädš.example",
            "a b.example",
            &format!("{}.example", "a".repeat(64)),
        ] {
            assert!(read(wrong).is_err(), "{wrong}");
        }
    }
}
