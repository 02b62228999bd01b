//! Under which name a request asks: passkeys are bound to it.

use std::convert::Infallible;
use std::net::IpAddr;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use people::Site;

use crate::AppState;
use crate::guard::{asked_host, without_port};

/// Under which name a request asks. Which names are answered to is the business of [`crate::guard`].
#[derive(Debug, Clone)]
pub(crate) struct AskedAt {
    host: String,
    origin: String,
}

impl AskedAt {
    fn of(asked: &str, is_secure: bool) -> Self {
        let scheme = if is_secure { "https" } else { "http" };
        let asked = asked.to_ascii_lowercase();
        Self { host: without_port(&asked).to_owned(), origin: format!("{scheme}://{asked}") }
    }

    pub(crate) fn host(&self) -> &str {
        &self.host
    }

    /// The site for a passkey, where there can be one: browsers bind them to names, and never to numbers.
    pub(crate) fn site(&self) -> Option<Site<'_>> {
        let is_name = !self.host.is_empty() && self.host.parse::<IpAddr>().is_err();
        is_name.then_some(Site { host: &self.host, origin: &self.origin })
    }
}

impl FromRequestParts<AppState> for AskedAt {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, app: &AppState) -> Result<Self, Infallible> {
        let asked = asked_host(&parts.headers, &parts.uri).unwrap_or_default();
        Ok(Self::of(asked, app.entrance.rules().is_secure))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passkeys_are_bound_to_names() {
        let at = AskedAt::of("Localhost:4321", false);
        let site = at.site().unwrap();
        assert_eq!((site.host, site.origin), ("localhost", "http://localhost:4321"));
        let at = AskedAt::of("adroit.example", true);
        assert_eq!(at.site().unwrap().origin, "https://adroit.example");
        for number in ["127.0.0.1:80", "[::1]:80", ""] {
            assert!(AskedAt::of(number, false).site().is_none(), "{number}");
        }
    }
}
