//! `GET` and `POST /api/v1/notes`, `PATCH` and `DELETE /api/v1/notes/{id}`: annotations on days, and comments under campaigns.

use axum::Json;
use axum::body::Bytes;
use axum::extract::Path;
use axum::http::{HeaderName, StatusCode, header};
use domain::Period;
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::alerts::sent;
use super::parameters::WorkspaceIn;
use crate::WebError;
use crate::access::{May, SaveViews, SeeFigures};
use crate::params::Params;
use crate::problem::ProblemOut;
use crate::questions::chosen;
use crate::questions::notes::{
    Shown, Wanted, change as changed, delete as deleted, find, make, number, page,
};
use crate::questions::plans::changed_in;

/// Notes at a time, if nothing else is said, and at most.
const USUAL: u32 = 50;
const MOST: u32 = 500;

/// Notes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct NotesOut {
    /// The notes, newest first.
    pub notes: Vec<NoteOut>,
    /// Give this as `before` for older ones, if there are any.
    pub next_before: Option<u32>,
}

/// A note: with days an annotation, without a comment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct NoteOut {
    /// Its number.
    pub id: u32,
    /// What it says.
    pub text: String,
    /// The number of the campaign that it is about; null for all of the workspace.
    pub campaign_id: Option<u32>,
    /// What that campaign is called.
    pub campaign: Option<String>,
    /// The first day that it is about; null if it is about none.
    #[schema(value_type = Option<String>, format = Date)]
    pub from: Option<Date>,
    /// The last day.
    #[schema(value_type = Option<String>, format = Date)]
    pub to: Option<Date>,
    /// What whoever wrote it is called.
    pub made_by: String,
    /// When it was written.
    #[schema(value_type = String, format = DateTime)]
    pub made_at: Timestamp,
    /// When it was last changed.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub changed_at: Option<Timestamp>,
    /// Whether whoever asks wrote it.
    pub is_own: bool,
    /// Whether it names whoever asks.
    pub names_me: bool,
}

/// A note that is to be written: about days, a campaign, or both.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NoteIn {
    /// 1 to 2,000 letters. `@` and the name or e-mail address of somebody of the workspace tells them of it.
    pub text: String,
    /// The number of a campaign, as `/api/v1/campaigns` gives it.
    #[serde(default)]
    pub campaign: Option<u32>,
    /// The first day that it is about.
    #[serde(default)]
    #[schema(value_type = Option<String>, format = Date)]
    pub from: Option<Date>,
    /// The last day. Without it: the first.
    #[serde(default)]
    #[schema(value_type = Option<String>, format = Date)]
    pub to: Option<Date>,
}

/// What a note is to say.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NoteTextIn {
    /// 1 to 2,000 letters.
    pub text: String,
}

/// Which notes.
#[derive(utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "describes what notes::list reads")]
pub(crate) struct NotesIn {
    /// Only those about this campaign.
    campaign: Option<u32>,
    /// Only notes before this number.
    before: Option<u32>,
    /// So many at most, 1 to 500. Without it: 50. Those that are not for whoever asks count too.
    limit: Option<u32>,
}

impl From<Shown> for NoteOut {
    fn from(Shown { note, by, campaign, is_own, may_change: _, names_me }: Shown) -> Self {
        Self {
            id: note.id,
            campaign_id: note.campaign.map(|(id, _)| id),
            campaign,
            from: note.days.map(Period::from),
            to: note.days.map(Period::to),
            text: note.text,
            made_by: by,
            made_at: note.made_at,
            changed_at: note.changed_at,
            is_own,
            names_me,
        }
    }
}

/// Notes, newest first. A client gets those about campaigns of their accounts.
#[utoipa::path(get, path = "/api/v1/notes", tag = "notes", params(NotesIn, WorkspaceIn), responses(
    (status = 200, description = "The notes, newest first", body = NotesOut),
    (status = 400, description = "A parameter is wrong", body = ProblemOut, content_type = "application/problem+json"),
    (status = 401, description = "Nobody signed in", body = ProblemOut, content_type = "application/problem+json"),
    (status = 500, description = "Something failed here", body = ProblemOut, content_type = "application/problem+json"),
))]
pub(crate) async fn list(state: May<SeeFigures>, mut params: Params) -> Result<Json<NotesOut>, WebError> {
    let workspace = chosen(&state, &mut params).await?;
    let campaign = params.parsed_as("campaign", "use the number of a campaign")?;
    let before = params.parsed_as("before", "use the next_before of the answer before")?;
    let remedy = "use 1 to 500";
    let limit = params.parsed_as("limit", remedy)?.unwrap_or(USUAL);
    params.done()?;
    if !(1..=MOST).contains(&limit) {
        return Err(WebError::parameter("limit", &format!("{limit} is out of range"), remedy));
    }
    let (notes, next_before) = page(&state, &workspace, campaign, before, limit).await?;
    Ok(Json(NotesOut { notes: notes.into_iter().map(NoteOut::from).collect(), next_before }))
}

/// Writes a note.
#[utoipa::path(post, path = "/api/v1/notes", tag = "notes", params(WorkspaceIn), request_body = NoteIn, responses(
    (status = 201, description = "Written", body = NoteOut, headers(("location" = String, description = "The note"))),
    (status = 400, description = "A field is wrong", body = ProblemOut, content_type = "application/problem+json"),
    (status = 401, description = "Nobody signed in", body = ProblemOut, content_type = "application/problem+json"),
    (status = 403, description = "The role does not allow it", body = ProblemOut, content_type = "application/problem+json"),
    (status = 409, description = "There are too many", body = ProblemOut, content_type = "application/problem+json"),
    (status = 500, description = "Something failed here", body = ProblemOut, content_type = "application/problem+json"),
))]
pub(crate) async fn create(
    state: May<SaveViews>,
    mut params: Params,
    body: Bytes,
) -> Result<(StatusCode, [(HeaderName, String); 1], Json<NoteOut>), WebError> {
    let workspace = changed_in(&state, &mut params).await?;
    params.done()?;
    let NoteIn { text, campaign, from, to } = sent(&body)?;
    let note = make(&state, &workspace, Wanted { text, campaign, from, to }).await?;
    let place = [(header::LOCATION, format!("/api/v1/notes/{}", note.id))];
    Ok((StatusCode::CREATED, place, Json(find(&state, &workspace, note.id).await?.into())))
}

/// Lets a note say something else. Everybody changes what they wrote; admins see to the rest.
#[utoipa::path(patch, path = "/api/v1/notes/{id}", tag = "notes", request_body = NoteTextIn,
    params(("id" = u32, Path, description = "The note's number"), WorkspaceIn), responses(
    (status = 200, description = "The note now", body = NoteOut),
    (status = 400, description = "A field is wrong", body = ProblemOut, content_type = "application/problem+json"),
    (status = 401, description = "Nobody signed in", body = ProblemOut, content_type = "application/problem+json"),
    (status = 403, description = "Somebody else wrote it", body = ProblemOut, content_type = "application/problem+json"),
    (status = 404, description = "There is no such note", body = ProblemOut, content_type = "application/problem+json"),
    (status = 500, description = "Something failed here", body = ProblemOut, content_type = "application/problem+json"),
))]
pub(crate) async fn change(
    state: May<SaveViews>,
    Path(id): Path<String>,
    mut params: Params,
    body: Bytes,
) -> Result<Json<NoteOut>, WebError> {
    let workspace = changed_in(&state, &mut params).await?;
    params.done()?;
    let NoteTextIn { text } = sent(&body)?;
    let note = changed(&state, &workspace, number(&id)?, &text).await?;
    Ok(Json(find(&state, &workspace, note.id).await?.into()))
}

/// Deletes a note. What it said is kept nowhere.
#[utoipa::path(delete, path = "/api/v1/notes/{id}", tag = "notes",
    params(("id" = u32, Path, description = "The note's number"), WorkspaceIn), responses(
    (status = 204, description = "Deleted"),
    (status = 400, description = "A parameter is wrong", body = ProblemOut, content_type = "application/problem+json"),
    (status = 401, description = "Nobody signed in", body = ProblemOut, content_type = "application/problem+json"),
    (status = 403, description = "Somebody else wrote it", body = ProblemOut, content_type = "application/problem+json"),
    (status = 404, description = "There is no such note", body = ProblemOut, content_type = "application/problem+json"),
    (status = 500, description = "Something failed here", body = ProblemOut, content_type = "application/problem+json"),
))]
pub(crate) async fn delete(
    state: May<SaveViews>,
    Path(id): Path<String>,
    mut params: Params,
) -> Result<StatusCode, WebError> {
    let workspace = changed_in(&state, &mut params).await?;
    params.done()?;
    deleted(&state, &workspace, number(&id)?).await?;
    Ok(StatusCode::NO_CONTENT)
}
