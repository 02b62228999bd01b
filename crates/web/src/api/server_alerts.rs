//! `GET /api/v1/status/alerts`: what fires of the server itself; acknowledging and muting one.

use axum::Json;
use axum::body::Bytes;
use axum::extract::Path;
use store::catalog::Workspace;

use super::alerts::{AlertOut, AlertsOut, MuteIn, acknowledged, left_in_peace, listed};
use super::parameters::AlertsIn;
use crate::WebError;
use crate::access::{May, Operate};
use crate::params::Params;
use crate::problem::ProblemOut;

/// What fires, or fired, of the server itself: a history of incidents with their real start and end.
#[utoipa::path(get, path = "/api/v1/status/alerts", tag = "alerts", params(AlertsIn), responses(
    (status = 200, description = "The alerts, newest first", body = AlertsOut),
    (status = 400, description = "A parameter is wrong", body = ProblemOut, content_type = "application/problem+json"),
    (status = 403, description = "Not for who asks, or sent by a page of another site", body = ProblemOut, content_type = "application/problem+json"),
    (status = 500, description = "Something failed here", body = ProblemOut, content_type = "application/problem+json"),
))]
pub(crate) async fn list(state: May<Operate>, params: Params) -> Result<Json<AlertsOut>, WebError> {
    listed(&state, &Workspace::server(), params).await
}

/// Says that somebody saw an alert of the server, so that it does not escalate.
#[utoipa::path(post, path = "/api/v1/status/alerts/{id}/acknowledgement", tag = "alerts", params(("id" = u32, Path, description = "The alert's number")), responses(
    (status = 200, description = "Acknowledged", body = AlertOut),
    (status = 403, description = "Not for who asks, or sent by a page of another site", body = ProblemOut, content_type = "application/problem+json"),
    (status = 404, description = "There is no such alert", body = ProblemOut, content_type = "application/problem+json"),
    (status = 500, description = "Something failed here", body = ProblemOut, content_type = "application/problem+json"),
))]
pub(crate) async fn acknowledge(
    state: May<Operate>,
    Path(id): Path<String>,
    params: Params,
) -> Result<Json<AlertOut>, WebError> {
    params.done()?;
    acknowledged(&state, &Workspace::server(), &id).await
}

/// Leaves everybody in peace about an alert of the server for a while. It is recorded all the same.
#[utoipa::path(post, path = "/api/v1/status/alerts/{id}/mute", tag = "alerts", params(("id" = u32, Path, description = "The alert's number")), request_body = MuteIn, responses(
    (status = 200, description = "Muted", body = AlertOut),
    (status = 400, description = "It is too long", body = ProblemOut, content_type = "application/problem+json"),
    (status = 403, description = "Not for who asks, or sent by a page of another site", body = ProblemOut, content_type = "application/problem+json"),
    (status = 404, description = "There is no such alert", body = ProblemOut, content_type = "application/problem+json"),
    (status = 500, description = "Something failed here", body = ProblemOut, content_type = "application/problem+json"),
))]
pub(crate) async fn mute(
    state: May<Operate>,
    Path(id): Path<String>,
    params: Params,
    body: Bytes,
) -> Result<Json<AlertOut>, WebError> {
    params.done()?;
    left_in_peace(&state, &Workspace::server(), &id, &body).await
}
