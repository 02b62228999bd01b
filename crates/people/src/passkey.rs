//! Passkeys: what an authenticator signed, and whether it counts (Web Authentication, Level 3, 7.1 and 7.2). Which maker an
//! authenticator is of is not asked for, so nothing is attested: what counts is that the same key signs again.

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use ring::signature::{
    ECDSA_P256_SHA256_ASN1, ED25519, RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents, UnparsedPublicKey,
};
use serde::Deserialize;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use crate::cbor::{self, Value};

/// The algorithms that keys may be of, as browsers are told them (RFC 9053): EdDSA, ES256, RS256.
pub const PASSKEY_ALGORITHMS: [i64; 3] = [-8, -7, -257];
/// Longest number of a key that is kept, in bytes.
const LONGEST_ID: usize = 1023;
/// Longest of what a browser says it was asked, in bytes.
const LONGEST_SAID: usize = 4096;

const PRESENT: u8 = 1;
const VERIFIED: u8 = 1 << 2;
const MAY_BE_SYNCED: u8 = 1 << 3;
const IS_SYNCED: u8 = 1 << 4;
const HAS_KEY: u8 = 1 << 6;

/// Where a passkey counts.
#[derive(Debug, Clone, Copy)]
pub struct Site<'a> {
    /// The host that it is bound to.
    pub host: &'a str,
    /// The origin of the page that asks, such as `https://adroit.example.org`.
    pub origin: &'a str,
}

/// What an authenticator made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewPasskey {
    /// How it calls the key.
    pub credential: Vec<u8>,
    /// The public key, as it wrote it (COSE).
    pub key: Vec<u8>,
    /// How often it signed so far; 0 for one that does not count.
    pub counter: u32,
    /// Whether the key is on several devices.
    pub is_synced: bool,
}

/// What an authenticator signed.
#[derive(Debug, Clone, Copy)]
pub struct Signed<'a> {
    /// What the browser says that it was asked, JSON.
    pub said: &'a [u8],
    /// What the authenticator says of itself.
    pub data: &'a [u8],
    /// Its signature over both.
    pub signature: &'a [u8],
}

/// Why what an authenticator signed counts for nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PasskeyError {
    /// It is no answer of an authenticator.
    #[error("the answer can't be read: {0}")]
    Unreadable(&'static str),
    /// It was asked for something else.
    #[error("the answer is to another question")]
    Question,
    /// It was asked by another site.
    #[error("the answer is for another site")]
    Site,
    /// Nobody touched the authenticator.
    #[error("nobody was at the authenticator")]
    NotPresent,
    /// It did not see to it that they are who they are.
    #[error("the authenticator did not ask for a PIN or a finger")]
    NotVerified,
    /// Its key is of a kind that is not taken.
    #[error("the key is of a kind that is not taken")]
    Algorithm,
    /// Another key signed it, or it was changed.
    #[error("the signature is not that of the passkey")]
    Signature,
    /// It counts back: there is a copy of it.
    #[error("the passkey counts back, so that there may be a copy of it")]
    Counter,
}

#[derive(Deserialize)]
struct Said {
    #[serde(rename = "type")]
    kind: String,
    challenge: String,
    origin: String,
    #[serde(default, rename = "crossOrigin")]
    is_in_frame: bool,
    #[serde(rename = "topOrigin")]
    around: Option<String>,
}

struct Data<'a> {
    flags: u8,
    counter: u32,
    /// What stands behind: a new key, extensions.
    rest: &'a [u8],
}

/// Reads the passkey that an authenticator made when it was asked with a challenge.
///
/// # Errors
/// If it was asked otherwise, or is none that could be used.
pub fn new_passkey(
    site: Site<'_>,
    challenge: &[u8],
    said: &[u8],
    data: &[u8],
) -> Result<NewPasskey, PasskeyError> {
    is_answer(site, "webauthn.create", challenge, said)?;
    let data = Data::read(site, data)?;
    data.is_of_somebody(true)?;
    if data.flags & HAS_KEY == 0 {
        return Err(PasskeyError::Unreadable("there is no key in it"));
    }
    // Behind 16 bytes that would tell the maker.
    let of_key = data.rest.get(16..).ok_or(PasskeyError::Unreadable("it ends early"))?;
    let (length, rest) = of_key.split_first_chunk::<2>().ok_or(PasskeyError::Unreadable("it ends early"))?;
    let length = usize::from(u16::from_be_bytes(*length));
    let (credential, rest) =
        rest.split_at_checked(length).ok_or(PasskeyError::Unreadable("it ends early"))?;
    if credential.is_empty() || length > LONGEST_ID {
        return Err(PasskeyError::Unreadable("the key has no number that could be kept"));
    }
    let (_, behind) = cbor::map(rest).ok_or(PasskeyError::Algorithm)?;
    let key = &rest[..rest.len() - behind.len()];
    PublicKey::read(key).ok_or(PasskeyError::Algorithm)?;
    Ok(NewPasskey {
        credential: credential.to_vec(),
        key: key.to_vec(),
        counter: data.counter,
        is_synced: data.flags & IS_SYNCED != 0,
    })
}

/// Whether a passkey signed what it was asked with a challenge. Gives how often it signed now.
///
/// # Errors
/// If it did not, or nobody was there, or nobody was verified though that is wanted, or it counts back.
pub fn check_passkey(
    site: Site<'_>,
    challenge: &[u8],
    signed: Signed<'_>,
    (key, counter): (&[u8], u32),
    must_be_verified: bool,
) -> Result<u32, PasskeyError> {
    is_answer(site, "webauthn.get", challenge, signed.said)?;
    let data = Data::read(site, signed.data)?;
    data.is_of_somebody(must_be_verified)?;
    let key = PublicKey::read(key).ok_or(PasskeyError::Algorithm)?;
    let text = [signed.data, &Sha256::digest(signed.said)].concat();
    if !key.signed(&text, signed.signature) {
        return Err(PasskeyError::Signature);
    }
    // Those that are on several devices do not count: they say 0 each time.
    if (counter > 0 || data.counter > 0) && data.counter <= counter {
        return Err(PasskeyError::Counter);
    }
    Ok(data.counter)
}

/// Whether a browser was asked this, by a page of ours that is in no frame.
fn is_answer(site: Site<'_>, kind: &str, challenge: &[u8], said: &[u8]) -> Result<(), PasskeyError> {
    if said.len() > LONGEST_SAID {
        return Err(PasskeyError::Unreadable("it is too long"));
    }
    let said: Said = serde_json::from_slice(said).map_err(|_| PasskeyError::Unreadable("what was asked"))?;
    let answered = BASE64_URL_SAFE_NO_PAD.decode(&said.challenge).unwrap_or_default();
    if said.kind != kind || !bool::from(answered.ct_eq(challenge)) {
        return Err(PasskeyError::Question);
    }
    if said.origin != site.origin || said.is_in_frame || said.around.is_some() {
        return Err(PasskeyError::Site);
    }
    Ok(())
}

impl<'a> Data<'a> {
    fn read(site: Site<'_>, bytes: &'a [u8]) -> Result<Self, PasskeyError> {
        let ends = PasskeyError::Unreadable("it ends early");
        let (host, rest) = bytes.split_first_chunk::<32>().ok_or(ends)?;
        let (flags, rest) = rest.split_first().ok_or(ends)?;
        let (counter, rest) = rest.split_first_chunk::<4>().ok_or(ends)?;
        if host.as_slice() != Sha256::digest(site.host).as_slice() {
            return Err(PasskeyError::Site);
        }
        if flags & (MAY_BE_SYNCED | IS_SYNCED) == IS_SYNCED {
            return Err(PasskeyError::Unreadable("it says that it is where it can't be"));
        }
        Ok(Self { flags: *flags, counter: u32::from_be_bytes(*counter), rest })
    }

    fn is_of_somebody(&self, must_be_verified: bool) -> Result<(), PasskeyError> {
        if self.flags & PRESENT == 0 {
            return Err(PasskeyError::NotPresent);
        }
        if must_be_verified && self.flags & VERIFIED == 0 {
            return Err(PasskeyError::NotVerified);
        }
        Ok(())
    }
}

/// A key, as COSE has it (RFC 9053).
enum PublicKey<'a> {
    P256(Vec<u8>),
    Ed25519(&'a [u8]),
    Rsa { modulus: &'a [u8], exponent: &'a [u8] },
}

impl<'a> PublicKey<'a> {
    fn read(bytes: &'a [u8]) -> Option<Self> {
        let (entries, rest) = cbor::map(bytes)?;
        if !rest.is_empty() {
            return None;
        }
        let number = |name: i64| entries.iter().find(|(own, _)| *own == name).map(|(_, value)| value);
        let bytes = |name: i64| match number(name) {
            Some(Value::Bytes(bytes)) => Some(*bytes),
            _ => None,
        };
        let is = |name: i64, value: i64| number(name) == Some(&Value::Number(value));
        if is(1, 2) && is(3, -7) && is(-1, 1) {
            let (x, y) = (bytes(-2)?, bytes(-3)?);
            return (x.len() == 32 && y.len() == 32).then(|| Self::P256([&[4][..], x, y].concat()));
        }
        if is(1, 1) && is(3, -8) && is(-1, 6) {
            return bytes(-2).filter(|x| x.len() == 32).map(Self::Ed25519);
        }
        if is(1, 3) && is(3, -257) {
            return Some(Self::Rsa { modulus: bytes(-1)?, exponent: bytes(-2)? });
        }
        None
    }

    fn signed(&self, text: &[u8], signature: &[u8]) -> bool {
        match self {
            Self::P256(point) => {
                UnparsedPublicKey::new(&ECDSA_P256_SHA256_ASN1, point).verify(text, signature).is_ok()
            }
            Self::Ed25519(point) => UnparsedPublicKey::new(&ED25519, point).verify(text, signature).is_ok(),
            Self::Rsa { modulus, exponent } => RsaPublicKeyComponents { n: modulus, e: exponent }
                .verify(&RSA_PKCS1_2048_8192_SHA256, text, signature)
                .is_ok(),
        }
    }
}

#[cfg(test)]
mod tests {
    use ring::rand::SystemRandom;
    use ring::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair};
    use serde_json::json;

    use super::*;

    const SITE: Site<'_> = Site { host: "adroit.example", origin: "https://adroit.example" };
    const CHALLENGE: &[u8] = b"0123456789abcdef0123456789abcdef";
    const ALL: u8 = PRESENT | VERIFIED;

    fn said(kind: &str, challenge: &[u8], origin: &str) -> Vec<u8> {
        let challenge = BASE64_URL_SAFE_NO_PAD.encode(challenge);
        json!({ "type": kind, "challenge": challenge, "origin": origin, "crossOrigin": false })
            .to_string()
            .into_bytes()
    }

    fn data(host: &str, flags: u8, counter: u32) -> Vec<u8> {
        [Sha256::digest(host).as_slice(), &[flags], &counter.to_be_bytes()].concat()
    }

    /// An authenticator with a key of either kind.
    enum Pair {
        P256(EcdsaKeyPair),
        Ed25519(Ed25519KeyPair),
    }

    impl Pair {
        fn p256() -> Self {
            let random = SystemRandom::new();
            let key = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, &random).unwrap();
            Self::P256(
                EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, key.as_ref(), &random).unwrap(),
            )
        }

        fn ed25519() -> Self {
            let key = Ed25519KeyPair::generate_pkcs8(&SystemRandom::new()).unwrap();
            Self::Ed25519(Ed25519KeyPair::from_pkcs8(key.as_ref()).unwrap())
        }

        fn cose(&self) -> Vec<u8> {
            match self {
                Self::P256(pair) => {
                    let point = pair.public_key().as_ref();
                    let (x, y) = (&point[1..33], &point[33..]);
                    [&[0xa5, 1, 2, 3, 0x26, 0x20, 1, 0x21, 0x58, 32][..], x, &[0x22, 0x58, 32], y].concat()
                }
                Self::Ed25519(pair) => {
                    [&[0xa4, 1, 1, 3, 0x27, 0x20, 6, 0x21, 0x58, 32][..], pair.public_key().as_ref()].concat()
                }
            }
        }

        fn sign(&self, data: &[u8], said: &[u8]) -> Vec<u8> {
            let text = [data, &Sha256::digest(said)].concat();
            match self {
                Self::P256(pair) => pair.sign(&SystemRandom::new(), &text).unwrap().as_ref().to_vec(),
                Self::Ed25519(pair) => pair.sign(&text).as_ref().to_vec(),
            }
        }

        /// What it gives when a passkey is made.
        fn made(&self, flags: u8) -> Vec<u8> {
            let data = data("adroit.example", flags | HAS_KEY, 1);
            [&data[..], &[0; 16], &3_u16.to_be_bytes(), b"key", &self.cose()].concat()
        }
    }

    fn check(
        pair: &Pair,
        said: &[u8],
        data: &[u8],
        counter: u32,
        verified: bool,
    ) -> Result<u32, PasskeyError> {
        let (key, signature) = (pair.cose(), pair.sign(data, said));
        let signed = Signed { said, data, signature: &signature };
        check_passkey(SITE, CHALLENGE, signed, (&key, counter), verified)
    }

    #[test]
    fn a_passkey_is_made_and_signs() {
        for pair in [Pair::p256(), Pair::ed25519()] {
            let asked = said("webauthn.create", CHALLENGE, SITE.origin);
            let made = new_passkey(SITE, CHALLENGE, &asked, &pair.made(ALL)).unwrap();
            assert_eq!((made.credential.as_slice(), made.counter, made.is_synced), (&b"key"[..], 1, false));
            assert_eq!(made.key, pair.cose());
            // Extensions stand behind the key.
            let longer = [&pair.made(ALL | 1 << 7)[..], &[0xa0]].concat();
            assert_eq!(new_passkey(SITE, CHALLENGE, &asked, &longer).unwrap().key, pair.cose());
            let asked = said("webauthn.get", CHALLENGE, SITE.origin);
            assert_eq!(check(&pair, &asked, &data("adroit.example", ALL, 2), 1, true), Ok(2));
            // One that does not count says 0 each time.
            assert_eq!(check(&pair, &asked, &data("adroit.example", ALL, 0), 0, true), Ok(0));
        }
    }

    #[test]
    fn what_is_asked_by_others_or_of_nobody_counts_for_nothing() {
        let pair = Pair::p256();
        let fine = data("adroit.example", ALL, 2);
        let right = said("webauthn.get", CHALLENGE, SITE.origin);
        let framed = json!({
            "type": "webauthn.get", "challenge": BASE64_URL_SAFE_NO_PAD.encode(CHALLENGE), "origin": SITE.origin,
            "crossOrigin": true,
        });
        for (asked, data, error) in [
            (said("webauthn.create", CHALLENGE, SITE.origin), &fine, PasskeyError::Question),
            (said("webauthn.get", b"another", SITE.origin), &fine, PasskeyError::Question),
            (said("webauthn.get", b"", SITE.origin), &fine, PasskeyError::Question),
            (said("webauthn.get", CHALLENGE, "https://evil.example"), &fine, PasskeyError::Site),
            (said("webauthn.get", CHALLENGE, "http://adroit.example"), &fine, PasskeyError::Site),
            (framed.to_string().into_bytes(), &fine, PasskeyError::Site),
            (right.clone(), &data("evil.example", ALL, 2), PasskeyError::Site),
            (right.clone(), &data("adroit.example", VERIFIED, 2), PasskeyError::NotPresent),
            (right.clone(), &data("adroit.example", PRESENT, 2), PasskeyError::NotVerified),
            (right.clone(), &data("adroit.example", ALL, 1), PasskeyError::Counter),
            (right.clone(), &data("adroit.example", ALL, 0), PasskeyError::Counter),
            (b"{}".to_vec(), &fine, PasskeyError::Unreadable("what was asked")),
            (right.clone(), &fine[..36].to_vec(), PasskeyError::Unreadable("it ends early")),
        ] {
            assert_eq!(check(&pair, &asked, data, 1, true), Err(error), "{error}");
        }
        // As a second factor it is enough that somebody was there.
        assert_eq!(check(&pair, &right, &data("adroit.example", PRESENT, 2), 1, false), Ok(2));
    }

    #[test]
    fn another_key_and_a_change_are_found() {
        let (pair, other) = (Pair::p256(), Pair::p256());
        let (asked, data) = (said("webauthn.get", CHALLENGE, SITE.origin), data("adroit.example", ALL, 2));
        let (key, signature) = (pair.cose(), other.sign(&data, &asked));
        let signed = Signed { said: &asked, data: &data, signature: &signature };
        assert_eq!(check_passkey(SITE, CHALLENGE, signed, (&key, 1), true), Err(PasskeyError::Signature));
        let signature = pair.sign(&data, &asked);
        let mut counted = data.clone();
        counted[36] = 9;
        let signed = Signed { said: &asked, data: &counted, signature: &signature };
        assert_eq!(check_passkey(SITE, CHALLENGE, signed, (&key, 1), true), Err(PasskeyError::Signature));
    }

    #[test]
    fn only_a_whole_key_of_a_known_kind_is_kept() {
        let pair = Pair::p256();
        let asked = said("webauthn.create", CHALLENGE, SITE.origin);
        let whole = pair.made(ALL);
        for length in 0..whole.len() {
            assert!(new_passkey(SITE, CHALLENGE, &asked, &whole[..length]).is_err(), "{length}");
        }
        let unverified = new_passkey(SITE, CHALLENGE, &asked, &pair.made(PRESENT));
        assert_eq!(unverified, Err(PasskeyError::NotVerified));
        let mut strange = whole.clone();
        // ES384 instead of ES256.
        let at = strange.len() - pair.cose().len() + 4;
        strange[at] = 0x38;
        assert!(new_passkey(SITE, CHALLENGE, &asked, &strange).is_err());
        let elsewhere = said("webauthn.create", CHALLENGE, "https://evil.example");
        assert_eq!(new_passkey(SITE, CHALLENGE, &elsewhere, &whole), Err(PasskeyError::Site));
    }
}
