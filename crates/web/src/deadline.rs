//! Nobody waits for ever: reading has a deadline. Imports take as long as they take.

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
    tokio::time::timeout(state.limits.deadline, next.run(request)).await.unwrap_or_else(|_| {
        let detail = format!("no answer within {} seconds", state.limits.deadline.as_secs());
        WebError::told(StatusCode::SERVICE_UNAVAILABLE, "late", "This took too long", detail)
            .remedy("ask for fewer days or coarser pieces, or try again when the machine is less busy")
            .into_response()
    })
}
