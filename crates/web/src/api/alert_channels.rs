//! `/api/v1/alert-channels`: whom alerts are told to. Where a channel leads is sent once and never shown again.

use axum::Json;
use axum::body::Bytes;
use axum::extract::Path;
use axum::http::StatusCode;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use store::catalog::{AlertChannel, ChannelKind, Workspace};
use utoipa::ToSchema;

use super::alerts::sent;
use super::parameters::WorkspaceIn;
use crate::WebError;
use crate::access::{Administer, Asked, May, SeeWork};
use crate::params::Params;
use crate::problem::ProblemOut;
use crate::questions::alerts::{self, Leads, number};
use crate::questions::chosen;
use crate::questions::plans::changed_in;

/// The channels.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AlertChannelsOut {
    /// The channels, oldest first.
    pub channels: Vec<AlertChannelOut>,
}

/// A channel.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AlertChannelOut {
    /// Its number.
    pub id: u32,
    /// Its name.
    pub name: String,
    /// `mail`, `slack`, `teams` or `webhook`.
    pub kind: String,
    /// The recipients, or the host.
    pub place: String,
    /// When it was made.
    #[schema(value_type = String, format = DateTime)]
    pub made_at: Timestamp,
    /// What a webhook's messages are signed with: shown this once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub secret: Option<String>,
}

/// A channel that is to be made.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AlertChannelIn {
    /// Its name.
    pub name: String,
    /// `mail`, `slack`, `teams` or `webhook`.
    pub kind: String,
    /// Recipients separated by commas, or the address of the webhook.
    pub address: String,
}

/// What came of a test.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AlertTestOut {
    /// Whether the message was taken.
    pub was_taken: bool,
    /// Why it was not.
    pub error: Option<String>,
}

impl AlertChannelOut {
    fn of(channel: AlertChannel, secret: Option<String>) -> Self {
        let AlertChannel { id, name, kind, place, made_at } = channel;
        Self { id, name, kind: kind.key().to_owned(), place, made_at, secret }
    }
}

/// The channels.
#[utoipa::path(get, path = "/api/v1/alert-channels", tag = "alerts", params(WorkspaceIn), responses(
    (status = 200, description = "The channels, oldest first", body = AlertChannelsOut),
    (status = 400, description = "A parameter is wrong", body = ProblemOut, content_type = "application/problem+json"),
    (status = 500, description = "Something failed here", body = ProblemOut, content_type = "application/problem+json"),
))]
pub(crate) async fn list(
    state: May<SeeWork>,
    mut params: Params,
) -> Result<Json<AlertChannelsOut>, WebError> {
    let workspace = chosen(&state, &mut params).await?;
    params.done()?;
    listed(&state, &workspace).await
}

/// The channels of a workspace or of the server.
pub(super) async fn listed(state: &Asked, workspace: &Workspace) -> Result<Json<AlertChannelsOut>, WebError> {
    let channels = state.catalog().alert_channels(workspace.id).await?;
    let channels = channels.into_iter().map(|channel| AlertChannelOut::of(channel, None)).collect();
    Ok(Json(AlertChannelsOut { channels }))
}

/// Makes a channel.
#[utoipa::path(post, path = "/api/v1/alert-channels", tag = "alerts", params(WorkspaceIn), request_body = AlertChannelIn, responses(
    (status = 201, description = "Made; a webhook's secret is shown this once", body = AlertChannelOut),
    (status = 400, description = "A field is wrong", body = ProblemOut, content_type = "application/problem+json"),
    (status = 403, description = "Sent by a page of another site", body = ProblemOut, content_type = "application/problem+json"),
    (status = 409, description = "There are too many", body = ProblemOut, content_type = "application/problem+json"),
    (status = 500, description = "Something failed here", body = ProblemOut, content_type = "application/problem+json"),
))]
pub(crate) async fn create(
    state: May<Administer>,
    mut params: Params,
    body: Bytes,
) -> Result<(StatusCode, Json<AlertChannelOut>), WebError> {
    let workspace = changed_in(&state, &mut params).await?;
    params.done()?;
    made(&state, &workspace, &body).await
}

/// Makes a channel of a workspace or of the server.
pub(super) async fn made(
    state: &Asked,
    workspace: &Workspace,
    body: &[u8],
) -> Result<(StatusCode, Json<AlertChannelOut>), WebError> {
    let AlertChannelIn { name, kind, address } = sent(body)?;
    let kind: ChannelKind = kind.parse().map_err(|error: domain::UnknownWord| {
        WebError::parameter("kind", "it is not known", &error.to_string())
    })?;
    let made = alerts::make_channel(state, workspace, Leads { name, kind, address }).await?;
    Ok((StatusCode::CREATED, Json(AlertChannelOut::of(made.channel, made.secret))))
}

/// Deletes a channel, and where it led. Rules that named it tell the others.
#[utoipa::path(delete, path = "/api/v1/alert-channels/{id}", tag = "alerts",
    params(("id" = u32, Path, description = "The channel's number"), WorkspaceIn), responses(
    (status = 204, description = "Deleted"),
    (status = 403, description = "Sent by a page of another site", body = ProblemOut, content_type = "application/problem+json"),
    (status = 500, description = "Something failed here", body = ProblemOut, content_type = "application/problem+json"),
))]
pub(crate) async fn delete(
    state: May<Administer>,
    Path(id): Path<String>,
    mut params: Params,
) -> Result<StatusCode, WebError> {
    let workspace = changed_in(&state, &mut params).await?;
    params.done()?;
    alerts::delete_channel(&state, &workspace, number("channel", &id)?).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Sends a channel a message that says it is a test.
#[utoipa::path(post, path = "/api/v1/alert-channels/{id}/test", tag = "alerts",
    params(("id" = u32, Path, description = "The channel's number"), WorkspaceIn), responses(
    (status = 200, description = "Whether it was taken", body = AlertTestOut),
    (status = 403, description = "Sent by a page of another site", body = ProblemOut, content_type = "application/problem+json"),
    (status = 500, description = "Something failed here", body = ProblemOut, content_type = "application/problem+json"),
))]
pub(crate) async fn test(
    state: May<Administer>,
    Path(id): Path<String>,
    mut params: Params,
) -> Result<Json<AlertTestOut>, WebError> {
    let workspace = changed_in(&state, &mut params).await?;
    params.done()?;
    tested(&state, &workspace, &id).await
}

/// Tests a channel of a workspace or of the server.
pub(super) async fn tested(
    state: &Asked,
    workspace: &Workspace,
    id: &str,
) -> Result<Json<AlertTestOut>, WebError> {
    let outcome = alerts::test_channel(state, workspace, number("channel", id)?).await?;
    let error = outcome.err().map(|error| error.to_string());
    Ok(Json(AlertTestOut { was_taken: error.is_none(), error }))
}
