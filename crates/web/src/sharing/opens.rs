//! How often links are opened: counted in memory, written down now and then, as one write for each reader would hold up the rest.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::http::{HeaderMap, Method, Uri};
use jiff::Timestamp;
use store::catalog::{Opens, SharedLink};

use crate::{AppState, WebError};

/// How often what was counted is written down.
const EVERY: Duration = Duration::from_secs(30);

/// Opens that are not written down yet, by the numbers of links.
#[derive(Default)]
pub(super) struct Opened(Mutex<HashMap<u32, Opens>>);

impl Opened {
    /// Counts one more.
    pub(super) fn one_more(&self, link: u32, now: Timestamp) {
        self.add(link, Opens { count: 1, last: now });
    }

    /// The link with what is not written down of it yet.
    pub(super) fn with(&self, link: SharedLink) -> SharedLink {
        match self.lock().get(&link.id) {
            Some(more) => SharedLink {
                opens: link.opens + u64::from(more.count),
                opened_at: link.opened_at.max(Some(more.last)),
                ..link
            },
            None => link,
        }
    }

    fn add(&self, link: u32, more: Opens) {
        let mut waiting = self.lock();
        let opens = waiting.entry(link).or_insert(Opens { count: 0, last: more.last });
        opens.count = opens.count.saturating_add(more.count);
        opens.last = opens.last.max(more.last);
    }

    fn take(&self) -> HashMap<u32, Opens> {
        std::mem::take(&mut *self.lock())
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<u32, Opens>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whether a request is somebody's who opens a page: not its second page or order, no look ahead of a browser, nothing but a page.
pub(super) fn is_open(method: &Method, uri: &Uri, headers: &HeaderMap) -> bool {
    let said = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let is_ahead = ["sec-purpose", "purpose", "x-moz"].iter().any(|name| said(name).contains("prefetch"));
    let is_page = matches!(said("sec-fetch-dest"), "" | "document" | "iframe" | "frame");
    *method == Method::GET && uri.query().is_none_or(str::is_empty) && is_page && !is_ahead
}

impl AppState {
    /// Writes down how often shared links were opened since that was last done.
    ///
    /// # Errors
    /// If the catalog fails; then it is written down next time.
    pub async fn write_opens(&self) -> Result<(), WebError> {
        let waiting = self.sharing.opened.take();
        if waiting.is_empty() {
            return Ok(());
        }
        let written = self.catalog().add_opens(&waiting).await;
        if written.is_err() {
            waiting.into_iter().for_each(|(link, more)| self.sharing.opened.add(link, more));
        }
        Ok(written?)
    }
}

/// Writes down now and then how often shared links were opened; until it is dropped. What is left then is for
/// [`AppState::write_opens`].
pub async fn keep_opens(state: AppState) {
    loop {
        tokio::time::sleep(EVERY).await;
        if let Err(error) = state.write_opens().await {
            tracing::warn!(
                error = crate::problem::causes(&error),
                "how often links were opened is not written down"
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_opened_by_who_loads_it() {
        for (method, path, name, value, counts) in [
            (Method::GET, "/s/adh_x", "accept", "text/html", true),
            (Method::GET, "/s/adh_x", "sec-fetch-dest", "iframe", true),
            (Method::GET, "/s/adh_x?", "sec-fetch-dest", "document", true),
            (Method::HEAD, "/s/adh_x", "accept", "text/html", false),
            (Method::GET, "/s/adh_x?sort=-spend", "accept", "text/html", false),
            (Method::GET, "/s/adh_x", "sec-purpose", "prefetch;prerender", false),
            (Method::GET, "/s/adh_x", "sec-fetch-dest", "image", false),
        ] {
            let headers = HeaderMap::from_iter([(name.parse().unwrap(), value.parse().unwrap())]);
            assert_eq!(is_open(&method, &path.parse().unwrap(), &headers), counts, "{method} {path} {name}");
        }
    }
}
