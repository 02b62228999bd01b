//! What is said about an answer in its headers. docs/caching.md has the table.

use std::time::Instant;

use axum::body::Body;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;

use super::answers::Source;
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

/// What is said about the answer to a request.
pub(super) struct Said<'a> {
    pub figures: Figures,
    pub question: &'a Question,
    pub keeping: Keeping,
    pub begun: Instant,
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
        let vary = if self.figures.is_page { "accept-encoding, cookie" } else { "accept-encoding" };
        headers.insert(header::VARY, HeaderValue::from_static(vary));
        headers.insert(header::CACHE_CONTROL, FOR_BROWSERS);
        let (workspace, name) = (self.question.workspace, self.figures.of.name());
        put(headers, SURROGATE_KEY, &format!("w{workspace} {name} w{workspace}-{name}"));
        if has_edge {
            // An edge is told when the data changes, so that it may keep what it has.
            let fresh = self.keeping.fresh.as_secs();
            let text = format!("max-age={fresh}, stale-while-revalidate=60, stale-if-error=86400");
            put(headers, SURROGATE_CONTROL, &text);
        }
    }
}

fn put(headers: &mut HeaderMap, name: HeaderName, text: &str) {
    if let Ok(value) = HeaderValue::from_str(text) {
        headers.insert(name, value);
    }
}
