//! `/api/v1/status/alert-channels`: whom alerts of the server itself are told to.

use axum::Json;
use axum::body::Bytes;
use axum::extract::Path;
use axum::http::StatusCode;
use store::catalog::Workspace;

use super::alert_channels::{
    AlertChannelIn, AlertChannelOut, AlertChannelsOut, AlertTestOut, listed, made, tested,
};
use crate::WebError;
use crate::access::{May, Operate};
use crate::params::Params;
use crate::problem::ProblemOut;
use crate::questions::alerts::{self, number};

/// The channels of the server.
#[utoipa::path(get, path = "/api/v1/status/alert-channels", tag = "alerts", responses(
    (status = 200, description = "The channels, oldest first", body = AlertChannelsOut),
    (status = 400, description = "A parameter is wrong", body = ProblemOut, content_type = "application/problem+json"),
    (status = 403, description = "Not for who asks, or sent by a page of another site", body = ProblemOut, content_type = "application/problem+json"),
    (status = 500, description = "Something failed here", body = ProblemOut, content_type = "application/problem+json"),
))]
pub(crate) async fn list(state: May<Operate>, params: Params) -> Result<Json<AlertChannelsOut>, WebError> {
    params.done()?;
    listed(&state, &Workspace::server()).await
}

/// Makes a channel of the server.
#[utoipa::path(post, path = "/api/v1/status/alert-channels", tag = "alerts", request_body = AlertChannelIn, responses(
    (status = 201, description = "Made; a webhook's secret is shown this once", body = AlertChannelOut),
    (status = 400, description = "A field is wrong", body = ProblemOut, content_type = "application/problem+json"),
    (status = 403, description = "Not for who asks, or sent by a page of another site", body = ProblemOut, content_type = "application/problem+json"),
    (status = 409, description = "There are too many", body = ProblemOut, content_type = "application/problem+json"),
    (status = 500, description = "Something failed here", body = ProblemOut, content_type = "application/problem+json"),
))]
pub(crate) async fn create(
    state: May<Operate>,
    params: Params,
    body: Bytes,
) -> Result<(StatusCode, Json<AlertChannelOut>), WebError> {
    params.done()?;
    made(&state, &Workspace::server(), &body).await
}

/// Deletes a channel of the server, and where it led. Rules that named it tell the others.
#[utoipa::path(delete, path = "/api/v1/status/alert-channels/{id}", tag = "alerts", params(("id" = u32, Path, description = "The channel's number")), responses(
    (status = 204, description = "Deleted"),
    (status = 403, description = "Not for who asks, or sent by a page of another site", body = ProblemOut, content_type = "application/problem+json"),
    (status = 500, description = "Something failed here", body = ProblemOut, content_type = "application/problem+json"),
))]
pub(crate) async fn delete(
    state: May<Operate>,
    Path(id): Path<String>,
    params: Params,
) -> Result<StatusCode, WebError> {
    params.done()?;
    alerts::delete_channel(&state, &Workspace::server(), number("channel", &id)?).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Sends a channel of the server a message that says it is a test.
#[utoipa::path(post, path = "/api/v1/status/alert-channels/{id}/test", tag = "alerts", params(("id" = u32, Path, description = "The channel's number")), responses(
    (status = 200, description = "Whether it was taken", body = AlertTestOut),
    (status = 403, description = "Not for who asks, or sent by a page of another site", body = ProblemOut, content_type = "application/problem+json"),
    (status = 500, description = "Something failed here", body = ProblemOut, content_type = "application/problem+json"),
))]
pub(crate) async fn test(
    state: May<Operate>,
    Path(id): Path<String>,
    params: Params,
) -> Result<Json<AlertTestOut>, WebError> {
    params.done()?;
    tested(&state, &Workspace::server(), &id).await
}
