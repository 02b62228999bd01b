//! Coming in by a passkey, and adding one: what browsers are asked, and what their answers let somebody do.

mod challenge;
mod enter;
mod site;

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use serde::Deserialize;

pub(crate) use challenge::{Asking, For};
pub(crate) use enter::{add_passkey, by_passkey, by_passkey_as_second_factor, has_passkeys};
pub(crate) use site::AskedAt;

use crate::WebError;

/// What a browser answers, as its script sends it: bytes in base64url.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AnswerIn {
    /// How the authenticator calls the key; empty where that stands in what it says of itself.
    id: String,
    /// What the browser says that it was asked.
    said: String,
    /// What the authenticator says of itself.
    data: String,
    /// Its signature; empty for a new key.
    signature: String,
}

/// The same as bytes.
pub(crate) struct Answered {
    id: Vec<u8>,
    said: Vec<u8>,
    data: Vec<u8>,
    signature: Vec<u8>,
}

impl Answered {
    /// Reads what a browser's script put into a form.
    ///
    /// # Errors
    /// If it is not there, as where no script runs, or can't be read.
    pub(crate) fn read(text: Option<&str>) -> Result<Self, WebError> {
        let remedy = "use a browser that knows passkeys, with scripts, and begin again";
        let wrong = || WebError::parameter("answer", "it is not what an authenticator answers", remedy);
        let sent: AnswerIn = serde_json::from_str(text.unwrap_or_default()).map_err(|_| wrong())?;
        let bytes = |text: &str| BASE64_URL_SAFE_NO_PAD.decode(text).map_err(|_| wrong());
        Ok(Self {
            id: bytes(&sent.id)?,
            said: bytes(&sent.said)?,
            data: bytes(&sent.data)?,
            signature: bytes(&sent.signature)?,
        })
    }
}
