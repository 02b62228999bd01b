//! What can go wrong with a request: RFC 9457 JSON for the API, a page for people, one log line for us.

use axum::Json;
use axum::body::to_bytes;
use axum::extract::Request;
use axum::http::{HeaderValue, Method, StatusCode, Uri, header};
use axum::response::{IntoResponse, Redirect, Response};
use insight::InsightError;
use ledger::LedgerError;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use store::catalog::CatalogError;
use store::facts::FactsError;
use tokio::task::JoinError;
use utoipa::ToSchema;
use watch::{Failure, WatchError};

use crate::AppState;
use crate::access::{May, SeeFigures, Visitor};
use crate::entrance::Origin;
use crate::link::Link;
use crate::pages;
use crate::theme::Theme;
use crate::watching::{About, Panicked, next_id};

/// The kind of problem of who did not sign in.
pub(crate) const NOT_SIGNED_IN: &str = "urn:adroit:sign-in";

/// The kind of problem of whom their organisation demands a second factor of, and who has none.
const NO_FACTOR: &str = "urn:adroit:second-factor";

/// What can go wrong with a request.
#[derive(Debug, thiserror::Error)]
pub enum WebError {
    /// The request is wrong in a way the sender can mend.
    #[error("{0}")]
    Told(Box<ProblemOut>),
    /// Something failed here; only the log says what.
    #[error("{0}")]
    Internal(#[source] Box<dyn std::error::Error + Send + Sync>),
}

/// A problem, as RFC 9457 (`application/problem+json`) writes it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema, thiserror::Error)]
#[error("{title}: {detail}")]
pub struct ProblemOut {
    /// What kind of problem it is, for programs to compare; `urn:adroit:` and a word.
    #[serde(rename = "type")]
    #[schema(example = "urn:adroit:parameter")]
    pub kind: String,
    /// The kind in words.
    pub title: String,
    /// The HTTP status.
    pub status: u16,
    /// What is wrong in this case.
    pub detail: String,
    /// The path that was asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub instance: Option<String>,
    /// Under this id the server's log has it.
    pub error_id: String,
    /// The parameter that is wrong.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub parameter: Option<String>,
    /// What would be right.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub remedy: Option<String>,
    /// Where what was sent differs from what is so now, if somebody else changed it meanwhile.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub difference: Vec<DifferenceOut>,
    /// When to try again, in seconds; also in the header `Retry-After`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_after: Option<u32>,
}

/// A field in which what was sent differs from what is so now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct DifferenceOut {
    /// Its name.
    #[schema(example = "monthly_budget_micros")]
    pub field: String,
    /// What was sent.
    #[schema(value_type = Object)]
    pub yours: Value,
    /// What is so now.
    #[schema(value_type = Object)]
    pub theirs: Value,
}

impl WebError {
    /// A problem the sender can mend.
    pub fn told(status: StatusCode, kind: &str, title: &str, detail: impl Into<String>) -> Self {
        Self::Told(Box::new(ProblemOut {
            kind: format!("urn:adroit:{kind}"),
            title: title.to_owned(),
            status: status.as_u16(),
            detail: detail.into(),
            ..ProblemOut::default()
        }))
    }

    /// A parameter is wrong.
    pub fn parameter(name: &str, detail: &str, remedy: &str) -> Self {
        let detail = format!("parameter '{name}': {detail}");
        let wrong = Self::told(StatusCode::BAD_REQUEST, "parameter", "A parameter is wrong", detail);
        wrong.about(Some(name), remedy)
    }

    /// The body can't be read.
    pub fn body(detail: impl Into<String>) -> Self {
        Self::told(StatusCode::BAD_REQUEST, "body", "The request can't be read", detail)
    }

    /// What was asked for is not there.
    pub fn not_found(detail: impl Into<String>) -> Self {
        Self::told(StatusCode::NOT_FOUND, "not-found", "Not found", detail)
    }

    /// Something failed here.
    pub fn internal(error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self::Internal(error.into())
    }

    /// The same problem with what would be right.
    #[must_use]
    pub fn remedy(self, remedy: impl Into<String>) -> Self {
        self.about(None, remedy)
    }

    /// The same problem with what was sent beside what is so now.
    #[must_use]
    pub(crate) fn differing(mut self, difference: Vec<DifferenceOut>) -> Self {
        if let Self::Told(problem) = &mut self {
            problem.difference = difference;
        }
        self
    }

    /// The same problem with when to try again, in seconds.
    #[must_use]
    pub fn retry_after(mut self, seconds: u32) -> Self {
        if let Self::Told(problem) = &mut self {
            problem.retry_after = Some(seconds);
        }
        self
    }

    fn about(mut self, parameter: Option<&str>, remedy: impl Into<String>) -> Self {
        if let Self::Told(problem) = &mut self {
            problem.parameter = parameter.map(str::to_owned);
            problem.remedy = Some(remedy.into());
        }
        self
    }

    /// Whether it failed here, so that the sender can do nothing but ask again.
    pub(crate) fn is_ours(&self) -> bool {
        self.problem().status >= 500
    }

    /// What the sender is told.
    pub fn problem(&self) -> ProblemOut {
        match self {
            Self::Told(problem) => problem.as_ref().clone(),
            Self::Internal(_) => ProblemOut {
                kind: "urn:adroit:internal".to_owned(),
                title: "Something failed here".to_owned(),
                status: StatusCode::INTERNAL_SERVER_ERROR.as_u16(),
                detail:
                    "The server could not answer. Nothing was changed unless an import had already finished."
                        .to_owned(),
                remedy: Some("try again; if it stays, look for the error id in the server's log".to_owned()),
                ..ProblemOut::default()
            },
        }
    }

    /// What the sender is told, with an id under which the log has the rest. Logs it: call it once.
    pub fn report(&self, instance: &str) -> ProblemOut {
        let problem =
            ProblemOut { error_id: next_id(), instance: Some(instance.to_owned()), ..self.problem() };
        let id = problem.error_id.as_str();
        // The pattern of the route, as the address itself may hold names.
        let about = About::now();
        let (route, request_id) =
            about.as_ref().map_or((instance, ""), |about| (about.route(), about.id.as_str()));
        match self {
            Self::Internal(error) => {
                let error = watch::redacted(&causes(error.as_ref()));
                tracing::error!(error_id = id, request_id, route, error, "request failed");
            }
            Self::Told(_) => {
                tracing::debug!(error_id = id, request_id, route, kind = problem.kind, "request refused")
            }
        }
        if let (500.., Some(about)) = (problem.status, &about) {
            let message = self.message();
            let (kind, origin) = (self.kind(), self.origin());
            about.watch.failed(&Failure {
                kind: &kind,
                route,
                origin: &origin,
                message: &message,
                error_id: id,
                request_id,
            });
        }
        problem
    }

    /// What kind of failure it is, for those who group them.
    fn kind(&self) -> String {
        match self {
            Self::Told(problem) => problem.kind.trim_start_matches("urn:adroit:").to_owned(),
            Self::Internal(error) if error.is::<Panicked>() => "panic".to_owned(),
            Self::Internal(error) if error.downcast_ref().is_some_and(JoinError::is_panic) => {
                "panic".to_owned()
            }
            Self::Internal(_) => "internal".to_owned(),
        }
    }

    /// Which part failed.
    fn origin(&self) -> String {
        let Self::Internal(error) = self else { return "server".to_owned() };
        if let Some(panic) = error.downcast_ref::<Panicked>() {
            return panic.place.clone();
        }
        let part = match () {
            () if error.is::<FactsError>() => "facts",
            () if error.is::<CatalogError>() => "catalog",
            () if error.is::<LedgerError>() => "ledger",
            () if error.is::<WatchError>() => "memory",
            () if error.is::<std::io::Error>() => "disk",
            () if error.is::<JoinError>() => "task",
            () => "server",
        };
        part.to_owned()
    }

    fn message(&self) -> String {
        match self {
            Self::Told(problem) => problem.detail.clone(),
            Self::Internal(error) => causes(error.as_ref()),
        }
    }
}

/// An error and what caused it, in a line, each said once.
pub(crate) fn causes(error: &(dyn std::error::Error + 'static)) -> String {
    let mut text = error.to_string();
    let mut next = error.source();
    while let Some(cause) = next {
        let cause_text = cause.to_string();
        if !text.contains(&cause_text) {
            text = format!("{text}: {cause_text}");
        }
        next = cause.source();
    }
    text
}

impl From<InsightError> for WebError {
    fn from(error: InsightError) -> Self {
        match error {
            InsightError::Wrong { parameter, remedy } => {
                Self::parameter(parameter, "it can't be asked like this", &remedy)
            }
            InsightError::NotFound { .. } => Self::not_found(error.to_string()),
            InsightError::Facts(error) => Self::from(error),
        }
    }
}

impl From<FactsError> for WebError {
    fn from(error: FactsError) -> Self {
        ours(error)
    }
}

/// A full disk is for the sender to know: what was asked can be asked again once there is room.
fn disk_full() -> WebError {
    let detail = "the disk of the data folder is full; nothing was changed";
    WebError::told(StatusCode::INSUFFICIENT_STORAGE, "disk-full", "The disk is full", detail)
        .remedy("make room on it and try again")
}

/// Whether an error comes of a full disk, wherever it was met.
fn is_of_full_disk(error: &(dyn std::error::Error + 'static)) -> bool {
    use std::io::ErrorKind::{QuotaExceeded, StorageFull};

    let io = error.downcast_ref::<std::io::Error>().map(std::io::Error::kind);
    // SQLite says it in words alone.
    io.is_some_and(|kind| matches!(kind, StorageFull | QuotaExceeded))
        || matches!(error.downcast_ref(), Some(FactsError::DiskFull))
        || error.to_string().contains("database or disk is full")
        || error.source().is_some_and(is_of_full_disk)
}

/// What failed for a reason of the server's.
fn ours(error: impl std::error::Error + Send + Sync + 'static) -> WebError {
    if is_of_full_disk(&error) { disk_full() } else { WebError::internal(error) }
}

impl From<CatalogError> for WebError {
    fn from(error: CatalogError) -> Self {
        ours(error)
    }
}

impl From<WatchError> for WebError {
    fn from(error: WatchError) -> Self {
        Self::internal(error)
    }
}

impl From<std::io::Error> for WebError {
    fn from(error: std::io::Error) -> Self {
        ours(error)
    }
}

impl From<LedgerError> for WebError {
    fn from(error: LedgerError) -> Self {
        match &error {
            LedgerError::Refused { file_name, seems, remedy, .. } => Self::told(
                StatusCode::UNPROCESSABLE_ENTITY,
                "refused",
                "This file is no report that can be imported",
                format!("{file_name} seems to be {seems}"),
            )
            .remedy(remedy.clone()),
            LedgerError::NotFound(_) => Self::not_found(error.to_string()),
            _ => ours(error),
        }
    }
}

/// For paths that nobody serves.
pub(crate) async fn nothing_here(request: Request) -> WebError {
    let remedy = match request.uri().path().starts_with("/api/") {
        true => "see /api/openapi.json for what there is",
        false => "see whether the address is right, or go on from the overview",
    };
    WebError::not_found(format!("there is nothing at {}", request.uri().path())).remedy(remedy)
}

/// For methods that a path does not know.
pub(crate) async fn not_like_this(request: Request) -> WebError {
    let detail = format!("{} can't be asked with {}", request.uri().path(), request.method());
    WebError::told(StatusCode::METHOD_NOT_ALLOWED, "method", "Not like this", detail)
        .remedy("use one of the methods that the header Allow names")
}

impl IntoResponse for WebError {
    /// Only carries the error; [`render`] makes a page or JSON of it.
    fn into_response(self) -> Response {
        let mut response = StatusCode::INTERNAL_SERVER_ERROR.into_response();
        response.extensions_mut().insert(std::sync::Arc::new(self));
        response
    }
}

/// How what goes wrong with a request is told: as a page or as JSON, whichever its path speaks.
pub(crate) struct Spoken {
    address: Uri,
    /// Whether it can be asked again by its address alone.
    is_repeatable: bool,
    theme: Theme,
    visitor: Visitor,
}

impl Spoken {
    /// What is known of it before it is answered.
    pub(crate) fn of(request: &Request) -> Self {
        Self {
            address: request.uri().clone(),
            is_repeatable: *request.method() == Method::GET,
            theme: Theme::of(request.headers()),
            visitor: request.extensions().get::<Visitor>().cloned().unwrap_or_else(Visitor::nobody),
        }
    }

    /// Tells the error that a response carries, and logs it. Any other response is as it was.
    pub(crate) async fn told(self, state: &AppState, mut response: Response) -> Response {
        let error = match response.extensions_mut().remove::<std::sync::Arc<WebError>>() {
            Some(error) => error,
            None if is_bare(&response) => std::sync::Arc::new(unsaid(response).await),
            None => return response,
        };
        // What is told of errors is not what is to be quick.
        Box::pin(self.tell(state, &error)).await
    }

    async fn tell(self, state: &AppState, error: &WebError) -> Response {
        let Self { address, is_repeatable, theme, visitor } = self;
        let path = address.path();
        let again = is_repeatable.then(|| Link::of(&address).to_string());
        let speaks_json = ["/api", "/local", "/healthz", "/livez", "/readyz", "/metrics"];
        let speaks_json = speaks_json.iter().any(|prefix| path.starts_with(prefix));
        // Who opens a page without having signed in is led to where they can.
        if error.problem().kind == NOT_SIGNED_IN && !speaks_json {
            return pages::door::sign_in::way_in(state, again.as_deref().unwrap_or("/")).await;
        }
        // Who is to set a second factor first is led to where they do.
        if error.problem().kind == NO_FACTOR && !speaks_json && again.is_some() {
            return Redirect::to("/account/second-factor").into_response();
        }
        let problem = error.report(path);
        let asked = May::<SeeFigures>::of(state.clone(), visitor, Origin::default());
        let status = StatusCode::from_u16(problem.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let retry_after = problem.retry_after;
        let mut told = if speaks_json {
            let json = HeaderValue::from_static("application/problem+json");
            (status, [(header::CONTENT_TYPE, json)], Json(problem)).into_response()
        } else {
            (status, pages::problem::page(asked.ok().as_deref(), theme, problem, again).await).into_response()
        };
        if status == StatusCode::UNAUTHORIZED {
            told.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        if let Some(seconds) = retry_after {
            told.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        told
    }
}

/// Whether something refused a request in a few words of its own, as what reads bodies does.
fn is_bare(response: &Response) -> bool {
    let kind = response.headers().get(header::CONTENT_TYPE).map(HeaderValue::as_bytes);
    // Which bytes there are is said in its head.
    let says_range = response.status() == StatusCode::RANGE_NOT_SATISFIABLE;
    response.status().as_u16() >= 400
        && !says_range
        && kind.is_none_or(|kind| kind.starts_with(b"text/plain"))
}

/// What it said, as a problem with what to do.
async fn unsaid(response: Response) -> WebError {
    let status = response.status();
    let said = to_bytes(response.into_body(), 1000).await.unwrap_or_default();
    let said = String::from_utf8_lossy(&said).trim().to_owned();
    let (kind, title, remedy) = match status.as_u16() {
        403 => ("forbidden", "Not allowed", "ask whoever runs this server"),
        404 => ("not-found", "Not found", "see whether the address is right"),
        408 => ("late", "Too slow", "send it again over a better connection"),
        413 => ("too-large", "Too large", "send less at a time"),
        415 => ("kind", "Not this kind of content", "send it as the API's description says"),
        429 => ("too-many", "Too many requests", "wait a little and try again"),
        500.. => ("unavailable", "Not now", "try again in a little while"),
        _ => ("request", "The request can't be read", "send it as the API's description says"),
    };
    let detail = if said.is_empty() { title.to_owned() } else { said };
    WebError::told(status, kind, title, detail).remedy(remedy)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn internals_stay_inside() {
        let error = WebError::internal("/secret/place is on fire");
        assert!(!serde_json::to_string(&error.problem()).unwrap().contains("secret"));
        let (one, other) = (error.report("/"), error.report("/"));
        assert_ne!(one.error_id, other.error_id);
    }

    #[test]
    fn a_full_disk_is_told_as_one_wherever_it_was_met() {
        use std::io::{Error, ErrorKind};

        let unreadable =
            |kind: ErrorKind| LedgerError::Unreadable { path: "a.csv".into(), source: Error::from(kind) };
        for full in [ErrorKind::StorageFull, ErrorKind::QuotaExceeded] {
            for error in [WebError::from(Error::from(full)), WebError::from(unreadable(full))] {
                let problem = error.problem();
                assert_eq!(
                    (problem.status, problem.remedy.as_deref()),
                    (507, Some("make room on it and try again"))
                );
            }
        }
        assert_eq!(WebError::from(FactsError::DiskFull).problem().status, 507);
        assert_eq!(WebError::from(unreadable(ErrorKind::PermissionDenied)).problem().status, 500);
    }
}
