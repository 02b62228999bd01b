//! Secrets that whoever has them may use: of sessions, tokens, invitations, tickets and shared links. Only digests are stored,
//! so that a stolen database signs nobody in.

use std::fmt;

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq;

/// What the secret of a session begins with.
pub const SESSION: &str = "ads_";
/// What the secret of a token for programs begins with.
pub const TOKEN: &str = "adt_";
/// What the secret of an invitation begins with.
pub const INVITATION: &str = "adi_";
/// What the secret of a ticket, such as one to set a new password, begins with.
pub const TICKET: &str = "adk_";
/// What the secret of a shared link begins with.
pub const SHARE: &str = "adh_";

/// Begins what digests are taken of, so that they are none of any other use of SHA-256.
const DOMAIN: &[u8] = b"adroit secret v1\0";
/// How many letters behind the prefix are shown: 36 bits of 256.
const SHOWN: usize = 6;

/// A secret as its bearer has it. It is given away once and never stored.
#[derive(Clone)]
pub struct Secret(String);

impl Secret {
    /// A new secret: the prefix, and 32 random bytes in base64url.
    pub fn new(prefix: &str) -> Self {
        Self(format!("{prefix}{}", BASE64_URL_SAFE_NO_PAD.encode(rand::random::<[u8; 32]>())))
    }

    /// The secret itself.
    pub fn text(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("Secret(..)")
    }
}

/// What is stored of a secret. A fast hash is enough, as nobody guesses 32 random bytes.
#[derive(Clone, Copy, Eq)]
pub struct Digest([u8; 32]);

impl Digest {
    /// The digest of a secret's text.
    pub fn of(text: &str) -> Self {
        Self(Sha256::new().chain_update(DOMAIN).chain_update(text).finalize().into())
    }

    /// The bytes to store.
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// A stored digest. Absent if these are not 32 bytes.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(Self)
    }
}

impl PartialEq for Digest {
    fn eq(&self, other: &Self) -> bool {
        self.0.ct_eq(&other.0).into()
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("Digest(..)")
    }
}

/// The prefix of a secret and the first letters behind it, by which people tell their secrets apart in a list. Empty if the
/// text is no secret of ours, as it might then be one of somebody else's.
pub fn shown(text: &str) -> String {
    [SESSION, TOKEN, INVITATION, TICKET, SHARE]
        .into_iter()
        .find_map(|prefix| Some((prefix, text.strip_prefix(prefix)?)))
        .map(|(prefix, rest)| prefix.chars().chain(rest.chars().take(SHOWN)).collect())
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_differ_and_hide() {
        let (one, other) = (Secret::new(TOKEN), Secret::new(TOKEN));
        assert_ne!(one.text(), other.text());
        let bytes = BASE64_URL_SAFE_NO_PAD.decode(one.text().strip_prefix("adt_").unwrap()).unwrap();
        assert_eq!(bytes.len(), 32);
        assert_eq!(format!("{one:?} {:?}", Digest::of(one.text())), "Secret(..) Digest(..)");
    }

    #[test]
    fn digests_are_of_the_domain_and_the_text() {
        let digest = Digest::of("ads_a");
        assert_eq!(digest, Digest::of("ads_a"));
        assert_ne!(digest, Digest::of("ads_b"));
        assert_eq!(Digest::from_bytes(digest.as_bytes()), Some(digest));
        assert_eq!(Digest::from_bytes(&digest.as_bytes()[1..]), None);
        // Stored digests must stay valid: as `printf 'adroit secret v1\0ads_a' | sha256sum` gives it.
        assert_eq!(
            crate::hex::hex(digest.as_bytes()),
            "fb2e51b1b29c37f8bb526dd7d43315ff1264aaf8c1bb0c17a9e73df9fe836cfe"
        );
        let plain: [u8; 32] = Sha256::digest("ads_a").into();
        assert_ne!(*digest.as_bytes(), plain);
    }

    #[test]
    fn little_of_a_secret_is_shown() {
        assert_eq!(shown("adh_AbCdEfGhIjKl"), "adh_AbCdEf");
        assert_eq!(shown(Secret::new(SESSION).text()).len(), 10);
        assert_eq!(shown("adi_äöü€€€€€"), "adi_äöü€€€");
        assert_eq!(shown("hunter2hunter2"), "");
    }
}
