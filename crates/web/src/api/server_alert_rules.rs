//! `/api/v1/status/alert-rules`: what is watched of the server itself.

use axum::Json;
use axum::body::Bytes;
use axum::extract::Path;
use axum::http::{HeaderMap, StatusCode};
use jiff::Timestamp;
use lookout::ServerPreview;
use serde::{Deserialize, Serialize};
use store::catalog::Workspace;
use utoipa::ToSchema;

use super::alert_rules::{AlertRuleOut, AlertRulesOut, MadeRule, Tagged, made, tagged};
use super::alerts::{MuteIn, sent};
use super::parameters::ServerPreviewIn;
use super::plans::version_in;
use crate::WebError;
use crate::access::{May, Operate};
use crate::params::Params;
use crate::problem::ProblemOut;
use crate::questions::alerts::{self, number, tried_days};

/// Days that what was measured is kept for.
const KEPT_DAYS: i32 = 90;

/// When a rule of the server would have fired.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ServerPreviewOut {
    /// The first moment of which anything was measured; null if nothing was, or if the rule is about how things are now.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub from: Option<Timestamp>,
    /// The last.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub to: Option<Timestamp>,
    /// For how much of the time anything was measured. While nothing was, no alert begins and none is over.
    pub covered_seconds: i64,
    /// From then on it was looked at every half minute; before, every five minutes.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub exact_from: Option<Timestamp>,
    /// How many things it was ever about: routes, pages, checks, objectives.
    pub about: usize,
    /// When it would have fired, oldest first.
    pub episodes: Vec<ServerEpisodeOut>,
}

/// A time in which a rule of the server would have fired.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ServerEpisodeOut {
    /// About what.
    pub subject: String,
    /// When it would have fired.
    #[schema(value_type = String, format = DateTime)]
    pub fired: Timestamp,
    /// When it would have been over; null if it still goes on.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub resolved: Option<Timestamp>,
    /// What it would have said.
    pub words: String,
}

impl ServerPreviewOut {
    fn of(preview: Option<ServerPreview>) -> Self {
        let known = preview.as_ref();
        Self {
            from: known.map(|preview| preview.from),
            to: known.map(|preview| preview.to),
            covered_seconds: known.map_or(0, |preview| preview.covered.as_secs()),
            exact_from: known.map(|preview| preview.exact_from),
            about: known.map_or(0, |preview| preview.about),
            episodes: preview.map_or_else(Vec::new, |preview| {
                let episode = |episode: lookout::ServerEpisode| ServerEpisodeOut {
                    subject: episode.subject,
                    fired: episode.fired,
                    resolved: episode.resolved,
                    words: episode.words,
                };
                preview.episodes.into_iter().map(episode).collect()
            }),
        }
    }
}

/// The rules of the server.
#[utoipa::path(get, path = "/api/v1/status/alert-rules", tag = "alerts", responses(
    (status = 200, description = "The rules, oldest first", body = AlertRulesOut),
    (status = 400, description = "A parameter is wrong", body = ProblemOut, content_type = "application/problem+json"),
    (status = 403, description = "Not for who asks, or sent by a page of another site", body = ProblemOut, content_type = "application/problem+json"),
    (status = 500, description = "Something failed here", body = ProblemOut, content_type = "application/problem+json"),
))]
pub(crate) async fn list(state: May<Operate>, params: Params) -> Result<Json<AlertRulesOut>, WebError> {
    params.done()?;
    let rules = state.catalog().alert_rules(Workspace::server().id).await?;
    Ok(Json(AlertRulesOut { rules: rules.into_iter().map(AlertRuleOut::of).collect() }))
}

/// Makes a rule of the server.
#[utoipa::path(post, path = "/api/v1/status/alert-rules", tag = "alerts", request_body = Object, responses(
    (status = 201, description = "Made", body = AlertRuleOut,
        headers(("location" = String, description = "The rule"), ("etag" = String, description = "Its version"))),
    (status = 400, description = "A field is wrong", body = ProblemOut, content_type = "application/problem+json"),
    (status = 403, description = "Not for who asks, or sent by a page of another site", body = ProblemOut, content_type = "application/problem+json"),
    (status = 409, description = "There are too many", body = ProblemOut, content_type = "application/problem+json"),
    (status = 500, description = "Something failed here", body = ProblemOut, content_type = "application/problem+json"),
))]
pub(crate) async fn create(state: May<Operate>, params: Params, body: Bytes) -> Result<MadeRule, WebError> {
    params.done()?;
    let kept = alerts::make(&state, &Workspace::server(), sent(&body)?).await?;
    Ok(made("/api/v1/status/alert-rules", kept))
}

/// One rule of the server.
#[utoipa::path(get, path = "/api/v1/status/alert-rules/{id}", tag = "alerts", params(("id" = u32, Path, description = "The rule's number")), responses(
    (status = 200, description = "The rule", body = AlertRuleOut, headers(("etag" = String, description = "Its version"))),
    (status = 403, description = "Not for who asks, or sent by a page of another site", body = ProblemOut, content_type = "application/problem+json"),
    (status = 404, description = "There is no such rule", body = ProblemOut, content_type = "application/problem+json"),
    (status = 500, description = "Something failed here", body = ProblemOut, content_type = "application/problem+json"),
))]
pub(crate) async fn show(
    state: May<Operate>,
    Path(id): Path<String>,
    params: Params,
) -> Result<Tagged, WebError> {
    params.done()?;
    Ok(tagged(alerts::find(&state, &Workspace::server(), number("rule", &id)?).await?))
}

/// Puts another rule of the server in its place.
#[utoipa::path(put, path = "/api/v1/status/alert-rules/{id}", tag = "alerts", params(("id" = u32, Path, description = "The rule's number"), ("if-match" = String, Header, description = "The `ETag` under which it was read")), request_body = Object, responses(
    (status = 200, description = "Changed", body = AlertRuleOut, headers(("etag" = String, description = "Its version"))),
    (status = 400, description = "A field is wrong", body = ProblemOut, content_type = "application/problem+json"),
    (status = 403, description = "Not for who asks, or sent by a page of another site", body = ProblemOut, content_type = "application/problem+json"),
    (status = 404, description = "There is no such rule", body = ProblemOut, content_type = "application/problem+json"),
    (status = 412, description = "Somebody else changed it", body = ProblemOut, content_type = "application/problem+json"),
    (status = 428, description = "Without `If-Match`", body = ProblemOut, content_type = "application/problem+json"),
    (status = 500, description = "Something failed here", body = ProblemOut, content_type = "application/problem+json"),
))]
pub(crate) async fn replace(
    state: May<Operate>,
    Path(id): Path<String>,
    params: Params,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Tagged, WebError> {
    params.done()?;
    let read = (number("rule", &id)?, version_in(&headers)?);
    Ok(tagged(alerts::set(&state, &Workspace::server(), read, sent(&body)?).await?))
}

/// Deletes a rule of the server. What it fires is over; its history stays.
#[utoipa::path(delete, path = "/api/v1/status/alert-rules/{id}", tag = "alerts", params(("id" = u32, Path, description = "The rule's number"), ("if-match" = String, Header, description = "The `ETag` under which it was read")), responses(
    (status = 204, description = "Deleted"),
    (status = 403, description = "Not for who asks, or sent by a page of another site", body = ProblemOut, content_type = "application/problem+json"),
    (status = 404, description = "There is no such rule", body = ProblemOut, content_type = "application/problem+json"),
    (status = 412, description = "Somebody else changed it", body = ProblemOut, content_type = "application/problem+json"),
    (status = 428, description = "Without `If-Match`", body = ProblemOut, content_type = "application/problem+json"),
    (status = 500, description = "Something failed here", body = ProblemOut, content_type = "application/problem+json"),
))]
pub(crate) async fn delete(
    state: May<Operate>,
    Path(id): Path<String>,
    params: Params,
    headers: HeaderMap,
) -> Result<StatusCode, WebError> {
    params.done()?;
    let read = (number("rule", &id)?, version_in(&headers)?);
    alerts::delete(&state, &Workspace::server(), read).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Leaves everybody in peace about all alerts of a rule of the server for a while. They are recorded all the same.
#[utoipa::path(post, path = "/api/v1/status/alert-rules/{id}/mute", tag = "alerts", params(("id" = u32, Path, description = "The rule's number")), request_body = MuteIn, responses(
    (status = 200, description = "Muted", body = AlertRuleOut, headers(("etag" = String, description = "Its version"))),
    (status = 400, description = "It is too long", body = ProblemOut, content_type = "application/problem+json"),
    (status = 403, description = "Not for who asks, or sent by a page of another site", body = ProblemOut, content_type = "application/problem+json"),
    (status = 404, description = "There is no such rule", body = ProblemOut, content_type = "application/problem+json"),
    (status = 500, description = "Something failed here", body = ProblemOut, content_type = "application/problem+json"),
))]
pub(crate) async fn mute(
    state: May<Operate>,
    Path(id): Path<String>,
    params: Params,
    body: Bytes,
) -> Result<Tagged, WebError> {
    params.done()?;
    let MuteIn { hours } = sent(&body)?;
    Ok(tagged(alerts::mute_rule(&state, &Workspace::server(), number("rule", &id)?, hours).await?))
}

/// Says when a rule of the server would have fired by what was measured, had it been there. Nothing is kept.
#[utoipa::path(post, path = "/api/v1/status/alert-rules/preview", tag = "alerts", request_body = Object, params(ServerPreviewIn), responses(
    (status = 200, description = "When it would have fired", body = ServerPreviewOut),
    (status = 400, description = "A field is wrong", body = ProblemOut, content_type = "application/problem+json"),
    (status = 403, description = "Not for who asks, or sent by a page of another site", body = ProblemOut, content_type = "application/problem+json"),
    (status = 500, description = "Something failed here", body = ProblemOut, content_type = "application/problem+json"),
))]
pub(crate) async fn preview(
    state: May<Operate>,
    mut params: Params,
    body: Bytes,
) -> Result<Json<ServerPreviewOut>, WebError> {
    let days: Option<i32> = params.parsed_as("days", "use 1 to 90")?;
    params.done()?;
    let days = tried_days(days, KEPT_DAYS)?;
    Ok(Json(ServerPreviewOut::of(alerts::preview_of_server(&state, sent(&body)?, days).await?)))
}
