//! What an authenticator is asked to sign: random bytes, sealed with their time into the form that brings the answer back. Each
//! counts once.

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use jiff::{SignedDuration, Timestamp};
use people::{PASSKEY_ALGORITHMS, Site};
use serde_json::{Value, json};
use store::catalog::{Passkey, Person};

use crate::{AppState, WebError};

/// For so long an answer is waited for.
const COUNTS: SignedDuration = SignedDuration::from_mins(10);
/// What people are asked under.
const NAME: &str = "Adroit";

/// What an authenticator is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum For {
    /// To come in, alone.
    SignIn,
    /// To stand for a second factor.
    SecondStep,
    /// To make a new key for a person.
    New(u32),
}

impl For {
    fn sealed_as(self) -> String {
        match self {
            Self::SignIn => "passkey_sign_in".to_owned(),
            Self::SecondStep => "passkey_second_step".to_owned(),
            Self::New(person) => format!("passkey_of:{person}"),
        }
    }
}

/// A question, as a page has it.
pub(crate) struct Asking {
    /// What the browser's script is told, JSON.
    pub(crate) options: String,
    /// The challenge, sealed.
    pub(crate) sealed: String,
}

impl Asking {
    /// Asks for a passkey that is there.
    pub(crate) fn to_sign(app: &AppState, site: Site<'_>, what: For) -> Self {
        let (challenge, sealed) = new(app, what);
        let wanted = if what == For::SignIn { "required" } else { "preferred" };
        let options = json!({ "challenge": challenge, "rpId": site.host, "userVerification": wanted });
        Self { options: options.to_string(), sealed }
    }

    /// Asks for a new one, on an authenticator that has none of these.
    pub(crate) fn to_make(app: &AppState, site: Site<'_>, person: &Person, known: &[Passkey]) -> Self {
        let (challenge, sealed) = new(app, For::New(person.id));
        let text = |bytes: &[u8]| BASE64_URL_SAFE_NO_PAD.encode(bytes);
        let known: Vec<Value> = known
            .iter()
            .filter(|own| own.host == site.host)
            .map(|own| json!({ "type": "public-key", "id": text(&own.credential) }))
            .collect();
        let algorithms = PASSKEY_ALGORITHMS.map(|alg| json!({ "type": "public-key", "alg": alg }));
        // The name of the key's owner tells nothing of them: it is on the authenticator.
        let user = text(format!("person {}", person.id).as_bytes());
        let options = json!({
            "challenge": challenge,
            "rp": { "id": site.host, "name": NAME },
            "user": { "id": user, "name": person.email, "displayName": person.name },
            "pubKeyCredParams": algorithms,
            "excludeCredentials": known,
            "authenticatorSelection": {
                "residentKey": "required", "requireResidentKey": true, "userVerification": "required",
            },
            "attestation": "none",
        });
        Self { options: options.to_string(), sealed }
    }
}

/// A new challenge, and the same sealed.
fn new(app: &AppState, what: For) -> (String, String) {
    let challenge = people::Secret::new("").text().to_owned();
    let until = Timestamp::now().saturating_add(COUNTS).unwrap_or(Timestamp::MAX).as_second();
    let sealed = app.entrance.rules().seal.seal(&what.sealed_as(), format!("{until} {challenge}").as_bytes());
    (challenge, sealed)
}

/// The bytes of a challenge that was sealed, if it still counts; it is used up.
pub(super) fn used(app: &AppState, what: For, sealed: &str) -> Result<Vec<u8>, WebError> {
    let opened = app.entrance.rules().seal.open(&what.sealed_as(), sealed).ok();
    let text = opened.and_then(|bytes| String::from_utf8(bytes).ok());
    let challenge = text.as_deref().and_then(|text| {
        let (until, challenge) = text.split_once(' ')?;
        (until.parse::<i64>().ok()? > Timestamp::now().as_second()).then_some(challenge)
    });
    let bytes = challenge.and_then(|text| BASE64_URL_SAFE_NO_PAD.decode(text).ok());
    let bytes = bytes.ok_or_else(super::enter::too_late)?;
    let digest = *people::Digest::of(challenge.unwrap_or_default()).as_bytes();
    match app.entrance.used.entry(digest).or_insert(()).is_fresh() {
        true => Ok(bytes),
        false => Err(super::enter::too_late()),
    }
}
