//! What browsers fetch besides pages: scripts, icons, the manifest, the service worker. All of it is in the program, compressed
//! when it was built, under names that change with the content and so never grow old.

mod embedded;

use axum::extract::Path;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse, Response};

use self::embedded::{Embedded, FILES, WORKER, WORKER_OFF};
use crate::WebError;
use crate::access::{Anybody, May};

// LOADER is the script that stands in each page: it fetches the one script of every page when all else is there, so that nothing
// competes with what is shown first. VERSION changes with every script, style and icon: pages go with scripts of their build.
// PASSKEYS is the address of the script by which authenticators are asked.
pub(crate) use self::embedded::{LOADER, MANIFEST, PASSKEYS, VERSION};
// Style sheets stand in the pages, so that nothing is waited for before they are shown: CORE in each, and those of what is on it
// (`in_shell!`). SHEETS is all of these, LATER the address of the one that is fetched.
pub(crate) use self::embedded::{
    ATTENTION, BARS, CORE, DOOR, FACTS, FIELDS, FIGURES, FORMS, IMPORTS, LATER, LISTS, NOTICE, OVERVIEW,
    PLANS, QUESTIONS, SHARED, SHEETS,
};

const FOR_EVER: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");

/// `GET /assets/{name}`: a file whose name has its digest.
pub(crate) async fn file(
    _: May<Anybody>,
    Path(name): Path<String>,
    headers: HeaderMap,
) -> Result<Response, WebError> {
    let found = FILES.iter().find(|file| file.name == name);
    let file = found.ok_or_else(|| {
        WebError::not_found(format!("there is no file {name}")).remedy("load the page again")
    })?;
    Ok(([(header::CACHE_CONTROL, FOR_EVER)], sent(file, &headers)).into_response())
}

/// `GET /sw.js`: the service worker, or where it is switched off one that takes it away. Its name is always the same, so
/// browsers ask each time whether it has changed.
pub(crate) async fn worker(state: May<Anybody>, headers: HeaderMap) -> Response {
    sent(if state.service_worker { &WORKER } else { &WORKER_OFF }, &headers)
}

/// Whether a script of ours has this name.
pub(crate) fn is_script(name: &str) -> bool {
    FILES.iter().any(|file| file.name == name) || name == "sw.js"
}

/// A file in the best coding that the browser takes.
fn sent(file: &'static Embedded, headers: &HeaderMap) -> Response {
    let choices = [("br", file.brotli), ("gzip", file.gzip)];
    let chosen = choices
        .into_iter()
        .find_map(|(coding, packed)| Some((coding, packed?)).filter(|_| takes(headers, coding)));
    let mut response = chosen.map_or(file.raw, |(_, packed)| packed).into_response();
    let said = response.headers_mut();
    said.insert(header::CONTENT_TYPE, HeaderValue::from_static(file.kind));
    said.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    if let Some((coding, _)) = chosen {
        said.insert(header::CONTENT_ENCODING, HeaderValue::from_static(coding));
    }
    response
}

/// Whether a browser takes a coding.
fn takes(headers: &HeaderMap, coding: &str) -> bool {
    let lists = headers.get_all(header::ACCEPT_ENCODING).iter().filter_map(|list| list.to_str().ok());
    lists.flat_map(|list| list.split(',')).any(|one| {
        let (name, weight) = one.split_once(';').unwrap_or((one, ""));
        let refused = weight.trim().strip_prefix("q=").is_some_and(|q| q.parse() == Ok(0.0));
        name.trim().eq_ignore_ascii_case(coding) && !refused
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codings_are_taken_as_the_browser_says() {
        for (said, coding, takes_it) in [
            ("gzip, deflate, br, zstd", "br", true),
            ("gzip;q=1.0, br;q=0", "br", false),
            ("gzip; q=0.000", "gzip", false),
            ("BR;q=0.5", "br", true),
            ("", "gzip", false),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(header::ACCEPT_ENCODING, HeaderValue::from_static(said));
            assert_eq!(takes(&headers, coding), takes_it, "{said}: {coding}");
        }
    }

    #[test]
    fn every_script_is_smaller_compressed_and_names_have_a_digest() {
        for file in FILES {
            assert!(file.name.contains('-'), "{}", file.name);
            if file.kind.starts_with("text/javascript") && file.raw.len() > 400 {
                assert!(file.brotli.unwrap().len() < file.gzip.unwrap().len(), "{}", file.name);
            }
        }
        let icons =
            String::from_utf8_lossy(FILES.iter().find(|file| MANIFEST.ends_with(file.name)).unwrap().raw);
        assert_eq!(icons.matches("/assets/icon-").count(), 3, "{icons}");
        assert!(!icons.contains("\"{"), "{icons}");
        assert!(FILES.iter().any(|file| LOADER.contains(file.name)));
    }
}
