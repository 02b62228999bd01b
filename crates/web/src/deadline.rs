//! Nobody waits for ever: reading has a deadline. Imports take as long as they take.

use std::time::Duration;

use axum::extract::{Request, State};
use axum::http::{Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use crate::{AppState, WebError};

/// Answers with a problem where an answer is not ready in time.
pub(crate) async fn in_time(State(state): State<AppState>, request: Request, next: Next) -> Response {
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        return next.run(request).await;
    }
    let deadline = state.limits.deadline;
    tokio::time::timeout(deadline, next.run(request)).await.unwrap_or_else(|_| late(deadline).into_response())
}

/// That an answer is not ready in time.
pub(crate) fn late(deadline: Duration) -> WebError {
    let detail = format!("no answer within {} seconds", deadline.as_secs());
    WebError::told(StatusCode::SERVICE_UNAVAILABLE, "late", "This took too long", detail)
        .remedy("ask for fewer days or coarser pieces, or try again when the machine is less busy")
        .retry_after(10)
}
