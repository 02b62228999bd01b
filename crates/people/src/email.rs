//! E-mail addresses, by which people are known.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// Longest address, in bytes (RFC 5321, with erratum 1690).
const LONGEST: usize = 254;

/// An e-mail address, all in lower case. The standard lets a server tell `Anna@` from `anna@`, but none in use does; people
/// type their own address in either way, and two accounts of one person, or an invitation that its own reader cannot accept,
/// would be worse.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Email(String);

/// Why a text is no e-mail address. It does not repeat the text, which would end up in logs.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EmailError {
    /// Longer than any mailbox.
    #[error("an e-mail address has at most {LONGEST} bytes; use a shorter one")]
    TooLong,
    /// No `@`, or several.
    #[error("an e-mail address has exactly one @, as in anna@example.com; use one address only")]
    At,
    /// Nothing before the `@`.
    #[error("something must stand before the @, as in anna@example.com")]
    NothingBefore,
    /// No domain behind the `@`.
    #[error("a domain must stand behind the @, with a dot, as in anna@example.com")]
    Domain,
    /// A character that could make another header or another recipient of it.
    #[error("an e-mail address can't have {0:?} in it; remove it")]
    Character(char),
}

impl Email {
    /// The address.
    pub fn text(&self) -> &str {
        &self.0
    }

    /// What stands before the `@`.
    pub fn local(&self) -> &str {
        self.0.split_once('@').map_or("", |(local, _)| local)
    }

    /// What stands behind the `@`.
    pub fn domain(&self) -> &str {
        self.0.split_once('@').map_or("", |(_, domain)| domain)
    }
}

/// Whether a character may stand unquoted before the `@` (RFC 5322's `atext`, RFC 6531's letters). Of other scripts letters
/// and digits only: the rest has characters that nobody sees, or that turn the order of reading.
fn is_usual(letter: char) -> bool {
    letter.is_alphanumeric() || "!#$%&'*+-/=?^_`{|}~.".contains(letter)
}

fn is_domain(domain: &str) -> bool {
    let is_label = |label: &str| {
        !label.is_empty()
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.chars().all(|letter| letter.is_alphanumeric() || letter == '-')
    };
    domain == "localhost" || (domain.contains('.') && domain.split('.').all(is_label))
}

impl FromStr for Email {
    type Err = EmailError;

    fn from_str(text: &str) -> Result<Self, EmailError> {
        let text = text.trim().to_lowercase();
        if text.len() > LONGEST {
            return Err(EmailError::TooLong);
        }
        if let Some(wrong) = text.chars().find(|letter| *letter != '@' && !is_usual(*letter)) {
            return Err(EmailError::Character(wrong));
        }
        let (local, domain) = text.split_once('@').ok_or(EmailError::At)?;
        if domain.contains('@') {
            return Err(EmailError::At);
        }
        if local.is_empty() {
            return Err(EmailError::NothingBefore);
        }
        if !is_domain(domain) {
            return Err(EmailError::Domain);
        }
        Ok(Self(text))
    }
}

impl TryFrom<String> for Email {
    type Error = EmailError;

    fn try_from(text: String) -> Result<Self, EmailError> {
        text.parse()
    }
}

impl From<Email> for String {
    fn from(email: Email) -> Self {
        email.0
    }
}

impl fmt::Display for Email {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

impl fmt::Debug for Email {
    /// The first letter and the domain only: personal data does not belong in logs.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let first: String = self.local().chars().take(1).collect();
        write!(out, "Email({first}..@{})", self.domain())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde::de::IntoDeserializer;
    use serde::de::value::{Error, StrDeserializer};

    #[test]
    fn addresses_are_trimmed_and_lower_case() {
        for (typed, kept) in [
            (" Anna.Berg+Ads@Example.COM\n", "anna.berg+ads@example.com"),
            ("admin@localhost", "admin@localhost"),
            ("o'brien@mail.example.ie", "o'brien@mail.example.ie"),
            ("JÖRG@bücher.example", "jörg@bücher.example"),
        ] {
            assert_eq!(typed.parse::<Email>().unwrap().to_string(), kept);
        }
    }

    #[test]
    fn what_is_wrong_is_said() {
        for (typed, wrong) in [
            ("", EmailError::At),
            ("anna", EmailError::At),
            ("a@b@example.com", EmailError::At),
            ("@example.com", EmailError::NothingBefore),
            ("anna@", EmailError::Domain),
            ("anna@example", EmailError::Domain),
            ("anna@.example", EmailError::Domain),
            ("anna@example.", EmailError::Domain),
            ("anna@-a.example", EmailError::Domain),
            ("anna@exam_ple.com", EmailError::Domain),
            ("a@b.c,d@e.f", EmailError::Character(',')),
            ("an na@example.com", EmailError::Character(' ')),
            ("anna@example.com\r\nBcc: x@y.z", EmailError::Character('\r')),
            ("Anna <anna@example.com>", EmailError::Character(' ')),
            ("<anna@example.com>", EmailError::Character('<')),
            ("\"a\"@example.com", EmailError::Character('"')),
            ("anna\u{202e}@example.com", EmailError::Character('\u{202e}')),
            ("anna\0@example.com", EmailError::Character('\0')),
        ] {
            assert_eq!(typed.parse::<Email>(), Err(wrong), "{typed:?}");
        }
        let long = |length: usize| format!("{}@example.com", "a".repeat(length - 12)).parse::<Email>();
        assert!(long(254).is_ok());
        assert_eq!(long(255), Err(EmailError::TooLong));
    }

    #[test]
    fn debug_hides_the_person() {
        let email: Email = "anna@example.com".parse().unwrap();
        assert_eq!(format!("{email:?}"), "Email(a..@example.com)");
    }

    #[test]
    fn serde_checks_too() {
        let read = |text: &'static str| {
            let from: StrDeserializer<'static, Error> = text.into_deserializer();
            Email::deserialize(from)
        };
        assert_eq!(String::from(read("A@B.example").unwrap()), "a@b.example");
        assert!(read("nobody").unwrap_err().to_string().contains("exactly one @"));
    }

    proptest! {
        #[test]
        fn what_is_taken_is_safe_in_a_header_and_stays_as_it_is(typed in "[a-zA-ZÄßİΣ\r\n ,<>\"@.\u{85}\u{200b}]{0,12}(@b\\.c)?") {
            if let Ok(email) = typed.parse::<Email>() {
                let is_unsafe = |letter: char| {
                    letter.is_control() || letter.is_whitespace() || "<>\",;:()[]\\".contains(letter)
                };
                prop_assert!(!email.text().contains(is_unsafe));
                prop_assert_eq!(email.text().matches('@').count(), 1);
                prop_assert_eq!(email.text().parse::<Email>(), Ok(email.clone()));
            }
        }
    }
}
