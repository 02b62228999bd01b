//! What a browser may do with our answers, said in headers.
//!
//! Styles: the sheets that stand in pages, by their digests, each on every page, as scripts change one page into another; and
//! the one that is fetched. Script: the loader by its digest, and files of ours. No text becomes script or HTML: trusted types are required, and the one
//! policy that may make any is `worker`, which knows the address of the service worker and nothing else (`ui/src/register.ts`).

use std::sync::LazyLock;

use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::Response;
use sha2::{Digest, Sha256};

use crate::AppState;
use crate::assets::{LOADER, SHEETS};
use crate::sharing::Framable;

/// For what is no page: nothing at all.
const NOTHING: HeaderValue = HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'");

/// For scripts: pages go by their own policy, but a worker by that of its script, and it fetches what its pages do.
const SCRIPT: HeaderValue =
    HeaderValue::from_static("default-src 'none'; connect-src 'self'; frame-ancestors 'none'");

/// For pages: no scripts and no styles but ours, nothing from elsewhere, forms only to ourselves, no frames.
static PAGE_POLICY: LazyLock<HeaderValue> = LazyLock::new(|| {
    let text = format!(
        "default-src 'none'; style-src 'self' {}; script-src 'self' {}; connect-src 'self'; img-src 'self' data:; \
         manifest-src 'self'; worker-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; \
         require-trusted-types-for 'script'; trusted-types worker",
        sheets(),
        digest(LOADER)
    );
    HeaderValue::from_str(&text).unwrap_or(NOTHING)
});

/// For pages that whoever has a link may see: no scripts at all. Who may show them in a frame is to follow.
static SHARED_POLICY: LazyLock<String> = LazyLock::new(|| {
    format!(
        "default-src 'none'; style-src 'self' {}; img-src 'self' data:; form-action 'self'; base-uri 'none'; frame-ancestors",
        sheets()
    )
});

/// What is said of every answer to a shared link: its address is for those who were given it.
const SAID_OF_LINKS: [(HeaderName, HeaderValue); 2] = [
    (HeaderName::from_static("x-robots-tag"), HeaderValue::from_static("noindex, nofollow")),
    (header::REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
];

const SAID: [(HeaderName, HeaderValue); 5] = [
    (
        HeaderName::from_static("permissions-policy"),
        HeaderValue::from_static("camera=(), geolocation=(), microphone=(), payment=(), usb=()"),
    ),
    (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    (header::REFERRER_POLICY, HeaderValue::from_static("same-origin")),
    (HeaderName::from_static("cross-origin-opener-policy"), HeaderValue::from_static("same-origin")),
    (HeaderName::from_static("cross-origin-resource-policy"), HeaderValue::from_static("same-origin")),
];

/// The sheets that stand in pages.
fn sheets() -> String {
    SHEETS.iter().map(|sheet| digest(sheet)).collect::<Vec<_>>().join(" ")
}

fn digest(text: &str) -> String {
    format!("'sha256-{}'", base64(&Sha256::digest(text)))
}

/// The policy of a shared page that only these may show in a frame.
fn shared_policy(origins: &[String]) -> HeaderValue {
    let framed_by = if origins.is_empty() { "'none'".to_owned() } else { origins.join(" ") };
    HeaderValue::from_str(&format!("{} {framed_by}", *SHARED_POLICY)).unwrap_or(NOTHING)
}

/// For a year.
const ONLY_TLS: HeaderValue = HeaderValue::from_static("max-age=31536000");

/// Says on every response what browsers may do with it. What is shown changes with every import: nothing is kept unasked.
pub(crate) fn say(state: &AppState, is_of_link: bool, response: &mut Response) {
    let is_kept = response.status() == StatusCode::NOT_MODIFIED;
    let framable = response.extensions_mut().remove::<Framable>();
    let headers = response.headers_mut();
    let kind = headers.get(header::CONTENT_TYPE).map_or(&b""[..], HeaderValue::as_bytes);
    let is_page = kind.starts_with(b"text/html");
    // What the browser has already keeps the policy it came with; a header here would replace it.
    if !is_kept {
        let policy = match &framable {
            Some(Framable(origins)) if is_page => shared_policy(origins),
            _ if is_page => PAGE_POLICY.clone(),
            _ if kind.starts_with(b"text/javascript") => SCRIPT,
            _ => NOTHING,
        };
        headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    if is_of_link {
        headers.extend(SAID_OF_LINKS);
    }
    if framable.is_some_and(|Framable(origins)| !origins.is_empty()) {
        // A site that isolates itself shows only what says that it may be shown elsewhere.
        let elsewhere = HeaderValue::from_static("cross-origin");
        headers.insert(HeaderName::from_static("cross-origin-resource-policy"), elsewhere);
    }
    // What a handler says of its addresses stays.
    for (name, value) in SAID {
        headers.entry(name).or_insert(value);
    }
    if state.entrance.rules().is_secure {
        headers.insert(header::STRICT_TRANSPORT_SECURITY, ONLY_TLS);
    }
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("private, no-cache"));
}

/// RFC 4648 with padding.
fn base64(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for chunk in bytes.chunks(3) {
        let mut group = [0; 3];
        group[..chunk.len()].copy_from_slice(chunk);
        let bits = u32::from_be_bytes([0, group[0], group[1], group[2]]);
        for place in 0..4 {
            let letter = (bits >> (18 - 6 * place) & 63) as usize;
            text.push(if place <= chunk.len() { char::from(LETTERS[letter]) } else { '=' });
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_as_in_rfc_4648() {
        for (bytes, text) in
            [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foobar", "Zm9vYmFy")]
        {
            assert_eq!(base64(bytes.as_bytes()), text);
        }
    }
}
