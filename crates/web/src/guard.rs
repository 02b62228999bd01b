//! Who may ask: only under a known host name, and changes only from our own pages or from programs.

use axum::extract::Request;
use axum::http::{Extensions, HeaderMap, Method, StatusCode, Uri, header};

use crate::access::{Visitor, Who};
use crate::encoding::Encoding;
use crate::entrance::OwnHost;
use crate::{AppState, WebError};

/// Refuses what is not to be answered, whatever it asks for.
pub(crate) fn check(state: &AppState, request: &Request) -> Result<(), WebError> {
    only_known_hosts(state, request)?;
    only_answerable(request)?;
    only_own_pages(request)
}

/// Refuses host names that are not ours: a foreign page may let its own name point at a loopback address.
fn only_known_hosts(state: &AppState, request: &Request) -> Result<(), WebError> {
    let Some(allowed) = &state.allowed_hosts else { return Ok(()) };
    let name = asked_host(request.headers(), request.uri()).map(without_port).unwrap_or_default();
    if allowed.iter().any(|host| without_port(host).eq_ignore_ascii_case(name)) {
        return Ok(());
    }
    if request.extensions().get::<OwnHost>().is_some() {
        return Ok(());
    }
    let detail = format!("this server does not answer under the name '{name}'");
    let refused = WebError::told(StatusCode::MISDIRECTED_REQUEST, "host", "Not under this name", detail);
    Err(refused.remedy(format!("use one of: {}", allowed.join(", "))))
}

/// Longest address that is asked for: more than any saved view or filter needs.
const LONGEST_ADDRESS: usize = 8 << 10;

/// Refuses addresses that are too long, before anybody takes them apart, and whoever takes no answer as it could be sent.
fn only_answerable(request: &Request) -> Result<(), WebError> {
    let length = request.uri().path_and_query().map_or(0, |path| path.as_str().len());
    if length > LONGEST_ADDRESS {
        let detail = format!("the address has {length} bytes, and {LONGEST_ADDRESS} are the most");
        let refused = WebError::told(StatusCode::URI_TOO_LONG, "address", "The address is too long", detail);
        return Err(refused.remedy("ask for less in one question, or shorten its filter"));
    }
    if Encoding::is_none_accepted(request.headers()) {
        let detail = "the header Accept-Encoding refuses every way in which an answer could be sent";
        let refused =
            WebError::told(StatusCode::NOT_ACCEPTABLE, "encoding", "Not as it could be sent", detail);
        return Err(refused.remedy("take one of br, zstd, gzip and identity"));
    }
    Ok(())
}

/// Refuses changes that a page of another site asks for.
fn only_own_pages(request: &Request) -> Result<(), WebError> {
    let changes = !matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS);
    if changes && !is_own(request.headers(), brings_session(request.extensions())) {
        let refused = WebError::told(
            StatusCode::FORBIDDEN,
            "origin",
            "Not from another site",
            "the request was sent by a page of another site",
        );
        return Err(refused.remedy("open the page here and send it again"));
    }
    Ok(())
}

/// Whether who asks was known by what a browser sends by itself.
fn brings_session(extensions: &Extensions) -> bool {
    extensions.get::<Visitor>().is_some_and(|visitor| matches!(visitor.who, Who::Person { .. }))
}

/// Whether a browser says that our own page asks, or no browser is in play. One that brings a session must say so.
fn is_own(headers: &HeaderMap, brings_session: bool) -> bool {
    let text = |name| headers.get(name).map(|value: &header::HeaderValue| value.to_str().unwrap_or("?"));
    match (text("sec-fetch-site"), text("origin")) {
        (Some(site), _) => matches!(site, "same-origin" | "none"),
        (None, Some(origin)) => {
            let origin = origin.split_once("://").map(|(_, rest)| rest);
            origin.is_some() && origin == host(headers)
        }
        (None, None) => !brings_session,
    }
}

/// Under which name a request asks; over HTTP/2 its address has it.
pub(crate) fn asked_host<'a>(headers: &'a HeaderMap, uri: &'a Uri) -> Option<&'a str> {
    host(headers).or_else(|| uri.authority().map(|authority| authority.as_str()))
}

fn host(headers: &HeaderMap) -> Option<&str> {
    headers.get(header::HOST)?.to_str().ok()
}

pub(crate) fn without_port(host: &str) -> &str {
    match host.strip_prefix('[') {
        Some(v6) => v6.split(']').next().unwrap_or(v6),
        // An IPv6 address without brackets has no port.
        None if host.matches(':').count() > 1 => host,
        None => host.split(':').next().unwrap_or(host),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_lose_their_port() {
        for (host, name) in [
            ("localhost:4321", "localhost"),
            ("127.0.0.1", "127.0.0.1"),
            ("[::1]:80", "::1"),
            ("::1", "::1"),
            ("evil.example", "evil.example"),
        ] {
            assert_eq!(without_port(host), name);
        }
    }

    #[test]
    fn only_our_own_pages_and_programs_may_change_things() {
        for (site, origin, own) in [
            (Some("same-origin"), Some("http://localhost:1"), true),
            (Some("cross-site"), None, false),
            (Some("same-site"), Some("http://localhost:1"), false),
            (None, Some("http://localhost:1"), true),
            (None, Some("http://localhost:2"), false),
            (None, Some("null"), false),
            (None, None, true),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(header::HOST, "localhost:1".parse().unwrap());
            if let Some(site) = site {
                headers.insert("sec-fetch-site", site.parse().unwrap());
            }
            if let Some(origin) = origin {
                headers.insert(header::ORIGIN, origin.parse().unwrap());
            }
            assert_eq!(is_own(&headers, false), own, "{site:?} {origin:?}");
            let is_said = site.is_some() || origin.is_some();
            assert_eq!(is_own(&headers, true), own && is_said, "{site:?} {origin:?}");
        }
    }
}
