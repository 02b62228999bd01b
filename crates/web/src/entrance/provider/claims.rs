//! What a provider says of somebody whom it sent back.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use form_urlencoded::Serializer;
use jiff::Timestamp;
use people::{Claims, Expected, IdTokenError, read_id_token};
use serde::Deserialize;

use super::known::Known;
use super::way::Way;
use super::{Failure, Provider};

#[derive(Deserialize)]
struct Tokens {
    id_token: String,
    access_token: Option<String>,
}

impl Provider {
    /// Asks what a code stands for, and believes it if it is signed and of this very sign-in.
    pub(super) async fn claims(&self, code: &str, way: &Way, home: &str) -> Result<Claims, Failure> {
        let known = self.known().await?;
        let tokens = self.tokens(&known, code, way, home).await?;
        let settings = self.settings();
        let expected = Expected {
            issuer: &settings.issuer,
            client: &settings.client_id,
            nonce: &way.nonce,
            now: Timestamp::now().as_second(),
        };
        let claims = match read_id_token(&tokens.id_token, &known.keys, expected) {
            Err(IdTokenError::UnknownKey) => {
                let anew = self.known_anew().await?;
                read_id_token(&tokens.id_token, &anew.keys, expected)?
            }
            read => read?,
        };
        // Many providers tell the address only when they are asked for it.
        match (&claims.email, &known.user_info, &tokens.access_token) {
            (None, Some(place), Some(token)) => {
                let fetched = self.0.fetcher.get(place, Some(&format!("Bearer {token}"))).await?;
                match fetched.status {
                    200 => Ok(Claims::read_more(&fetched.body, &claims.subject)?),
                    status => Err(Failure::NoToken(status)),
                }
            }
            _ => Ok(claims),
        }
    }

    async fn tokens(&self, known: &Known, code: &str, way: &Way, home: &str) -> Result<Tokens, Failure> {
        let (form, authorization) = self.question(known, code, way, home);
        let fetched = self.0.fetcher.post_form(&known.token, authorization.as_deref(), form).await?;
        match fetched.status {
            200 => serde_json::from_slice(&fetched.body).map_err(|_| Failure::NoToken(200)),
            status => Err(Failure::NoToken(status)),
        }
    }

    /// What a token is asked for with: the form, and the header that says who asks.
    fn question(&self, known: &Known, code: &str, way: &Way, home: &str) -> (String, Option<String>) {
        let settings = self.settings();
        let mut form = Serializer::new(String::new());
        form.append_pair("grant_type", "authorization_code")
            .append_pair("code", code)
            .append_pair("redirect_uri", &back(home))
            .append_pair("code_verifier", &way.verifier);
        let authorization = match &settings.client_secret {
            Some(secret) if !known.is_secret_in_form => Some(basic(&settings.client_id, secret)),
            secret => {
                form.append_pair("client_id", &settings.client_id);
                if let Some(secret) = secret {
                    form.append_pair("client_secret", secret);
                }
                None
            }
        };
        (form.finish(), authorization)
    }
}

/// Where the provider sends people back to.
pub(super) fn back(home: &str) -> String {
    format!("{home}/sign-in/provider/back")
}

/// What we are known by, as a header (RFC 6749, 2.3.1: both are encoded as in a form).
fn basic(client: &str, secret: &str) -> String {
    let encoded = |text: &str| form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
    format!("Basic {}", BASE64_STANDARD.encode(format!("{}:{}", encoded(client), encoded(secret))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_secrets_are_encoded_before_they_are_put_together() {
        let header = basic("a:b", "c d%");
        let text = BASE64_STANDARD.decode(header.strip_prefix("Basic ").unwrap()).unwrap();
        assert_eq!(text, b"a%3Ab:c+d%25");
    }
}
