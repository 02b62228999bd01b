//! The cookie that holds a session's secret. Scripts can't read it, and other sites' pages don't send it with what they post.

use std::borrow::Cow;

use axum::http::{HeaderMap, HeaderValue, header};
use cookie::time::Duration;
use cookie::{Cookie, SameSite};

/// How the cookie is called. Where readers come by TLS only, its name makes browsers hold it to this very host.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Cookies {
    pub(crate) is_secure: bool,
}

impl Cookies {
    fn name(self) -> &'static str {
        if self.is_secure { "__Host-adroit" } else { "adroit" }
    }

    /// What is kept while somebody is at an identity provider.
    fn way_name(self) -> &'static str {
        if self.is_secure { "__Host-adroit-way" } else { "adroit-way" }
    }

    /// The secret that a request brings.
    pub(crate) fn secret(self, headers: &HeaderMap) -> Option<Cow<'_, str>> {
        Self::value(self.name(), headers)
    }

    /// What a request brings of a sign-in by an identity provider.
    pub(crate) fn way(self, headers: &HeaderMap) -> Option<Cow<'_, str>> {
        Self::value(self.way_name(), headers)
    }

    fn value<'h>(name: &str, headers: &'h HeaderMap) -> Option<Cow<'h, str>> {
        let texts = headers.get_all(header::COOKIE).into_iter().filter_map(|text| text.to_str().ok());
        let mut cookies = texts.flat_map(Cookie::split_parse).filter_map(Result::ok);
        let own = cookies.find(|cookie| cookie.name() == name)?;
        Some(own.value_raw().map_or_else(|| Cow::Owned(own.value().to_owned()), Cow::Borrowed))
    }

    /// The header that makes a browser keep a secret for so many seconds.
    pub(crate) fn keep(self, secret: &str, seconds: i64) -> Option<HeaderValue> {
        self.header(self.name(), secret, seconds)
    }

    /// The header that makes a browser keep a sign-in by an identity provider for so many seconds.
    pub(crate) fn keep_way(self, sealed: &str, seconds: i64) -> Option<HeaderValue> {
        self.header(self.way_name(), sealed, seconds)
    }

    /// The header that makes a browser forget that.
    pub(crate) fn forget_way(self) -> Option<HeaderValue> {
        self.header(self.way_name(), "", 0)
    }

    /// The header that makes a browser forget it.
    pub(crate) fn forget(self) -> Option<HeaderValue> {
        self.header(self.name(), "", 0)
    }

    fn header(self, name: &str, value: &str, seconds: i64) -> Option<HeaderValue> {
        let cookie = Cookie::build((name, value))
            .path("/")
            .http_only(true)
            .same_site(SameSite::Lax)
            .secure(self.is_secure)
            .max_age(Duration::seconds(seconds));
        HeaderValue::from_str(&cookie.to_string()).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_read_back_among_others() {
        let cookies = Cookies { is_secure: true };
        let kept = cookies.keep("ads_x-y_z", 60).unwrap();
        let kept = kept.to_str().unwrap();
        for part in ["__Host-adroit=ads_x-y_z", "HttpOnly", "SameSite=Lax", "Secure", "Path=/", "Max-Age=60"]
        {
            assert!(kept.contains(part), "{part}: {kept}");
        }
        let headers =
            HeaderMap::from_iter([(header::COOKIE, "theme=dark; __Host-adroit=ads_x; a=b".parse().unwrap())]);
        assert_eq!(cookies.secret(&headers).as_deref(), Some("ads_x"));
        assert_eq!(Cookies { is_secure: false }.secret(&headers), None);
        assert!(cookies.forget().unwrap().to_str().unwrap().contains("Max-Age=0"));
    }
}
