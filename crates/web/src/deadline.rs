//! Nobody waits for ever: reading has a deadline. Imports take as long as they take.

use std::time::Duration;

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};

use crate::{AppState, WebError};

/// The answer to what reads, or a problem where it is not ready in time.
pub(crate) async fn in_time(state: &AppState, answer: impl Future<Output = Response>) -> Response {
    let deadline = state.limits.deadline;
    tokio::time::timeout(deadline, answer).await.unwrap_or_else(|_| late(deadline).into_response())
}

/// That an answer is not ready in time.
pub(crate) fn late(deadline: Duration) -> WebError {
    let detail = format!("no answer within {} seconds", deadline.as_secs());
    WebError::told(StatusCode::SERVICE_UNAVAILABLE, "late", "This took too long", detail)
        .remedy("ask for fewer days or coarser pieces, or try again when the machine is less busy")
        .retry_after(10)
}
