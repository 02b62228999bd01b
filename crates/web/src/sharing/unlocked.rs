//! Browsers in which a link's password was typed: each has a cookie for the path of that link only, for an hour.

use std::time::Duration;

use axum::http::{HeaderMap, HeaderValue, header};
use cookie::{Cookie, SameSite, time};
use moka::sync::Cache;
use people::{Digest, Secret};
use store::catalog::SharedLink;

use super::path;

/// For so long nobody is asked again.
const HOLDS: Duration = Duration::from_secs(3600);
/// Most browsers that are held in memory.
const MOST: u64 = 20_000;
/// What the secret in the cookie begins with.
const PASS: &str = "adp_";

/// Browsers in which a password was typed: the number of the link by the digest of what the cookie holds. Where the server is
/// started again, they are asked again.
pub(super) struct Unlocked(Cache<[u8; 32], u32>);

impl Default for Unlocked {
    fn default() -> Self {
        Self(Cache::builder().max_capacity(MOST).time_to_live(HOLDS).build())
    }
}

impl Unlocked {
    /// Whether a request comes from a browser in which the link's password was typed.
    pub(super) fn is(&self, headers: &HeaderMap, link: u32, is_secure: bool) -> bool {
        let texts = headers.get_all(header::COOKIE).into_iter().filter_map(|text| text.to_str().ok());
        let cookies = texts.flat_map(Cookie::split_parse).filter_map(Result::ok);
        let mut own = cookies.filter(|cookie| cookie.name() == name(is_secure));
        own.any(|cookie| self.0.get(Digest::of(cookie.value()).as_bytes()) == Some(link))
    }

    /// The header that makes a browser one of them.
    pub(super) fn admit(&self, link: &SharedLink, secret: &str, is_secure: bool) -> Option<HeaderValue> {
        let pass = Secret::new(PASS);
        self.0.insert(*Digest::of(pass.text()).as_bytes(), link.id);
        // In a frame of another site a browser sends only what is said to be for that, and only by TLS.
        let is_framed = is_secure && !link.origins.is_empty();
        let cookie = Cookie::build((name(is_secure), pass.text()))
            .path(path(secret))
            .http_only(true)
            .same_site(if is_framed { SameSite::None } else { SameSite::Lax })
            .partitioned(is_framed)
            .secure(is_secure)
            .max_age(time::Duration::seconds(HOLDS.as_secs() as i64));
        HeaderValue::from_str(&cookie.to_string()).ok()
    }
}

fn name(is_secure: bool) -> &'static str {
    if is_secure { "__Secure-adroit-shared" } else { "adroit-shared" }
}
