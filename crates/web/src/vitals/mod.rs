//! `POST /api/v1/vitals`: what visits were like, as browsers tell it. Anybody can send anything here: what is taken is small, of
//! known words and sizes, at a bounded rate, into a bounded number of series and groups; what is not is refused whole.

mod beacon;
mod intake;

use axum::body::Bytes;
use axum::http::StatusCode;

use crate::WebError;
use crate::access::{Anybody, May};
use crate::params::Params;
use crate::problem::ProblemOut;
use beacon::Beacon;

pub use beacon::BeaconIn;
pub(crate) use intake::{Intake, NOTICED, THRESHOLDS};

/// Largest message.
pub(crate) const LARGEST: usize = 8 << 10;

/// Takes what a browser tells of a visit, without cookies, addresses or words of a page. Which page, how quick, what went wrong.
#[utoipa::path(post, path = "/api/v1/vitals", tag = "health", request_body(content = BeaconIn, content_type = "text/plain"), responses(
    (status = 204, description = "Taken"),
    (status = 400, description = "It is no message of our script", body = ProblemOut, content_type = "application/problem+json"),
    (status = 404, description = "The server wants to know nothing of visits", body = ProblemOut, content_type = "application/problem+json"),
    (status = 413, description = "It is too large", body = ProblemOut, content_type = "application/problem+json"),
    (status = 429, description = "Too many are sent", body = ProblemOut, content_type = "application/problem+json"),
))]
pub(crate) async fn take(state: May<Anybody>, params: Params, body: Bytes) -> Result<StatusCode, WebError> {
    params.done()?;
    if state.vitals_percent == 0 {
        return Err(WebError::not_found("this server wants to know nothing of visits"));
    }
    if !state.vitals.has_room() {
        let detail = "more visits are told of than this server takes";
        let told = WebError::told(StatusCode::TOO_MANY_REQUESTS, "too-many", "Too many messages", detail);
        return Err(told.remedy("send less").retry_after(60));
    }
    let beacon =
        Beacon::read(&body).map_err(|wrong| WebError::body(format!("the message is refused: {wrong}")))?;
    state.vitals.keep(&state.watch, &beacon);
    Ok(StatusCode::NO_CONTENT)
}
