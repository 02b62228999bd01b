//! `GET /api/v1/alerts`, acknowledging and muting one.

use axum::Json;
use axum::body::Bytes;
use axum::extract::Path;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use store::catalog::{Alert, AlertState, NoticeOf, Workspace};
use utoipa::ToSchema;

use super::parameters::{AlertsIn, WorkspaceIn};
use crate::WebError;
use crate::access::{Asked, May, SeeWork, SetAlerts};
use crate::params::Params;
use crate::problem::ProblemOut;
use crate::questions::alerts::{MOST_SHOWN, mute as muted, number, refused};
use crate::questions::chosen;
use crate::questions::plans::changed_in;

/// Alerts, newest first.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct AlertsOut {
    /// The alerts.
    pub alerts: Vec<AlertOut>,
    /// Give this as `before` for older ones, if there are any.
    pub next_before: Option<u32>,
}

/// An alert.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct AlertOut {
    /// Its number.
    pub id: u32,
    /// The rule that it is of.
    pub rule_id: u32,
    /// The rule's name when it began.
    pub title: String,
    /// What it is about.
    pub subject: String,
    /// The same for programs: `account 2`, `campaign 7`, `plan 3`, `platform google_ads`, `disk`; of the server itself also `requests`,
    /// `route /campaigns`, `page /campaigns`, `check engine`, `imports`, `objective availability`.
    pub subject_key: String,
    /// `normal` or `urgent`.
    pub severity: String,
    /// `firing` or `resolved`.
    pub state: String,
    /// When its condition began to hold.
    #[schema(value_type = String, format = DateTime)]
    pub pending_since: Timestamp,
    /// When it fired.
    #[schema(value_type = String, format = DateTime)]
    pub fired_at: Timestamp,
    /// When it was over.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub resolved_at: Option<Timestamp>,
    /// When more people were told, as nobody had acknowledged it.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub escalated_at: Option<Timestamp>,
    /// When somebody acknowledged it.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub acknowledged_at: Option<Timestamp>,
    /// Until when nobody is told of it.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub muted_until: Option<Timestamp>,
    /// Why it fires, or fired at last.
    pub words: String,
    /// What channels were told.
    pub notices: Vec<NoticeOut>,
}

/// What a channel was told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct NoticeOut {
    /// `fired`, `escalated` or `resolved`.
    pub event: String,
    /// The channel's name.
    pub channel: String,
    /// `waiting`, `sending`, `sent` or `given_up`.
    pub state: String,
    /// When it was sent.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub sent_at: Option<Timestamp>,
    /// Why it was not taken at last.
    pub error: Option<String>,
}

/// For how long nobody is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MuteIn {
    /// For so many hours, at most 2160; 0 ends it.
    pub hours: u32,
}

impl AlertOut {
    pub(crate) fn of(alert: Alert, notices: &[NoticeOf]) -> Self {
        let own = notices.iter().filter(|notice| notice.alert == alert.id);
        let told = |notice: &NoticeOf| NoticeOut {
            event: notice.event.clone(),
            channel: notice.channel.clone(),
            state: notice.state.clone(),
            sent_at: notice.sent_at,
            error: notice.error.clone(),
        };
        Self {
            notices: own.map(told).collect(),
            id: alert.id,
            rule_id: alert.rule,
            title: alert.title,
            subject: alert.subject,
            subject_key: alert.subject_key,
            severity: if alert.is_urgent { "urgent" } else { "normal" }.to_owned(),
            state: if alert.state == AlertState::Firing { "firing" } else { "resolved" }.to_owned(),
            pending_since: alert.pending_since,
            fired_at: alert.fired_at,
            resolved_at: alert.resolved_at,
            escalated_at: alert.escalated_at,
            acknowledged_at: alert.acknowledged.map(|(at, _)| at),
            muted_until: alert.muted_until.filter(|until| *until > Timestamp::now()),
            words: alert.words,
        }
    }
}

/// What fires, or fired. Alerts that are over are the history of incidents, with their real start and end.
#[utoipa::path(get, path = "/api/v1/alerts", tag = "alerts", params(WorkspaceIn, AlertsIn), responses(
    (status = 200, description = "The alerts, newest first", body = AlertsOut),
    (status = 400, description = "A parameter is wrong", body = ProblemOut, content_type = "application/problem+json"),
    (status = 500, description = "Something failed here", body = ProblemOut, content_type = "application/problem+json"),
))]
pub(crate) async fn list(state: May<SeeWork>, mut params: Params) -> Result<Json<AlertsOut>, WebError> {
    let workspace = chosen(&state, &mut params).await?;
    listed(&state, &workspace, params).await
}

/// What fires, or fired, of a workspace or of the server.
pub(super) async fn listed(
    state: &Asked,
    workspace: &Workspace,
    mut params: Params,
) -> Result<Json<AlertsOut>, WebError> {
    let which = params.text("state")?;
    let before = params.parsed_as("before", "use the next_before of an answer")?;
    params.done()?;
    let alerts = match which.as_deref() {
        None | Some("firing") => state.catalog().firing_alerts(workspace.id, MOST_SHOWN).await?,
        Some("resolved") => state.catalog().past_alerts(workspace.id, before, MOST_SHOWN).await?,
        Some(_) => return Err(WebError::parameter("state", "it is not known", "use firing or resolved")),
    };
    let is_full = which.as_deref() == Some("resolved") && alerts.len() == MOST_SHOWN as usize;
    let next_before = alerts.last().filter(|_| is_full).map(|alert| alert.id);
    let ids: Vec<u32> = alerts.iter().map(|alert| alert.id).collect();
    let notices = state.catalog().notices_of(workspace.id, &ids).await?;
    let alerts = alerts.into_iter().map(|alert| AlertOut::of(alert, &notices)).collect();
    Ok(Json(AlertsOut { alerts, next_before }))
}

/// Says that somebody saw an alert, so that it does not escalate.
#[utoipa::path(post, path = "/api/v1/alerts/{id}/acknowledgement", tag = "alerts",
    params(("id" = u32, Path, description = "The alert's number"), WorkspaceIn), responses(
    (status = 200, description = "Acknowledged", body = AlertOut),
    (status = 403, description = "Sent by a page of another site", body = ProblemOut, content_type = "application/problem+json"),
    (status = 404, description = "There is no such alert", body = ProblemOut, content_type = "application/problem+json"),
    (status = 500, description = "Something failed here", body = ProblemOut, content_type = "application/problem+json"),
))]
pub(crate) async fn acknowledge(
    state: May<SetAlerts>,
    Path(id): Path<String>,
    mut params: Params,
) -> Result<Json<AlertOut>, WebError> {
    let workspace = changed_in(&state, &mut params).await?;
    params.done()?;
    acknowledged(&state, &workspace, &id).await
}

/// Says that somebody saw an alert of a workspace or of the server.
pub(super) async fn acknowledged(
    state: &Asked,
    workspace: &Workspace,
    id: &str,
) -> Result<Json<AlertOut>, WebError> {
    let id = number("alert", id)?;
    let alert =
        state.catalog().acknowledge_alert(workspace.id, id, &state.by.name()).await.map_err(refused)?;
    let notices = state.catalog().notices_of(workspace.id, &[id]).await?;
    Ok(Json(AlertOut::of(alert, &notices)))
}

/// Leaves everybody in peace about an alert for a while. It is recorded all the same.
#[utoipa::path(post, path = "/api/v1/alerts/{id}/mute", tag = "alerts", request_body = MuteIn,
    params(("id" = u32, Path, description = "The alert's number"), WorkspaceIn), responses(
    (status = 200, description = "Muted", body = AlertOut),
    (status = 400, description = "It is too long", body = ProblemOut, content_type = "application/problem+json"),
    (status = 403, description = "Sent by a page of another site", body = ProblemOut, content_type = "application/problem+json"),
    (status = 404, description = "There is no such alert", body = ProblemOut, content_type = "application/problem+json"),
    (status = 500, description = "Something failed here", body = ProblemOut, content_type = "application/problem+json"),
))]
pub(crate) async fn mute(
    state: May<SetAlerts>,
    Path(id): Path<String>,
    mut params: Params,
    body: Bytes,
) -> Result<Json<AlertOut>, WebError> {
    let workspace = changed_in(&state, &mut params).await?;
    params.done()?;
    left_in_peace(&state, &workspace, &id, &body).await
}

/// Mutes an alert of a workspace or of the server.
pub(super) async fn left_in_peace(
    state: &Asked,
    workspace: &Workspace,
    id: &str,
    body: &[u8],
) -> Result<Json<AlertOut>, WebError> {
    let MuteIn { hours } = sent(body)?;
    let id = number("alert", id)?;
    let alert = muted(state, workspace, id, hours).await?;
    let notices = state.catalog().notices_of(workspace.id, &[id]).await?;
    Ok(Json(AlertOut::of(alert, &notices)))
}

/// What was sent as JSON.
pub(super) fn sent<T: serde::de::DeserializeOwned>(body: &[u8]) -> Result<T, WebError> {
    serde_json::from_slice(body)
        .map_err(|error| WebError::body(error.to_string()).remedy("send JSON as the API's description says"))
}
