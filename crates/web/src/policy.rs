//! What a browser may do with our answers, said in headers.
//!
//! Styles: the sheets that stand in pages, by their digests, each on every page, as scripts change one page into another; and
//! the one that is fetched. Script: the loader by its digest, and files of ours. No text becomes script or HTML: trusted types are required, and the one
//! policy that may make any is `worker`, which knows the address of the service worker and nothing else (`ui/src/register.ts`).

use std::sync::LazyLock;

use axum::extract::{Request, State};
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::Response;
use sha2::{Digest, Sha256};

use crate::AppState;
use crate::assets::{LOADER, SHEETS};

/// For what is no page: nothing at all.
const NOTHING: HeaderValue = HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'");

/// For pages: no scripts and no styles but ours, nothing from elsewhere, forms only to ourselves, no frames.
static PAGE_POLICY: LazyLock<HeaderValue> = LazyLock::new(|| {
    let digest = |text: &str| format!("'sha256-{}'", base64(&Sha256::digest(text)));
    let text = format!(
        "default-src 'none'; style-src 'self' {}; script-src 'self' {}; connect-src 'self'; img-src 'self' data:; \
         manifest-src 'self'; worker-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; \
         require-trusted-types-for 'script'; trusted-types worker",
        SHEETS.iter().map(|sheet| digest(sheet)).collect::<Vec<_>>().join(" "),
        digest(LOADER)
    );
    HeaderValue::from_str(&text).unwrap_or(NOTHING)
});

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

/// For a year.
const ONLY_TLS: HeaderValue = HeaderValue::from_static("max-age=31536000");

/// Says on every response what browsers may do with it. What is shown changes with every import: nothing is kept unasked.
pub(crate) async fn say(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let is_kept = response.status() == StatusCode::NOT_MODIFIED;
    let headers = response.headers_mut();
    let kind = headers.get(header::CONTENT_TYPE).map_or(&b""[..], HeaderValue::as_bytes);
    // A worker goes by the policy of its script: it fetches what its pages do.
    let is_page = kind.starts_with(b"text/html") || kind.starts_with(b"text/javascript");
    // What the browser has already keeps the policy it came with; a header here would replace it.
    if !is_kept {
        headers.insert(header::CONTENT_SECURITY_POLICY, if is_page { PAGE_POLICY.clone() } else { NOTHING });
    }
    // What a handler says of its addresses stays.
    for (name, value) in SAID {
        headers.entry(name).or_insert(value);
    }
    if state.entrance.rules().is_secure {
        headers.insert(header::STRICT_TRANSPORT_SECURITY, ONLY_TLS);
    }
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("private, no-cache"));
    response
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
