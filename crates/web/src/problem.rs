//! What can go wrong with a request: RFC 9457 JSON for the API, a page for people, one log line for us.

use std::any::Any;
use std::sync::atomic::{AtomicU32, Ordering};

use axum::Json;
use axum::extract::{Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use insight::InsightError;
use jiff::Timestamp;
use ledger::LedgerError;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use store::catalog::CatalogError;
use store::facts::FactsError;
use utoipa::ToSchema;

use crate::AppState;
use crate::pages;
use crate::theme::Theme;

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
            ProblemOut { error_id: next_error_id(), instance: Some(instance.to_owned()), ..self.problem() };
        let id = problem.error_id.as_str();
        match self {
            Self::Internal(error) => {
                tracing::error!(error_id = id, instance, error = causes(error.as_ref()), "request failed");
            }
            Self::Told(_) => tracing::debug!(error_id = id, instance, %problem, "request refused"),
        }
        problem
    }
}

/// An error and what caused it, in a line, each said once.
fn causes(error: &(dyn std::error::Error + 'static)) -> String {
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

/// Unique within a server: the time in microseconds, and a number for those of the same microsecond.
fn next_error_id() -> String {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let count = COUNT.fetch_add(1, Ordering::Relaxed) & 0xfff;
    format!("{:x}-{count:03x}", Timestamp::now().as_microsecond())
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
        match &error {
            FactsError::DiskFull => disk_full(),
            _ => Self::internal(error),
        }
    }
}

/// A full disk is for the sender to know: what was asked can be asked again once there is room.
fn disk_full() -> WebError {
    let detail = "the disk of the data folder is full; nothing was changed";
    WebError::told(StatusCode::INSUFFICIENT_STORAGE, "disk-full", "The disk is full", detail)
        .remedy("make room on it and try again")
}

impl From<CatalogError> for WebError {
    fn from(error: CatalogError) -> Self {
        Self::internal(error)
    }
}

impl From<std::io::Error> for WebError {
    fn from(error: std::io::Error) -> Self {
        Self::internal(error)
    }
}

impl From<LedgerError> for WebError {
    fn from(error: LedgerError) -> Self {
        match &error {
            LedgerError::Refused { file_name, seems, remedy } => Self::told(
                StatusCode::UNPROCESSABLE_ENTITY,
                "refused",
                "This file is no report that can be imported",
                format!("{file_name} seems to be {seems}"),
            )
            .remedy(remedy.clone()),
            LedgerError::NotFound(_) => Self::not_found(error.to_string()),
            LedgerError::Facts(FactsError::DiskFull) => disk_full(),
            _ => Self::internal(error),
        }
    }
}

/// An answer to a panic.
pub(crate) fn caught(panic: Box<dyn Any + Send>) -> Response {
    let text = panic.downcast_ref::<String>().map(String::as_str).or(panic.downcast_ref::<&str>().copied());
    WebError::internal(format!("panic: {}", text.unwrap_or("without words"))).into_response()
}

/// For paths that nobody serves.
pub(crate) async fn nothing_here(request: Request) -> WebError {
    WebError::not_found(format!("there is nothing at {}", request.uri().path()))
}

/// For methods that a path does not know.
pub(crate) async fn not_like_this(request: Request) -> WebError {
    let detail = format!("{} can't be asked with {}", request.uri().path(), request.method());
    WebError::told(StatusCode::METHOD_NOT_ALLOWED, "method", "Not like this", detail)
}

impl IntoResponse for WebError {
    /// Only carries the error; [`render`] makes a page or JSON of it.
    fn into_response(self) -> Response {
        let mut response = StatusCode::INTERNAL_SERVER_ERROR.into_response();
        response.extensions_mut().insert(std::sync::Arc::new(self));
        response
    }
}

/// Turns an error that a response carries into a page or JSON, whichever the path speaks, and logs it.
pub(crate) async fn render(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let (path, theme) = (request.uri().path().to_owned(), Theme::of(request.headers()));
    let mut response = next.run(request).await;
    let Some(error) = response.extensions_mut().remove::<std::sync::Arc<WebError>>() else { return response };
    let problem = error.report(&path);
    let status = StatusCode::from_u16(problem.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let speaks_json = ["/api", "/local", "/healthz", "/livez", "/readyz"];
    let retry_after = problem.retry_after;
    let mut told = if speaks_json.iter().any(|prefix| path.starts_with(prefix)) {
        let json = HeaderValue::from_static("application/problem+json");
        (status, [(header::CONTENT_TYPE, json)], Json(problem)).into_response()
    } else {
        (status, pages::problem::page(&state, theme, problem).await).into_response()
    };
    if let Some(seconds) = retry_after {
        told.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    told
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
}
