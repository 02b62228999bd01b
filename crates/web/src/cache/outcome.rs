//! What came of computing an answer, in a form that any number of requests can share.

use std::cell::Cell;
use std::sync::Arc;

use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;

use super::kept::Kept;
use crate::WebError;

/// Largest answer that is held in memory. The most rows an answer has weigh a tenth of it.
const MOST_BYTES: usize = 64 << 20;

tokio::task_local! {
    /// Whether the answer that this task computes is whole.
    static IS_WHOLE: Cell<bool>;
}

/// Says of the answer that is being computed that a part of it failed: it is shown, but not kept.
pub(crate) fn not_to_be_kept() {
    // Nothing is computed to be kept where there is nobody to tell.
    let _ = IS_WHOLE.try_with(|is_whole| is_whole.set(false));
}

/// What came of computing an answer.
#[derive(Clone, Debug)]
pub(super) enum Outcome {
    /// An answer that may be kept.
    Kept(Arc<Kept>),
    /// An error, which is not.
    Refused(Arc<WebError>),
    /// Anything else, such as a redirect, for those who wait only.
    Passed(Arc<Passed>),
}

/// A response for those who wait only.
#[derive(Debug)]
pub(super) struct Passed {
    status: StatusCode,
    headers: HeaderMap,
    body: Bytes,
    /// Whether a part of it failed.
    has_failed: bool,
}

impl Outcome {
    pub fn refused(error: WebError) -> Self {
        Self::Refused(Arc::new(error))
    }

    /// Has an answer computed from a state of the data.
    pub async fn of(computing: impl Future<Output = Response>, version: u64) -> Self {
        let watched = async { (computing.await, IS_WHOLE.with(Cell::get)) };
        let (response, is_whole) = IS_WHOLE.scope(Cell::new(true), watched).await;
        let (mut parts, body) = response.into_parts();
        if let Some(error) = parts.extensions.remove::<Arc<WebError>>() {
            return Self::Refused(error);
        }
        let body = match to_bytes(body, MOST_BYTES).await {
            Ok(body) => body,
            Err(error) => return Self::refused(WebError::internal(error)),
        };
        let (status, mut headers) = (parts.status, parts.headers);
        headers.remove(header::CONTENT_LENGTH);
        let is_personal =
            headers.contains_key(header::SET_COOKIE) || headers.contains_key(header::CACHE_CONTROL);
        if status != StatusCode::OK || is_personal || !is_whole {
            return Self::Passed(Arc::new(Passed { status, headers, body, has_failed: !is_whole }));
        }
        Self::Kept(Arc::new(Kept::new(version, headers, body)))
    }

    /// The status with which it failed for a reason of ours, if it did.
    pub fn failure(&self) -> Option<u16> {
        match self {
            Self::Refused(error) => Some(error.problem().status).filter(|status| *status >= 500),
            Self::Passed(passed) if passed.has_failed => Some(passed.status.as_u16()),
            Self::Kept(_) | Self::Passed(_) => None,
        }
    }
}

impl Passed {
    /// The response.
    pub fn response(&self) -> Response {
        (self.status, self.headers.clone(), Body::from(self.body.clone())).into_response()
    }
}

/// A response that carries an error which others carry too; `problem::render` makes a page or JSON of it.
pub(super) fn carrying(error: Arc<WebError>) -> Response {
    let mut response = StatusCode::INTERNAL_SERVER_ERROR.into_response();
    response.extensions_mut().insert(error);
    response
}
