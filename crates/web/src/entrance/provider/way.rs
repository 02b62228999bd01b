//! What a browser keeps while somebody is at the provider: secrets of this one sign-in, sealed, so that an answer counts only in
//! the browser that it was begun in.

use axum::http::{HeaderMap, HeaderValue};
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use jiff::{SignedDuration, Timestamp};
use people::{Digest, Secret};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::AppState;
use crate::entrance::Cookies;

/// For so long somebody may be at the provider.
pub(super) const COUNTS: SignedDuration = SignedDuration::from_mins(10);
/// Longest path that is gone on to, in bytes: browsers keep no cookie above 4 kB.
const LONGEST_NEXT: usize = 1_500;
/// What it is sealed as.
const SEALED_AS: &str = "provider_sign_in";

/// One sign-in by a provider.
#[derive(Serialize, Deserialize)]
pub(super) struct Way {
    pub(super) state: String,
    pub(super) nonce: String,
    /// PKCE's (RFC 7636).
    pub(super) verifier: String,
    /// Where to go afterwards.
    pub(super) next: String,
    until: Timestamp,
}

impl Way {
    pub(super) fn new(next: String) -> Self {
        let secret = || Secret::new("").text().to_owned();
        let until = Timestamp::now().saturating_add(COUNTS).unwrap_or(Timestamp::MAX);
        let next = if next.len() > LONGEST_NEXT { "/".to_owned() } else { next };
        Self { state: secret(), nonce: secret(), verifier: secret(), next, until }
    }

    /// What the provider holds against the verifier.
    pub(super) fn challenge(&self) -> String {
        BASE64_URL_SAFE_NO_PAD.encode(Sha256::digest(&self.verifier))
    }

    /// The header that makes a browser keep it.
    pub(super) fn kept(&self, app: &AppState, cookies: Cookies) -> Option<HeaderValue> {
        let text = serde_json::to_vec(self).ok()?;
        cookies.keep_way(&app.entrance.rules().seal.seal(SEALED_AS, &text), COUNTS.as_secs())
    }

    /// The one that a browser brings, if it still counts and is the one that an answer belongs to.
    pub(super) fn brought(
        app: &AppState,
        cookies: Cookies,
        headers: &HeaderMap,
        state: &str,
    ) -> Option<Self> {
        let sealed = cookies.way(headers)?;
        let text = app.entrance.rules().seal.open(SEALED_AS, &sealed).ok()?;
        let way: Self = serde_json::from_slice(&text).ok()?;
        let is_same = Digest::of(&way.state) == Digest::of(state);
        (is_same && way.until > Timestamp::now()).then_some(way)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_challenge_is_as_in_rfc_7636() {
        let verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk".to_owned();
        let way = Way { verifier, ..Way::new("/".to_owned()) };
        assert_eq!(way.challenge(), "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
        let other = Way::new(format!("/{}", "a".repeat(5_000)));
        assert_eq!(other.next, "/", "it would not fit into a cookie");
        assert!(way.state != other.state && other.state != other.nonce && other.nonce != other.verifier);
    }
}
