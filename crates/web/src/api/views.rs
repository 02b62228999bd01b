//! `GET` and `POST /api/v1/views`, `PATCH` and `DELETE /api/v1/views/{id}`, and bringing one back.

use axum::Json;
use axum::body::Bytes;
use axum::extract::Path;
use axum::http::{HeaderName, StatusCode, header};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use store::catalog::{SavedView, Workspace};
use utoipa::ToSchema;

use super::parameters::WorkspaceIn;
use crate::access::{May, SaveViews, SeeWork};
use crate::params::Params;
use crate::problem::ProblemOut;
use crate::questions::{chosen, plans, views};
use crate::{AppState, WebError};

/// A page with its choices, under a name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ViewOut {
    /// Its number.
    pub id: u32,
    /// Its name, unique in the workspace.
    pub name: String,
    /// Path and parameters, in one form: without the workspace and the place in a list.
    #[schema(example = "/campaigns?filter=roas+%3C+1&sort=-spend")]
    pub address: String,
    /// When it was saved.
    #[schema(value_type = String, format = DateTime)]
    pub saved_at: Timestamp,
}

/// The saved views by name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ViewsOut {
    /// The saved views.
    pub views: Vec<ViewOut>,
}

/// What a view is saved as.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ViewIn {
    /// 1 to 60 letters.
    name: String,
    /// Path and parameters of the overview, campaigns or analytics.
    #[schema(example = "/campaigns?filter=roas+%3C+1&sort=-spend")]
    address: String,
}

/// Another name of a view.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ViewNameIn {
    /// 1 to 60 letters.
    name: String,
}

/// The saved views.
#[utoipa::path(get, path = "/api/v1/views", tag = "views", params(WorkspaceIn), responses(
    (status = 200, description = "The saved views by name", body = ViewsOut),
    (status = 400, description = "A parameter is wrong", body = ProblemOut, content_type = "application/problem+json"),
    (status = 500, description = "Something failed here", body = ProblemOut, content_type = "application/problem+json"),
))]
pub(crate) async fn list(state: May<SeeWork>, mut params: Params) -> Result<Json<ViewsOut>, WebError> {
    let workspace = chosen(&state, &mut params).await?;
    params.done()?;
    let views = state.catalog().views(workspace.id).await?;
    Ok(Json(ViewsOut { views: views.into_iter().map(ViewOut::from).collect() }))
}

/// Saves a view.
#[utoipa::path(post, path = "/api/v1/views", tag = "views", params(WorkspaceIn), request_body = ViewIn, responses(
    (status = 201, description = "Saved", body = ViewOut, headers(("location" = String, description = "The view"))),
    (status = 400, description = "A field is wrong", body = ProblemOut, content_type = "application/problem+json"),
    (status = 403, description = "Sent by a page of another site", body = ProblemOut, content_type = "application/problem+json"),
    (status = 409, description = "The name is taken, or there are too many", body = ProblemOut, content_type = "application/problem+json"),
    (status = 500, description = "Something failed here", body = ProblemOut, content_type = "application/problem+json"),
))]
pub(crate) async fn save(
    state: May<SaveViews>,
    mut params: Params,
    body: Bytes,
) -> Result<(StatusCode, [(HeaderName, String); 1], Json<ViewOut>), WebError> {
    let workspace = plans::changed_in(&state, &mut params).await?;
    params.done()?;
    let ViewIn { name, address } = read(&body, r#"{"name": "Losers", "address": "/campaigns?sort=-spend"}"#)?;
    let (name, address) = (views::name(Some(name))?, views::address(&address)?);
    let id = state.catalog().save_view(workspace.id, &name, &address).await.map_err(views::refused)?;
    let place = format!("/api/v1/views/{id}");
    Ok((StatusCode::CREATED, [(header::LOCATION, place)], Json(shown(&state, &workspace, id).await?)))
}

/// Gives a view another name.
#[utoipa::path(patch, path = "/api/v1/views/{id}", tag = "views", request_body = ViewNameIn,
    params(("id" = u32, Path, description = "The view's number"), WorkspaceIn), responses(
    (status = 200, description = "Renamed", body = ViewOut),
    (status = 400, description = "A field is wrong", body = ProblemOut, content_type = "application/problem+json"),
    (status = 403, description = "Sent by a page of another site", body = ProblemOut, content_type = "application/problem+json"),
    (status = 404, description = "There is no such view", body = ProblemOut, content_type = "application/problem+json"),
    (status = 409, description = "The name is taken", body = ProblemOut, content_type = "application/problem+json"),
    (status = 500, description = "Something failed here", body = ProblemOut, content_type = "application/problem+json"),
))]
pub(crate) async fn rename(
    state: May<SaveViews>,
    Path(id): Path<String>,
    mut params: Params,
    body: Bytes,
) -> Result<Json<ViewOut>, WebError> {
    let workspace = plans::changed_in(&state, &mut params).await?;
    params.done()?;
    let id = views::number(&id)?;
    let ViewNameIn { name } = read(&body, r#"{"name": "Losers"}"#)?;
    let name = views::name(Some(name))?;
    state.catalog().rename_view(workspace.id, id, &name).await.map_err(views::refused)?;
    Ok(Json(shown(&state, &workspace, id).await?))
}

/// Deletes a view. It can be brought back.
#[utoipa::path(delete, path = "/api/v1/views/{id}", tag = "views",
    params(("id" = u32, Path, description = "The view's number"), WorkspaceIn), responses(
    (status = 204, description = "Deleted"),
    (status = 400, description = "A parameter is wrong", body = ProblemOut, content_type = "application/problem+json"),
    (status = 403, description = "Sent by a page of another site", body = ProblemOut, content_type = "application/problem+json"),
    (status = 404, description = "There is no such view", body = ProblemOut, content_type = "application/problem+json"),
    (status = 500, description = "Something failed here", body = ProblemOut, content_type = "application/problem+json"),
))]
pub(crate) async fn delete(
    state: May<SaveViews>,
    Path(id): Path<String>,
    mut params: Params,
) -> Result<StatusCode, WebError> {
    let workspace = plans::changed_in(&state, &mut params).await?;
    params.done()?;
    let id = views::number(&id)?;
    state.catalog().delete_view(workspace.id, id, true).await.map_err(views::refused)?;
    Ok(StatusCode::NO_CONTENT)
}

/// Brings a deleted view back.
#[utoipa::path(post, path = "/api/v1/views/{id}/undelete", tag = "views",
    params(("id" = u32, Path, description = "The view's number"), WorkspaceIn), responses(
    (status = 200, description = "It is back", body = ViewOut),
    (status = 400, description = "A parameter is wrong", body = ProblemOut, content_type = "application/problem+json"),
    (status = 403, description = "Sent by a page of another site", body = ProblemOut, content_type = "application/problem+json"),
    (status = 404, description = "There never was such a view", body = ProblemOut, content_type = "application/problem+json"),
    (status = 409, description = "Its name was taken meanwhile", body = ProblemOut, content_type = "application/problem+json"),
    (status = 500, description = "Something failed here", body = ProblemOut, content_type = "application/problem+json"),
))]
pub(crate) async fn undelete(
    state: May<SaveViews>,
    Path(id): Path<String>,
    mut params: Params,
) -> Result<Json<ViewOut>, WebError> {
    let workspace = plans::changed_in(&state, &mut params).await?;
    params.done()?;
    let view = state.catalog().delete_view(workspace.id, views::number(&id)?, false).await;
    Ok(Json(view.map_err(views::refused)?.into()))
}

/// What was sent, or a problem with an example of what would be right.
fn read<'a, T: Deserialize<'a>>(body: &'a [u8], example: &str) -> Result<T, WebError> {
    serde_json::from_slice(body)
        .map_err(|error| WebError::body(error.to_string()).remedy(format!("send {example}")))
}

async fn shown(state: &AppState, workspace: &Workspace, id: u32) -> Result<ViewOut, WebError> {
    let view = state.catalog().view(workspace.id, id).await?;
    Ok(view.ok_or_else(|| WebError::internal("a view that was written is not there"))?.into())
}

impl From<SavedView> for ViewOut {
    fn from(SavedView { id, name, address, saved_at }: SavedView) -> Self {
        Self { id, name, address, saved_at }
    }
}
