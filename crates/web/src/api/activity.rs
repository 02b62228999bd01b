//! `GET /api/v1/activity`: what happened in a workspace.

use axum::Json;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::notes::NoteOut;
use super::parameters::WorkspaceIn;
use crate::WebError;
use crate::access::{May, SeeWork};
use crate::params::Params;
use crate::problem::ProblemOut;
use crate::questions::activity::{Happened, page};
use crate::questions::chosen;

/// Entries at a time, if nothing else is said, and at most.
const USUAL: usize = 50;
const MOST: usize = 200;

/// What happened in a workspace.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ActivityOut {
    /// What happened, newest first.
    pub entries: Vec<HappenedOut>,
    /// Give this as `before` for what is older, if there is any.
    pub next_before: Option<u32>,
}

/// Something that happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct HappenedOut {
    /// Its number.
    pub id: u32,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
    /// Who did it.
    pub who: String,
    /// What was done, in words.
    #[schema(example = "changed a plan")]
    pub what: String,
    /// Where more is said of it; null where nothing is.
    #[schema(example = "/plans/3")]
    pub path: Option<String>,
    /// The note that was written or changed, if it is still there.
    pub note: Option<NoteOut>,
}

/// Which entries.
#[derive(utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "describes what activity::list reads")]
pub(crate) struct ActivityIn {
    /// Only what was before this number.
    before: Option<u32>,
    /// So many at most, 1 to 200. Without it: 50.
    limit: Option<usize>,
}

impl From<Happened> for HappenedOut {
    fn from(Happened { id, at, who, what, path, note }: Happened) -> Self {
        Self { id, at, who, what: what.to_owned(), path, note: note.map(NoteOut::from) }
    }
}

/// What happened in a workspace: imports, plans, alerts, notes and shares, newest first.
#[utoipa::path(get, path = "/api/v1/activity", tag = "notes", params(ActivityIn, WorkspaceIn), responses(
    (status = 200, description = "What happened, newest first", body = ActivityOut),
    (status = 400, description = "A parameter is wrong", body = ProblemOut, content_type = "application/problem+json"),
    (status = 401, description = "Nobody signed in", body = ProblemOut, content_type = "application/problem+json"),
    (status = 403, description = "The role does not allow it", body = ProblemOut, content_type = "application/problem+json"),
    (status = 500, description = "Something failed here", body = ProblemOut, content_type = "application/problem+json"),
))]
pub(crate) async fn list(state: May<SeeWork>, mut params: Params) -> Result<Json<ActivityOut>, WebError> {
    let workspace = chosen(&state, &mut params).await?;
    let before = params.parsed_as("before", "use the next_before of the answer before")?;
    let remedy = "use 1 to 200";
    let limit = params.parsed_as("limit", remedy)?.unwrap_or(USUAL);
    params.done()?;
    if !(1..=MOST).contains(&limit) {
        return Err(WebError::parameter("limit", &format!("{limit} is out of range"), remedy));
    }
    let (entries, next_before) = page(&state, &workspace, before, limit).await?;
    Ok(Json(ActivityOut { entries: entries.into_iter().map(HappenedOut::from).collect(), next_before }))
}
