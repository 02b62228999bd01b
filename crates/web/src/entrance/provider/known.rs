//! What a provider says of itself (OpenID Connect Discovery 1.0), and the keys that it signs with. Both are read when somebody
//! comes, and again when they are old; keys also when one is named that is not among them, as providers change them.

use std::sync::Arc;
use std::time::{Duration, Instant};

use notify::Address;
use people::SigningKeys;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::{Failure, Provider};

/// After so long it is read again.
const HOLDS: Duration = Duration::from_hours(1);
/// It is not read more often than this, whatever tokens name.
const PAUSE: Duration = Duration::from_secs(60);
/// How we ask for a token.
const CODE: &str = "code";
const S256: &str = "S256";

/// What a provider says of itself.
pub(super) struct Known {
    read_at: Instant,
    /// Where somebody is led to.
    pub(super) way_in: String,
    pub(super) token: Address,
    pub(super) user_info: Option<Address>,
    /// Whether our secret goes into the form instead of the header.
    pub(super) is_secret_in_form: bool,
    /// Whether it says with each answer who it is (RFC 9207).
    pub(super) names_itself: bool,
    pub(super) keys: SigningKeys,
}

#[derive(Deserialize)]
struct Said {
    issuer: String,
    authorization_endpoint: String,
    token_endpoint: String,
    jwks_uri: String,
    userinfo_endpoint: Option<String>,
    #[serde(default)]
    response_types_supported: Vec<String>,
    code_challenge_methods_supported: Option<Vec<String>>,
    token_endpoint_auth_methods_supported: Option<Vec<String>>,
    #[serde(default)]
    authorization_response_iss_parameter_supported: bool,
}

impl Provider {
    /// What it says of itself. An answer that is old serves where it can't be read anew.
    pub(super) async fn known(&self) -> Result<Arc<Known>, Failure> {
        self.known_since(HOLDS).await
    }

    /// The same, read anew if that was not just done: a token names a key that was not there.
    pub(super) async fn known_anew(&self) -> Result<Arc<Known>, Failure> {
        self.known_since(PAUSE).await
    }

    async fn known_since(&self, age: Duration) -> Result<Arc<Known>, Failure> {
        let holds = |known: &&Arc<Known>| known.read_at.elapsed() < age;
        if let Some(known) = self.0.known.read().await.as_ref().filter(holds) {
            return Ok(known.clone());
        }
        // Of several who come at once, one reads.
        let mut place = self.0.known.write().await;
        if let Some(known) = place.as_ref().filter(holds) {
            return Ok(known.clone());
        }
        let known = Arc::new(self.read().await?);
        *place = Some(known.clone());
        Ok(known)
    }

    async fn read(&self) -> Result<Known, Failure> {
        let issuer = &self.settings().issuer;
        let place = format!("{}/.well-known/openid-configuration", issuer.trim_end_matches('/'));
        let said: Said =
            self.fetched(&self.address(&place, "its address")?, "what it says of itself").await?;
        if said.issuer != *issuer {
            return Err(Failure::Says("it calls itself otherwise than --oidc-issuer does"));
        }
        let knows = |list: &[String], word: &str| list.iter().any(|known| known == word);
        if !knows(&said.response_types_supported, CODE) {
            return Err(Failure::Says("it does not know the response type 'code'"));
        }
        if said.code_challenge_methods_supported.as_ref().is_some_and(|known| !knows(known, S256)) {
            return Err(Failure::Says("it does not know PKCE with S256"));
        }
        // It is opened by browsers; that it can be read, and is encrypted, is checked like the others.
        self.address(&said.authorization_endpoint, "authorization_endpoint")?;
        let keys = self.address(&said.jwks_uri, "jwks_uri")?;
        let fetched = self.0.fetcher.get(&keys, None).await?;
        if fetched.status != 200 {
            return Err(Failure::Says("its keys are not there"));
        }
        let user_info = said.userinfo_endpoint.as_deref();
        let methods = said.token_endpoint_auth_methods_supported;
        Ok(Known {
            read_at: Instant::now(),
            way_in: said.authorization_endpoint,
            token: self.address(&said.token_endpoint, "token_endpoint")?,
            user_info: user_info.map(|text| self.address(text, "userinfo_endpoint")).transpose()?,
            is_secret_in_form: methods.is_some_and(|known| !knows(&known, "client_secret_basic")),
            names_itself: said.authorization_response_iss_parameter_supported,
            keys: SigningKeys::read(&fetched.body)?,
        })
    }

    async fn fetched<T: DeserializeOwned>(
        &self,
        address: &Address,
        what: &'static str,
    ) -> Result<T, Failure> {
        let fetched = self.0.fetcher.get(address, None).await?;
        match fetched.status {
            200 => serde_json::from_slice(&fetched.body).map_err(|_| Failure::Says(what)),
            _ => Err(Failure::Says(what)),
        }
    }
}
