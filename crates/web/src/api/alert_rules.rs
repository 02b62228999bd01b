//! `/api/v1/alert-rules`: what is watched; reading, changing and trying rules.

use alert::Rule;
use axum::Json;
use axum::body::Bytes;
use axum::extract::Path;
use axum::http::{HeaderMap, HeaderName, StatusCode, header};
use jiff::Timestamp;
use jiff::civil::Date;
use lookout::Preview;
use serde::{Deserialize, Serialize};
use store::catalog::KeptRule;
use utoipa::ToSchema;

use super::alerts::{MuteIn, sent};
use super::parameters::{PreviewIn, WorkspaceIn};
use super::plans::version_in;
use crate::WebError;
use crate::access::{May, SeeWork, SetAlerts};
use crate::params::Params;
use crate::problem::ProblemOut;
use crate::questions::alerts::{self, number, tried_days};
use crate::questions::chosen;
use crate::questions::plans::changed_in;

/// The rules.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct AlertRulesOut {
    /// The rules, oldest first.
    pub rules: Vec<AlertRuleOut>,
}

/// A rule as it is kept.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct AlertRuleOut {
    /// Its number.
    pub id: u32,
    /// Its version, which is also its `ETag`.
    pub version: u32,
    /// The rule, as it is sent; docs/alerts.md has all its fields.
    #[schema(value_type = Object)]
    pub rule: Rule,
    /// When it was changed last.
    #[schema(value_type = String, format = DateTime)]
    pub changed_at: Timestamp,
    /// Until when nobody is told of its alerts.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub muted_until: Option<Timestamp>,
    /// When it was last looked at.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub looked_at: Option<Timestamp>,
    /// What that came to.
    pub looked: Option<String>,
}

/// When a rule would have fired.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct PreviewOut {
    /// The first day on which it would have looked; absent if it is not about days, or none are known.
    #[schema(value_type = Option<String>, format = Date)]
    pub from: Option<Date>,
    /// The last.
    #[schema(value_type = Option<String>, format = Date)]
    pub to: Option<Date>,
    /// How many accounts or campaigns it is about.
    pub about: usize,
    /// How many of them were replayed: those with the most spend.
    pub replayed: usize,
    /// The day from which reports were kept; days before it are judged as they were first reported later.
    #[schema(value_type = Option<String>, format = Date)]
    pub kept_from: Option<Date>,
    /// When it would have fired, oldest first.
    pub episodes: Vec<EpisodeOut>,
}

/// A time in which a rule would have fired.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct EpisodeOut {
    /// About what.
    pub subject: String,
    /// The day on which it would have fired.
    #[schema(value_type = String, format = Date)]
    pub fired: Date,
    /// The day on which it would have been over; absent if it still goes on.
    #[schema(value_type = Option<String>, format = Date)]
    pub resolved: Option<Date>,
    /// What it would have said.
    pub words: String,
}

/// A rule under its tag, which a change has to carry.
pub(super) type Tagged = ([(HeaderName, String); 1], Json<AlertRuleOut>);

impl AlertRuleOut {
    pub(super) fn of(kept: KeptRule) -> Self {
        Self {
            id: kept.id,
            version: kept.version,
            rule: kept.rule,
            changed_at: kept.changed_at,
            muted_until: kept.muted_until.filter(|until| *until > Timestamp::now()),
            looked_at: kept.looked_at,
            looked: kept.looked,
        }
    }
}

impl PreviewOut {
    fn of(preview: Option<Preview>) -> Self {
        let Some(preview) = preview else {
            return Self {
                from: None,
                to: None,
                about: 0,
                replayed: 0,
                kept_from: None,
                episodes: Vec::new(),
            };
        };
        let episode = |episode: lookout::PreviewEpisode| EpisodeOut {
            subject: episode.subject,
            fired: episode.fired,
            resolved: episode.resolved,
            words: episode.words,
        };
        Self {
            from: Some(preview.days.from()),
            to: Some(preview.days.to()),
            about: preview.about,
            replayed: preview.replayed,
            kept_from: preview.kept_from,
            episodes: preview.episodes.into_iter().map(episode).collect(),
        }
    }
}

pub(super) fn tagged(kept: KeptRule) -> Tagged {
    ([(header::ETAG, format!("\"{}\"", kept.version))], Json(AlertRuleOut::of(kept)))
}

/// The rules.
#[utoipa::path(get, path = "/api/v1/alert-rules", tag = "alerts", params(WorkspaceIn), responses(
    (status = 200, description = "The rules, oldest first", body = AlertRulesOut),
    (status = 400, description = "A parameter is wrong", body = ProblemOut, content_type = "application/problem+json"),
    (status = 500, description = "Something failed here", body = ProblemOut, content_type = "application/problem+json"),
))]
pub(crate) async fn list(state: May<SeeWork>, mut params: Params) -> Result<Json<AlertRulesOut>, WebError> {
    let workspace = chosen(&state, &mut params).await?;
    params.done()?;
    let rules = state.catalog().alert_rules(workspace.id).await?;
    Ok(Json(AlertRulesOut { rules: rules.into_iter().map(AlertRuleOut::of).collect() }))
}

/// Makes a rule.
#[utoipa::path(post, path = "/api/v1/alert-rules", tag = "alerts", params(WorkspaceIn), request_body = Object, responses(
    (status = 201, description = "Made", body = AlertRuleOut,
        headers(("location" = String, description = "The rule"), ("etag" = String, description = "Its version"))),
    (status = 400, description = "A field is wrong", body = ProblemOut, content_type = "application/problem+json"),
    (status = 403, description = "Sent by a page of another site", body = ProblemOut, content_type = "application/problem+json"),
    (status = 409, description = "There are too many", body = ProblemOut, content_type = "application/problem+json"),
    (status = 500, description = "Something failed here", body = ProblemOut, content_type = "application/problem+json"),
))]
pub(crate) async fn create(
    state: May<SetAlerts>,
    mut params: Params,
    body: Bytes,
) -> Result<MadeRule, WebError> {
    let workspace = changed_in(&state, &mut params).await?;
    params.done()?;
    let kept = alerts::make(&state, &workspace, sent(&body)?).await?;
    Ok(made("/api/v1/alert-rules", kept))
}

/// A rule that was made, where it stands, and its version.
pub(super) type MadeRule = (StatusCode, [(HeaderName, String); 2], Json<AlertRuleOut>);

pub(super) fn made(among: &str, kept: KeptRule) -> MadeRule {
    let place = format!("{among}/{}", kept.id);
    let headers = [(header::LOCATION, place), (header::ETAG, format!("\"{}\"", kept.version))];
    (StatusCode::CREATED, headers, Json(AlertRuleOut::of(kept)))
}

/// One rule.
#[utoipa::path(get, path = "/api/v1/alert-rules/{id}", tag = "alerts",
    params(("id" = u32, Path, description = "The rule's number"), WorkspaceIn), responses(
    (status = 200, description = "The rule", body = AlertRuleOut, headers(("etag" = String, description = "Its version"))),
    (status = 404, description = "There is no such rule", body = ProblemOut, content_type = "application/problem+json"),
    (status = 500, description = "Something failed here", body = ProblemOut, content_type = "application/problem+json"),
))]
pub(crate) async fn show(
    state: May<SeeWork>,
    Path(id): Path<String>,
    mut params: Params,
) -> Result<Tagged, WebError> {
    let workspace = chosen(&state, &mut params).await?;
    params.done()?;
    Ok(tagged(alerts::find(&state, &workspace, number("rule", &id)?).await?))
}

/// Puts another rule in its place.
#[utoipa::path(put, path = "/api/v1/alert-rules/{id}", tag = "alerts", request_body = Object,
    params(("id" = u32, Path, description = "The rule's number"), WorkspaceIn,
        ("if-match" = String, Header, description = "The `ETag` under which it was read")), responses(
    (status = 200, description = "Changed", body = AlertRuleOut, headers(("etag" = String, description = "Its version"))),
    (status = 400, description = "A field is wrong", body = ProblemOut, content_type = "application/problem+json"),
    (status = 403, description = "Sent by a page of another site", body = ProblemOut, content_type = "application/problem+json"),
    (status = 404, description = "There is no such rule", body = ProblemOut, content_type = "application/problem+json"),
    (status = 412, description = "Somebody else changed it", body = ProblemOut, content_type = "application/problem+json"),
    (status = 428, description = "Without `If-Match`", body = ProblemOut, content_type = "application/problem+json"),
    (status = 500, description = "Something failed here", body = ProblemOut, content_type = "application/problem+json"),
))]
pub(crate) async fn replace(
    state: May<SetAlerts>,
    Path(id): Path<String>,
    mut params: Params,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Tagged, WebError> {
    let workspace = changed_in(&state, &mut params).await?;
    params.done()?;
    let read = (number("rule", &id)?, version_in(&headers)?);
    Ok(tagged(alerts::set(&state, &workspace, read, sent(&body)?).await?))
}

/// Deletes a rule. What it fires is over; its history stays.
#[utoipa::path(delete, path = "/api/v1/alert-rules/{id}", tag = "alerts",
    params(("id" = u32, Path, description = "The rule's number"), WorkspaceIn,
        ("if-match" = String, Header, description = "The `ETag` under which it was read")), responses(
    (status = 204, description = "Deleted"),
    (status = 403, description = "Sent by a page of another site", body = ProblemOut, content_type = "application/problem+json"),
    (status = 404, description = "There is no such rule", body = ProblemOut, content_type = "application/problem+json"),
    (status = 412, description = "Somebody else changed it", body = ProblemOut, content_type = "application/problem+json"),
    (status = 428, description = "Without `If-Match`", body = ProblemOut, content_type = "application/problem+json"),
    (status = 500, description = "Something failed here", body = ProblemOut, content_type = "application/problem+json"),
))]
pub(crate) async fn delete(
    state: May<SetAlerts>,
    Path(id): Path<String>,
    mut params: Params,
    headers: HeaderMap,
) -> Result<StatusCode, WebError> {
    let workspace = changed_in(&state, &mut params).await?;
    params.done()?;
    alerts::delete(&state, &workspace, (number("rule", &id)?, version_in(&headers)?)).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Leaves everybody in peace about all alerts of a rule for a while. They are recorded all the same.
#[utoipa::path(post, path = "/api/v1/alert-rules/{id}/mute", tag = "alerts", request_body = MuteIn,
    params(("id" = u32, Path, description = "The rule's number"), WorkspaceIn), responses(
    (status = 200, description = "Muted", body = AlertRuleOut, headers(("etag" = String, description = "Its version"))),
    (status = 400, description = "It is too long", body = ProblemOut, content_type = "application/problem+json"),
    (status = 403, description = "Sent by a page of another site", body = ProblemOut, content_type = "application/problem+json"),
    (status = 404, description = "There is no such rule", body = ProblemOut, content_type = "application/problem+json"),
    (status = 500, description = "Something failed here", body = ProblemOut, content_type = "application/problem+json"),
))]
pub(crate) async fn mute(
    state: May<SetAlerts>,
    Path(id): Path<String>,
    mut params: Params,
    body: Bytes,
) -> Result<Tagged, WebError> {
    let workspace = changed_in(&state, &mut params).await?;
    params.done()?;
    let MuteIn { hours } = sent(&body)?;
    Ok(tagged(alerts::mute_rule(&state, &workspace, number("rule", &id)?, hours).await?))
}

/// Says when a rule would have fired, had it been there. Nothing is kept.
#[utoipa::path(post, path = "/api/v1/alert-rules/preview", tag = "alerts", request_body = Object,
    params(WorkspaceIn, PreviewIn), responses(
    (status = 200, description = "When it would have fired", body = PreviewOut),
    (status = 400, description = "A field is wrong", body = ProblemOut, content_type = "application/problem+json"),
    (status = 403, description = "Sent by a page of another site", body = ProblemOut, content_type = "application/problem+json"),
    (status = 500, description = "Something failed here", body = ProblemOut, content_type = "application/problem+json"),
))]
pub(crate) async fn preview(
    state: May<SetAlerts>,
    mut params: Params,
    body: Bytes,
) -> Result<Json<PreviewOut>, WebError> {
    let workspace = chosen(&state, &mut params).await?;
    let days: Option<i32> = params.parsed_as("days", "use 1 to 365")?;
    params.done()?;
    let days = tried_days(days, 365)?;
    Ok(Json(PreviewOut::of(alerts::preview(&state, &workspace, sent(&body)?, days).await?)))
}
