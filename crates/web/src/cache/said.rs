//! What is said about an answer in its headers. docs/caching.md has the table.

use std::time::{Duration, Instant};

use axum::body::Body;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;

use super::answers::Source;
use super::edge::link_key;
use super::kept::Kept;
use super::question::Question;
use super::{Figures, Keeping};
use crate::encoding::Encoding;

const CACHE_STATUS: HeaderName = HeaderName::from_static("cache-status");
const SERVER_TIMING: HeaderName = HeaderName::from_static("server-timing");
const SURROGATE_KEY: HeaderName = HeaderName::from_static("surrogate-key");
const SURROGATE_CONTROL: HeaderName = HeaderName::from_static("surrogate-control");

/// A browser asks each time, as an import shows with the next request; where the server can't be reached or fails, it may
/// show what it has for a day.
const FOR_BROWSERS: HeaderValue = HeaderValue::from_static("private, max-age=0, stale-if-error=86400");

/// What a password was typed for is not to be had from anywhere without it.
const BEHIND_A_PASSWORD: HeaderValue = HeaderValue::from_static("private, no-cache");

/// For so long a cache in front may show what is due while it asks again, and where the server can't be reached, in seconds.
const AGAIN: u64 = 60;
const ON_ERROR: u64 = 86_400;

/// Who may be given an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Readers {
    /// Who asks, and who sees the same.
    WhoAsks,
    /// Whoever has a shared link, for as long as that counts; where it asks for a password, who typed it.
    OfLink {
        /// The link's number.
        id: u32,
        has_password: bool,
        /// For how long the link counts.
        left: Duration,
    },
}

impl Readers {
    /// Whether they are all who can ask, so that a cache in front may keep it.
    pub(super) fn are_all(self, is_open: bool) -> bool {
        match self {
            Self::WhoAsks => is_open,
            Self::OfLink { has_password, .. } => !has_password,
        }
    }
}

/// How long a cache in front may show an answer, in seconds: as it is, while it asks again, and while the server is down.
struct Times {
    fresh: u64,
    again: u64,
    on_error: u64,
}

impl Times {
    /// No longer in all than the answer may be shown.
    fn within(left: Option<Duration>, fresh: Duration) -> Self {
        let left = left.map_or(u64::MAX, |left| left.as_secs());
        let fresh = fresh.as_secs().min(left);
        Self { fresh, again: AGAIN.min(left - fresh), on_error: ON_ERROR.min(left - fresh) }
    }
}

/// What is said about the answer to a request.
pub(super) struct Said<'a> {
    pub figures: Figures,
    pub question: &'a Question,
    pub keeping: Keeping,
    pub begun: Instant,
    pub readers: Readers,
}

impl Said<'_> {
    /// The answer itself.
    pub fn answer(
        &self,
        kept: &Kept,
        source: Source,
        bytes: Bytes,
        encoding: Encoding,
        tag: Option<HeaderValue>,
        has_edge: bool,
    ) -> Response {
        let mut response = Response::new(Body::from(bytes));
        let headers = response.headers_mut();
        headers.reserve(24);
        headers.extend(kept.headers.iter().map(|(name, value)| (name.clone(), value.clone())));
        if let Some(encoding) = encoding.header() {
            headers.insert(header::CONTENT_ENCODING, encoding);
        }
        let age = kept.age();
        headers.insert(header::AGE, HeaderValue::from(age.as_secs()));
        let ttl = self.keeping.fresh.as_secs() as i64 - age.as_secs() as i64;
        let (status, word) = match source {
            Source::Hit => (format!("adroit; hit; ttl={ttl}"), "hit"),
            Source::Stale => (format!("adroit; hit; ttl={ttl}; detail=refreshing"), "stale"),
            Source::Failed(status) => (
                format!("adroit; fwd=stale; fwd-status={status}; ttl={ttl}; detail=stale-if-error"),
                "stale-if-error",
            ),
            Source::Computed { replaced, collapsed, .. } => {
                let forwarded = match (self.keeping.keep, replaced) {
                    (false, _) => "bypass",
                    (true, true) => "stale",
                    (true, false) => "uri-miss",
                };
                let collapsed = if collapsed { "; collapsed" } else { "" };
                let stored = if self.keeping.keep { "; stored" } else { "" };
                (format!("adroit; fwd={forwarded}; fwd-status=200{collapsed}{stored}"), "miss")
            }
        };
        put(headers, CACHE_STATUS, &status);
        let mut timing = format!("cache;desc={word}");
        if let Source::Computed { took, .. } = source {
            timing += &format!(", answer;dur={:.1}", took.as_secs_f64() * 1e3);
        }
        self.always(headers, timing, tag, has_edge);
        response
    }

    /// That what the client has still holds.
    pub fn not_modified(&self, tag: HeaderValue, has_edge: bool) -> Response {
        let mut response = StatusCode::NOT_MODIFIED.into_response();
        let headers = response.headers_mut();
        put(headers, CACHE_STATUS, "adroit; hit; detail=not-modified");
        self.always(headers, "cache;desc=not-modified".to_owned(), Some(tag), has_edge);
        response
    }

    fn always(&self, headers: &mut HeaderMap, mut timing: String, tag: Option<HeaderValue>, has_edge: bool) {
        timing += &format!(", total;dur={:.3}", self.begun.elapsed().as_secs_f64() * 1e3);
        put(headers, SERVER_TIMING, &timing);
        if let Some(tag) = tag {
            headers.insert(header::ETAG, tag);
        }
        let (workspace, name) = (self.question.workspace, self.figures.of.name());
        let key = format!("w{workspace} {name} w{workspace}-{name}");
        let (depends_on_cookie, left) = match self.readers {
            Readers::WhoAsks => {
                headers.insert(header::CACHE_CONTROL, FOR_BROWSERS);
                put(headers, SURROGATE_KEY, &key);
                (self.figures.form.is_page(), None)
            }
            Readers::OfLink { id, has_password, left } => {
                let Times { fresh, again, on_error } = Times::within(Some(left), self.keeping.fresh);
                put(headers, SURROGATE_KEY, &format!("{key} {}", link_key(id)));
                match has_password {
                    true => drop(headers.insert(header::CACHE_CONTROL, BEHIND_A_PASSWORD)),
                    false => put(
                        headers,
                        header::CACHE_CONTROL,
                        &format!(
                            "public, max-age=0, s-maxage={fresh}, stale-while-revalidate={again}, stale-if-error={on_error}"
                        ),
                    ),
                }
                (has_password, Some(left))
            }
        };
        let vary = if depends_on_cookie { "accept-encoding, cookie" } else { "accept-encoding" };
        headers.insert(header::VARY, HeaderValue::from_static(vary));
        if has_edge {
            // An edge is told when the data changes, so that it may keep what it has.
            let Times { fresh, again, on_error } = Times::within(left, self.keeping.fresh);
            let text = format!("max-age={fresh}, stale-while-revalidate={again}, stale-if-error={on_error}");
            put(headers, SURROGATE_CONTROL, &text);
        }
    }
}

fn put(headers: &mut HeaderMap, name: HeaderName, text: &str) {
    if let Ok(value) = HeaderValue::from_str(text) {
        headers.insert(name, value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_shown_for_longer_than_a_link_counts() {
        for (left, times) in [
            (None, (30, 60, 86_400)),
            (Some(1_000_000), (30, 60, 86_400)),
            (Some(3600), (30, 60, 3570)),
            (Some(50), (30, 20, 20)),
            (Some(10), (10, 0, 0)),
            (Some(0), (0, 0, 0)),
        ] {
            let of = Times::within(left.map(Duration::from_secs), Duration::from_secs(30));
            assert_eq!((of.fresh, of.again, of.on_error), times, "{left:?}");
        }
    }
}
