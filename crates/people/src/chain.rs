//! The chain of the audit log. Each entry's link is made of the link before and of all that the entry says, so whoever changes,
//! drops, adds or moves an entry must make all links after it anew; a link noted down elsewhere then no longer fits.

use std::fmt;
use std::str::FromStr;

use sha2::{Digest, Sha256};

use crate::hex;

/// The link of an entry.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Link([u8; 32]);

/// A text that is no link.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a link of the audit log is 64 hexadecimal digits; copy all of it")]
pub struct NotALink;

impl Link {
    /// What the first entry follows.
    pub const START: Self = Self([0; 32]);
}

/// The link of an entry that says this and follows the one with that link: SHA-256 of the link before, then each part's length
/// in bytes as eight bytes, the highest first, and the part in UTF-8. With the lengths no two lists give the same bytes.
pub fn next(previous: &Link, parts: &[&str]) -> Link {
    let mut sum = Sha256::new_with_prefix(previous.0);
    for part in parts {
        sum.update((part.len() as u64).to_be_bytes());
        sum.update(part);
    }
    Link(sum.finalize().into())
}

impl fmt::Display for Link {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&hex::hex(&self.0))
    }
}

impl fmt::Debug for Link {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, out)
    }
}

impl FromStr for Link {
    type Err = NotALink;

    fn from_str(text: &str) -> Result<Self, NotALink> {
        hex::bytes(text).map(Self).ok_or(NotALink)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn links_are_as_documented() {
        // By Python's hashlib: sha256(bytes(32) + (2).to_bytes(8) + b"ab" + (1).to_bytes(8) + b"c").
        assert_eq!(
            next(&Link::START, &["ab", "c"]).to_string(),
            "037c46d43260594e201b677aeabdd955c22b4828c1a98a1be423c4a50e8891ef"
        );
    }

    #[test]
    fn different_lists_give_different_links() {
        let lists: [&[&str]; 8] =
            [&[], &[""], &["", ""], &["abc"], &["ab", "c"], &["a", "bc"], &["c", "ab"], &["ab", "c", ""]];
        let links: std::collections::HashSet<Link> =
            lists.iter().map(|parts| next(&Link::START, parts)).collect();
        assert_eq!(links.len(), lists.len());
        assert_ne!(next(&next(&Link::START, &["a"]), &["b"]), next(&Link::START, &["b"]));
    }

    proptest! {
        #[test]
        fn links_tell_entries_apart_and_are_read_back(
            one in prop::collection::vec("[ab\0]{0,3}", 0..4),
            other in prop::collection::vec("[ab\0]{0,3}", 0..4),
        ) {
            let link = |parts: &[String]| {
                next(&Link::START, &parts.iter().map(String::as_str).collect::<Vec<_>>())
            };
            prop_assert_eq!(link(&one) == link(&other), one == other);
            prop_assert_eq!(link(&one).to_string().parse(), Ok(link(&one)));
        }
    }

    #[test]
    fn other_texts_are_no_links() {
        for wrong in ["", "00", &"0".repeat(63), &"g".repeat(64), &"0".repeat(66)] {
            assert_eq!(wrong.parse::<Link>(), Err(NotALink), "{wrong}");
        }
    }
}
