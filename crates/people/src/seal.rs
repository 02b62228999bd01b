//! Secrets at rest, sealed with a key that is kept elsewhere, so that a stolen database or backup tells none of them.

use std::fmt;

use base64::Engine;
use base64::prelude::{BASE64_STANDARD, BASE64_STANDARD_NO_PAD, BASE64_URL_SAFE_NO_PAD};
use chacha20poly1305::aead::{Aead, Payload};
use chacha20poly1305::{KeyInit, XChaCha20Poly1305};
use sha2::{Digest, Sha256};

use crate::hex;

/// What a sealed text begins with.
const VERSION: &str = "v1";
/// Bytes of a nonce: so many that random ones do not meet.
const NONCE: usize = 24;
/// Bytes of the tag that tells whether something was changed.
const TAG: usize = 16;

/// A key to seal with.
#[derive(Clone)]
pub struct Key {
    bytes: [u8; 32],
    id: String,
}

/// Why something was not opened, or a text is no key. Secrets are not in here.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SealError {
    /// A text that is no key.
    #[error("this is no key; a key is 32 bytes in base64 or hex, as `openssl rand -base64 32` makes one")]
    NotAKey,
    /// It was sealed with a key that is not at hand.
    #[error("this was sealed with key {0}, which is not at hand; give that key too, as an old one")]
    UnknownKey(String),
    /// It was changed, or stands where something else was sealed.
    #[error(
        "what was sealed as {0} is damaged or belongs elsewhere; restore it from a backup, or enter the secret anew"
    )]
    Damaged(String),
    /// It does not look like anything sealed.
    #[error("what stands as {0} is not sealed; enter the secret anew")]
    NotSealed(String),
}

impl Key {
    /// A new random key.
    pub fn new() -> Self {
        Self::of(rand::random())
    }

    fn of(bytes: [u8; 32]) -> Self {
        let digest: [u8; 32] = Sha256::digest(bytes).into();
        Self { bytes, id: hex::hex(&digest[..4]) }
    }

    /// A key written as base64 of either alphabet, with or without padding, or as hex.
    ///
    /// # Errors
    /// If the text is anything else.
    pub fn from_text(text: &str) -> Result<Self, SealError> {
        let text = text.trim();
        if let Some(bytes) = hex::bytes(text) {
            return Ok(Self::of(bytes));
        }
        let standard = text.trim_end_matches('=').replace('-', "+").replace('_', "/");
        let bytes = BASE64_STANDARD_NO_PAD.decode(standard).map_err(|_| SealError::NotAKey)?;
        bytes.try_into().map(Self::of).map_err(|_| SealError::NotAKey)
    }

    /// The key in base64, to keep it in a safe place.
    pub fn to_text(&self) -> String {
        BASE64_STANDARD.encode(self.bytes)
    }
}

impl Default for Key {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("Key(..)")
    }
}

/// Seals with one key, opens with that and older ones.
#[derive(Debug, Clone)]
pub struct Seal {
    /// The first one seals.
    keys: Vec<Key>,
}

impl Seal {
    /// Seals and opens with one key.
    pub fn of(key: Key) -> Self {
        Self { keys: vec![key] }
    }

    /// Seals with one key and opens with older ones too, until all is sealed anew.
    pub fn with_old(key: Key, olds: Vec<Key>) -> Self {
        Self { keys: std::iter::once(key).chain(olds).collect() }
    }

    /// Seals something. `what` says what it is, for example `alert_channel:12`: only as that can it be opened, so that nobody
    /// who may write to the database moves a sealed secret to where they can use it.
    pub fn seal(&self, what: &str, plain: &[u8]) -> String {
        let key = &self.keys[0];
        let nonce: [u8; NONCE] = rand::random();
        let sealed = XChaCha20Poly1305::new(&key.bytes.into())
            .encrypt(&nonce.into(), Payload { msg: plain, aad: what.as_bytes() })
            .unwrap_or_else(|_| unreachable!("a secret is shorter than 256 GiB"));
        let body = BASE64_URL_SAFE_NO_PAD.encode([nonce.as_slice(), &sealed].concat());
        format!("{VERSION}.{}.{body}", key.id)
    }

    /// Opens what was sealed as `what`.
    ///
    /// # Errors
    /// If it was sealed with another key or as something else, was changed, or is not sealed at all.
    pub fn open(&self, what: &str, sealed: &str) -> Result<Vec<u8>, SealError> {
        let (id, body) = parts(sealed).ok_or_else(|| SealError::NotSealed(what.to_owned()))?;
        let key =
            self.keys.iter().find(|key| key.id == id).ok_or_else(|| SealError::UnknownKey(id.to_owned()))?;
        open(key, what, body).ok_or_else(|| SealError::Damaged(what.to_owned()))
    }

    /// Whether a text looks like something sealed.
    pub fn is_sealed(text: &str) -> bool {
        parts(text).is_some()
    }

    /// Whether something is sealed with the key that seals now. What is sealed with an older one is to be sealed anew.
    pub fn is_current(&self, text: &str) -> bool {
        parts(text).is_some_and(|(id, _)| id == self.keys[0].id)
    }
}

/// The id of the key, and what is sealed in base64.
fn parts(sealed: &str) -> Option<(&str, &str)> {
    let (id, body) = sealed.strip_prefix(VERSION)?.strip_prefix('.')?.split_once('.')?;
    hex::bytes::<4>(id)?;
    Some((id, body))
}

fn open(key: &Key, what: &str, body: &str) -> Option<Vec<u8>> {
    let bytes = BASE64_URL_SAFE_NO_PAD.decode(body).ok()?;
    let (nonce, sealed) = bytes.split_first_chunk::<NONCE>().filter(|(_, sealed)| sealed.len() >= TAG)?;
    XChaCha20Poly1305::new(&key.bytes.into())
        .decrypt(nonce.into(), Payload { msg: sealed, aad: what.as_bytes() })
        .ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn keys_are_read_in_every_way_they_are_written_and_hide() {
        let bytes: [u8; 32] = std::array::from_fn(|at| 255 - at as u8);
        let key = Key::of(bytes);
        for text in [
            key.to_text(),
            format!(" {}\n", key.to_text()),
            BASE64_URL_SAFE_NO_PAD.encode(bytes),
            hex::hex(&bytes),
            hex::hex(&bytes).to_uppercase(),
        ] {
            assert_eq!(Key::from_text(&text).unwrap().bytes, bytes, "{text}");
        }
        for wrong in ["", "secret", &"0".repeat(62), &key.to_text()[4..], &"é".repeat(32)] {
            assert_eq!(Key::from_text(wrong).unwrap_err(), SealError::NotAKey, "{wrong}");
        }
        assert_eq!(format!("{:?}", Seal::of(key)), "Seal { keys: [Key(..)] }");
        assert_ne!(Key::new().bytes, Key::new().bytes);
    }

    #[test]
    fn each_changed_byte_is_found() {
        let seal = Seal::of(Key::new());
        let sealed = seal.seal("alert_channel:12", b"hook");
        for at in 0..sealed.len() {
            for change in [1, 2, 4, 32] {
                let mut bytes = sealed.clone().into_bytes();
                bytes[at] ^= change;
                let changed = String::from_utf8(bytes).unwrap();
                assert!(seal.open("alert_channel:12", &changed).is_err(), "{changed}");
            }
            assert!(seal.open("alert_channel:12", &sealed[..at]).is_err());
        }
        assert!(seal.open("alert_channel:12", &format!("{sealed}A")).is_err());
    }

    #[test]
    fn what_is_wrong_is_said() {
        let seal = Seal::of(Key::new());
        let sealed = seal.seal("a:1", b"x");
        let damaged = Err(SealError::Damaged("a:2".to_owned()));
        assert_eq!(seal.open("a:2", &sealed), damaged);
        assert_eq!(seal.open("a:2", &format!("v1.{}.AAAA", seal.keys[0].id)), damaged);
        for text in ["", "hunter2", "v1.", "v2.00000000.AAAA", "v1.0000.AAAA", "v1.00000000"] {
            assert!(!Seal::is_sealed(text), "{text}");
            assert_eq!(seal.open("a:1", text), Err(SealError::NotSealed("a:1".to_owned())));
        }
        let other = Seal::of(Key::new());
        assert_eq!(other.open("a:1", &sealed), Err(SealError::UnknownKey(seal.keys[0].id.clone())));
    }

    #[test]
    fn keys_are_changed_without_losing_what_was_sealed() {
        let (old, new) = (Key::new(), Key::new());
        let before = Seal::of(old.clone()).seal("a:1", b"x");
        let seal = Seal::with_old(new, vec![Key::new(), old]);
        assert_eq!(seal.open("a:1", &before).unwrap(), b"x");
        assert!(Seal::is_sealed(&before) && !seal.is_current(&before));
        assert!(seal.is_current(&seal.seal("a:1", b"x")));
    }

    proptest! {
        #[test]
        fn what_is_sealed_is_opened(what in ".{0,20}", plain in prop::collection::vec(any::<u8>(), 0..200)) {
            let seal = Seal::of(Key::new());
            let sealed = seal.seal(&what, &plain);
            prop_assert_ne!(&sealed, &seal.seal(&what, &plain));
            prop_assert_eq!(seal.open(&what, &sealed), Ok(plain));
        }
    }
}
