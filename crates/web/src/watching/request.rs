//! A request as it is measured: by the pattern of its route, never by its address, which may hold names.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Instant;

use axum::extract::{MatchedPath, Request};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method};
use axum::response::Response;
use jiff::Timestamp;
use watch::Watch;

use crate::AppState;
use crate::spans::Tracing;

/// Under which name requests are told from each other, here, by a proxy in front, and in the log.
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
/// The longest id that is taken from a proxy.
const LONGEST_ID: usize = 64;
/// The route of what nobody serves.
const NO_ROUTE: &str = "none";

tokio::task_local! {
    static ABOUT: Arc<About>;
}

/// What is known of the request that is being answered.
#[derive(Debug)]
pub(crate) struct About {
    /// Its id.
    pub(crate) id: String,
    /// Where is told what fails.
    pub(crate) watch: Watch,
    /// Where its span is told, if it is.
    pub(crate) tracing: Option<Tracing>,
    route: Option<MatchedPath>,
    /// The workspace's number; 0 while it is not known.
    workspace: AtomicU32,
}

impl About {
    /// The pattern of its route.
    pub(crate) fn route(&self) -> &str {
        self.route.as_ref().map_or(NO_ROUTE, MatchedPath::as_str)
    }

    /// The request that this task answers, if it answers one.
    pub(crate) fn now() -> Option<Arc<Self>> {
        ABOUT.try_with(Clone::clone).ok()
    }

    /// The workspace's number, once it is known.
    pub(crate) fn workspace(&self) -> Option<u32> {
        Some(self.workspace.load(Ordering::Relaxed)).filter(|workspace| *workspace > 0)
    }

    /// Says whose data the request is about.
    pub(crate) fn is_of(workspace: u32) {
        let _ = ABOUT.try_with(|about| about.workspace.store(workspace, Ordering::Relaxed));
    }

    /// Answers a part of the request, on a task of its own too.
    pub(crate) async fn over<F: Future>(about: Option<Arc<Self>>, part: F) -> F::Output {
        match about {
            Some(about) => ABOUT.scope(about, part).await,
            None => part.await,
        }
    }
}

/// A request that is measured, has an id, and of which the log is told how it ended.
pub(crate) struct Measured {
    begun: Instant,
    method: &'static str,
    about: Arc<About>,
}

impl Measured {
    /// One that comes in now; none where nothing is measured.
    pub(crate) fn begin(state: &AppState, request: &Request) -> Option<Self> {
        let begun = state.is_measured.then(Instant::now)?;
        let route = request.extensions().get::<MatchedPath>().cloned();
        let tracing = state.spans.as_ref().zip(route.as_ref());
        let about = About {
            id: given(request.headers()).unwrap_or_else(next_id),
            watch: state.watch.clone(),
            tracing: tracing.and_then(|(spans, route)| spans.follow(route.as_str(), request.headers())),
            route,
            workspace: AtomicU32::new(0),
        };
        Some(Self { begun, method: word(request.method()), about: Arc::new(about) })
    }

    /// Measures how it is answered.
    pub(crate) async fn over(measured: Option<Self>, answer: impl Future<Output = Response>) -> Response {
        let Some(Self { begun, method, about }) = measured else { return answer.await };
        let requests = about.watch.requests();
        let running = requests.begin();
        let mut response = ABOUT.scope(about.clone(), answer).await;
        drop(running);
        let (status, took) = (response.status().as_u16(), begun.elapsed());
        requests.answered(about.watch.meter(), method, about.route(), status, took);
        if let Some(tracing) = &about.tracing {
            tracing.answered(method, &about, status, took);
        }
        tracing::info!(
            target: "adroit::request",
            request_id = about.id,
            method,
            route = about.route(),
            status,
            workspace = about.workspace.load(Ordering::Relaxed),
            micros = u64::try_from(took.as_micros()).unwrap_or(u64::MAX),
            "answered"
        );
        if let Ok(id) = HeaderValue::from_str(&about.id) {
            response.headers_mut().insert(REQUEST_ID, id);
        }
        response
    }
}

/// A method as it is counted: those that nobody serves are one.
fn word(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::PATCH => "PATCH",
        Method::DELETE => "DELETE",
        _ => "other",
    }
}

/// The id that something in front gave, if it is one.
fn given(headers: &HeaderMap) -> Option<String> {
    let id = headers.get(REQUEST_ID)?.to_str().ok()?;
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
    ((8..=LONGEST_ID).contains(&id.len()) && id.bytes().all(fits)).then(|| id.to_owned())
}

/// Unique within a server: the time in microseconds, and a number for those of the same microsecond.
pub(crate) fn next_id() -> String {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let count = COUNT.fetch_add(1, Ordering::Relaxed) & 0xfff;
    format!("{:x}-{count:03x}", Timestamp::now().as_microsecond())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_of_a_proxy_are_taken_where_they_are_ids() {
        for (said, taken) in [
            ("0123456789abcdef", true),
            ("5f0c1b2a-1c3d-4e5f-8a9b-0c1d2e3f4a5b", true),
            ("short", false),
            ("with \"quotes\" and spaces", false),
            (&"a".repeat(65), false),
        ] {
            let headers = HeaderMap::from_iter([(REQUEST_ID, said.parse().unwrap())]);
            assert_eq!(given(&headers).is_some(), taken, "{said}");
        }
        assert_ne!(next_id(), next_id());
    }
}
