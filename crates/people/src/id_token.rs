//! What an identity provider says of somebody: its id token, and the keys that it signs with (OpenID Connect Core 1.0, RFC 7515
//! to 7519). Two algorithms are taken, RS256 and ES256; a token can't choose a weaker one.

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use ring::signature::{
    ECDSA_P256_SHA256_FIXED, RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents, UnparsedPublicKey,
};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use subtle::ConstantTimeEq;

/// Longest token, in bytes: some providers put groups and pictures into it.
const LONGEST: usize = 32 << 10;
/// Longest name of somebody at a provider, in bytes (OpenID Connect Core, 2).
const LONGEST_SUBJECT: usize = 255;
/// Most keys that a provider signs with: a handful, while they change.
const MOST_KEYS: usize = 64;
/// How many seconds clocks may differ.
const LEEWAY: i64 = 60;
/// How many seconds ago a token may have been made: it is fetched at once.
const OLDEST: i64 = 600;

/// The keys that a provider signs with.
#[derive(Debug, Clone, Default)]
pub struct SigningKeys(Vec<SigningKey>);

#[derive(Debug, Clone)]
struct SigningKey {
    id: Option<String>,
    key: PublicKey,
}

#[derive(Debug, Clone)]
enum PublicKey {
    Rsa { modulus: Vec<u8>, exponent: Vec<u8> },
    P256(Vec<u8>),
}

/// What a token must say.
#[derive(Debug, Clone, Copy)]
pub struct Expected<'a> {
    /// Who made it.
    pub issuer: &'a str,
    /// Whom it is for: how the provider calls us.
    pub client: &'a str,
    /// What was sent along when somebody was led to the provider.
    pub nonce: &'a str,
    /// The second it is now.
    pub now: i64,
}

/// What a provider says of somebody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claims {
    /// How the provider calls them: the same for ever, and nobody else's.
    pub subject: String,
    /// Their e-mail address, as it was written.
    pub email: Option<String>,
    /// Whether the provider knows that it is theirs.
    pub is_email_verified: bool,
    /// What they are called.
    pub name: Option<String>,
}

/// Why a token counts for nothing. What it says is not in here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum IdTokenError {
    /// It is no token, or lacks something that each has.
    #[error("the token can't be read: {0}")]
    Unreadable(&'static str),
    /// It is not signed, or in another way.
    #[error("the token is not signed with RS256 or ES256")]
    Algorithm,
    /// It names a key that is not among the provider's.
    #[error("the token is signed with a key that the provider does not list")]
    UnknownKey,
    /// Somebody else signed it, or it was changed.
    #[error("the token's signature is not the provider's")]
    Signature,
    /// Another provider made it.
    #[error("the token is another provider's")]
    Issuer,
    /// It is for another program.
    #[error("the token is for another program")]
    Audience,
    /// It is too old, or not of now.
    #[error("the token's time is over, or the clocks of the two servers differ")]
    Time,
    /// It is the answer to another question.
    #[error("the token belongs to another sign-in")]
    Nonce,
}

#[derive(Deserialize)]
struct Header {
    alg: String,
    kid: Option<String>,
    crit: Option<Value>,
}

#[derive(Deserialize)]
struct Said {
    iss: String,
    sub: String,
    aud: Audience,
    azp: Option<String>,
    exp: i64,
    iat: i64,
    nbf: Option<i64>,
    nonce: Option<String>,
    #[serde(flatten)]
    who: Who,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Audience {
    One(String),
    Several(Vec<String>),
}

#[derive(Deserialize)]
struct Who {
    email: Option<String>,
    email_verified: Option<Value>,
    name: Option<String>,
}

#[derive(Deserialize)]
struct KeySet {
    keys: Vec<Value>,
}

#[derive(Deserialize)]
struct Jwk {
    kty: String,
    #[serde(rename = "use")]
    used_for: Option<String>,
    kid: Option<String>,
    alg: Option<String>,
    crv: Option<String>,
    n: Option<String>,
    e: Option<String>,
    x: Option<String>,
    y: Option<String>,
}

impl SigningKeys {
    /// Reads a key set (RFC 7517). Keys of other kinds, or for other uses, are left out.
    ///
    /// # Errors
    /// If it is none.
    pub fn read(json: &[u8]) -> Result<Self, IdTokenError> {
        let set: KeySet =
            serde_json::from_slice(json).map_err(|_| IdTokenError::Unreadable("the provider's keys"))?;
        let keys = set.keys.into_iter().take(MOST_KEYS).filter_map(|key| serde_json::from_value(key).ok());
        Ok(Self(keys.filter_map(SigningKey::of).collect()))
    }

    /// Those that a token may be signed with.
    fn of(&self, header: &Header) -> impl Iterator<Item = &PublicKey> {
        let fits = |key: &&SigningKey| match &header.kid {
            Some(id) => key.id.as_ref() == Some(id),
            None => true,
        };
        let is_of_kind = |key: &&PublicKey| match key {
            PublicKey::Rsa { .. } => header.alg == "RS256",
            PublicKey::P256(_) => header.alg == "ES256",
        };
        self.0.iter().filter(fits).map(|key| &key.key).filter(is_of_kind)
    }
}

impl SigningKey {
    fn of(jwk: Jwk) -> Option<Self> {
        if jwk.used_for.as_deref().is_some_and(|used_for| used_for != "sig") {
            return None;
        }
        let number = |text: Option<String>| BASE64_URL_SAFE_NO_PAD.decode(text?).ok();
        let is_for = |algorithm: &str| jwk.alg.as_deref().is_none_or(|own| own == algorithm);
        let key = match (jwk.kty.as_str(), jwk.crv.as_deref()) {
            ("RSA", _) if is_for("RS256") => PublicKey::Rsa {
                modulus: without_zeros(number(jwk.n)?),
                exponent: without_zeros(number(jwk.e)?),
            },
            ("EC", Some("P-256")) if is_for("ES256") => {
                let (x, y) = (number(jwk.x)?, number(jwk.y)?);
                (x.len() == 32 && y.len() == 32).then(|| PublicKey::P256([&[4][..], &x, &y].concat()))?
            }
            _ => return None,
        };
        Some(Self { id: jwk.kid, key })
    }
}

impl PublicKey {
    fn signed(&self, text: &[u8], signature: &[u8]) -> bool {
        match self {
            Self::Rsa { modulus, exponent } => RsaPublicKeyComponents { n: modulus, e: exponent }
                .verify(&RSA_PKCS1_2048_8192_SHA256, text, signature)
                .is_ok(),
            Self::P256(point) => {
                UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, point).verify(text, signature).is_ok()
            }
        }
    }
}

/// A number without zeros in front, as the library wants it.
fn without_zeros(bytes: Vec<u8>) -> Vec<u8> {
    let first = bytes.iter().position(|byte| *byte != 0).unwrap_or(bytes.len());
    bytes[first..].to_vec()
}

/// Reads an id token, if a provider made it for this very sign-in.
///
/// # Errors
/// If anything about it is not as it must be.
pub fn read_id_token(
    token: &str,
    keys: &SigningKeys,
    expected: Expected<'_>,
) -> Result<Claims, IdTokenError> {
    if token.len() > LONGEST {
        return Err(IdTokenError::Unreadable("it is too long"));
    }
    let (signed, signature) = token.rsplit_once('.').ok_or(IdTokenError::Unreadable("it has no parts"))?;
    let (header, said) = signed.split_once('.').ok_or(IdTokenError::Unreadable("it has too few parts"))?;
    let header: Header = part(header, "its header")?;
    if header.crit.is_some() {
        return Err(IdTokenError::Unreadable("its header asks for what is not known here"));
    }
    if !matches!(header.alg.as_str(), "RS256" | "ES256") {
        return Err(IdTokenError::Algorithm);
    }
    let signature =
        BASE64_URL_SAFE_NO_PAD.decode(signature).map_err(|_| IdTokenError::Unreadable("its signature"))?;
    let mut fitting = keys.of(&header).peekable();
    if fitting.peek().is_none() {
        return Err(IdTokenError::UnknownKey);
    }
    if !fitting.any(|key| key.signed(signed.as_bytes(), &signature)) {
        return Err(IdTokenError::Signature);
    }
    part::<Said>(said, "its claims")?.checked(expected)
}

fn part<T: DeserializeOwned>(text: &str, what: &'static str) -> Result<T, IdTokenError> {
    let bytes = BASE64_URL_SAFE_NO_PAD.decode(text).map_err(|_| IdTokenError::Unreadable(what))?;
    serde_json::from_slice(&bytes).map_err(|_| IdTokenError::Unreadable(what))
}

impl Said {
    fn checked(self, expected: Expected<'_>) -> Result<Claims, IdTokenError> {
        if self.iss != expected.issuer {
            return Err(IdTokenError::Issuer);
        }
        let (is_for_us, is_for_others) = match &self.aud {
            Audience::One(one) => (one == expected.client, false),
            Audience::Several(several) => {
                (several.iter().any(|one| one == expected.client), several.len() > 1)
            }
        };
        let is_asked_by_us = self.azp.as_ref().map_or(!is_for_others, |by| by == expected.client);
        if !is_for_us || !is_asked_by_us {
            return Err(IdTokenError::Audience);
        }
        let (early, late) = (expected.now.saturating_sub(LEEWAY), expected.now.saturating_add(LEEWAY));
        let is_of_now = self.exp > early
            && self.iat <= late
            && self.iat > early.saturating_sub(OLDEST)
            && self.nbf.is_none_or(|from| from <= late);
        if !is_of_now {
            return Err(IdTokenError::Time);
        }
        let nonce = self.nonce.unwrap_or_default();
        if !bool::from(nonce.as_bytes().ct_eq(expected.nonce.as_bytes())) {
            return Err(IdTokenError::Nonce);
        }
        Claims::of(self.sub, self.who)
    }
}

impl Claims {
    /// Reads what a provider says of somebody when it is asked for more than stands in the token (OpenID Connect Core, 5.3).
    ///
    /// # Errors
    /// If it is not about the same person.
    pub fn read_more(json: &[u8], subject: &str) -> Result<Self, IdTokenError> {
        #[derive(Deserialize)]
        struct More {
            sub: String,
            #[serde(flatten)]
            who: Who,
        }
        let more: More = serde_json::from_slice(json)
            .map_err(|_| IdTokenError::Unreadable("what the provider says of somebody"))?;
        if more.sub != subject {
            return Err(IdTokenError::Unreadable("what the provider says is of somebody else"));
        }
        Self::of(more.sub, more.who)
    }

    fn of(subject: String, who: Who) -> Result<Self, IdTokenError> {
        if subject.is_empty() || subject.len() > LONGEST_SUBJECT {
            return Err(IdTokenError::Unreadable("it names nobody"));
        }
        // Some providers write this truth as a text.
        let is_email_verified = match who.email_verified {
            Some(Value::Bool(is_verified)) => is_verified,
            Some(Value::String(text)) => text == "true",
            _ => false,
        };
        Ok(Self { subject, email: who.email, is_email_verified, name: who.name })
    }
}

#[cfg(test)]
mod tests {
    use ring::rand::SystemRandom;
    use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair};
    use serde_json::json;

    use super::*;

    const NOW: i64 = 1_800_000_000;
    const EXPECTED: Expected<'_> =
        Expected { issuer: "https://id.example", client: "adroit", nonce: "n-1", now: NOW };

    struct Issuer {
        pair: EcdsaKeyPair,
        random: SystemRandom,
    }

    impl Issuer {
        fn new() -> Self {
            let random = SystemRandom::new();
            let key = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &random).unwrap();
            let pair =
                EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, key.as_ref(), &random).unwrap();
            Self { pair, random }
        }

        fn keys(&self) -> SigningKeys {
            let point = self.pair.public_key().as_ref();
            let text = |bytes: &[u8]| BASE64_URL_SAFE_NO_PAD.encode(bytes);
            let set = json!({ "keys": [
                { "kty": "oct", "k": "AAAA" },
                { "kty": "EC", "crv": "P-256", "kid": "a", "use": "sig", "x": text(&point[1..33]), "y": text(&point[33..]) },
            ]});
            SigningKeys::read(set.to_string().as_bytes()).unwrap()
        }

        fn token(&self, header: &Value, claims: &Value) -> String {
            let text = |json: &Value| BASE64_URL_SAFE_NO_PAD.encode(json.to_string());
            let signed = format!("{}.{}", text(header), text(claims));
            let signature = self.pair.sign(&self.random, signed.as_bytes()).unwrap();
            format!("{signed}.{}", BASE64_URL_SAFE_NO_PAD.encode(signature))
        }
    }

    fn claims() -> Value {
        json!({
            "iss": "https://id.example", "sub": "248289761001", "aud": "adroit", "exp": NOW + 300, "iat": NOW,
            "nonce": "n-1", "email": "ann@example.org", "email_verified": true, "name": "Ann",
        })
    }

    #[test]
    fn a_token_made_for_this_sign_in_is_read() {
        let issuer = Issuer::new();
        let token = issuer.token(&json!({ "alg": "ES256", "kid": "a" }), &claims());
        let read = read_id_token(&token, &issuer.keys(), EXPECTED).unwrap();
        assert_eq!(read.subject, "248289761001");
        assert_eq!((read.email.as_deref(), read.is_email_verified), (Some("ann@example.org"), true));
        // Without the name of a key each that fits is tried.
        let unnamed = issuer.token(&json!({ "alg": "ES256" }), &claims());
        assert!(read_id_token(&unnamed, &issuer.keys(), EXPECTED).is_ok());
    }

    #[test]
    fn what_a_token_says_otherwise_is_refused() {
        let issuer = Issuer::new();
        for (name, value, error) in [
            ("iss", json!("https://evil.example"), IdTokenError::Issuer),
            ("iss", json!("https://id.example/"), IdTokenError::Issuer),
            ("aud", json!("other"), IdTokenError::Audience),
            ("aud", json!(["other"]), IdTokenError::Audience),
            ("aud", json!(["adroit", "other"]), IdTokenError::Audience),
            ("azp", json!("other"), IdTokenError::Audience),
            ("exp", json!(NOW - 61), IdTokenError::Time),
            ("iat", json!(NOW + 3600), IdTokenError::Time),
            ("iat", json!(NOW - 7200), IdTokenError::Time),
            ("nbf", json!(NOW + 3600), IdTokenError::Time),
            ("nonce", json!("n-2"), IdTokenError::Nonce),
            ("nonce", Value::Null, IdTokenError::Nonce),
            ("sub", json!(""), IdTokenError::Unreadable("it names nobody")),
            ("exp", json!("soon"), IdTokenError::Unreadable("its claims")),
        ] {
            let mut said = claims();
            said[name] = value.clone();
            let token = issuer.token(&json!({ "alg": "ES256", "kid": "a" }), &said);
            assert_eq!(read_id_token(&token, &issuer.keys(), EXPECTED), Err(error), "{name}: {value}");
        }
    }

    #[test]
    fn a_token_chooses_neither_its_key_nor_its_algorithm() {
        let (issuer, other) = (Issuer::new(), Issuer::new());
        let keys = issuer.keys();
        for (header, error) in [
            (json!({ "alg": "none" }), IdTokenError::Algorithm),
            (json!({ "alg": "HS256", "kid": "a" }), IdTokenError::Algorithm),
            (json!({ "alg": "RS256", "kid": "a" }), IdTokenError::UnknownKey),
            (json!({ "alg": "ES256", "kid": "b" }), IdTokenError::UnknownKey),
            (
                json!({ "alg": "ES256", "crit": ["b64"] }),
                IdTokenError::Unreadable("its header asks for what is not known here"),
            ),
        ] {
            assert_eq!(
                read_id_token(&issuer.token(&header, &claims()), &keys, EXPECTED),
                Err(error),
                "{header}"
            );
        }
        let header = json!({ "alg": "ES256", "kid": "a" });
        let foreign = other.token(&header, &claims());
        assert_eq!(read_id_token(&foreign, &keys, EXPECTED), Err(IdTokenError::Signature));
        let token = issuer.token(&header, &claims());
        let (signed, _) = token.rsplit_once('.').unwrap();
        for cut in [format!("{signed}."), signed.to_owned(), String::new(), "..".to_owned()] {
            assert!(read_id_token(&cut, &keys, EXPECTED).is_err(), "{cut}");
        }
        let mut changed = claims();
        changed["email"] = json!("boss@example.org");
        let changed = BASE64_URL_SAFE_NO_PAD.encode(changed.to_string());
        let parts: Vec<&str> = token.split('.').collect();
        let mixed = format!("{}.{changed}.{}", parts[0], parts[2]);
        assert_eq!(read_id_token(&mixed, &keys, EXPECTED), Err(IdTokenError::Signature));
    }

    #[test]
    fn only_a_clear_yes_says_that_an_address_is_theirs() {
        for (said, is_verified) in [
            (json!(true), true),
            (json!("true"), true),
            (json!(false), false),
            (json!("yes"), false),
            (json!(1), false),
            (Value::Null, false),
        ] {
            let more = json!({ "sub": "1", "email": "ann@example.org", "email_verified": said });
            let read = Claims::read_more(more.to_string().as_bytes(), "1").unwrap();
            assert_eq!(read.is_email_verified, is_verified, "{said}");
            assert!(Claims::read_more(more.to_string().as_bytes(), "2").is_err());
        }
    }
}
