//! `PUT` and `DELETE /api/v1/logo`: the picture beside a workspace's name; and its images, as pages ask for them.

use axum::Json;
use axum::body::Bytes;
use axum::extract::Path;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use serde::{Deserialize, Serialize};
use store::WorkspaceId;
use store::catalog::Logo;
use utoipa::ToSchema;

use super::parameters::WorkspaceIn;
use crate::access::{Administer, Asked, May, SeeFigures};
use crate::params::Params;
use crate::problem::ProblemOut;
use crate::questions::plans;
use crate::{WebError, logo};

/// Its address changes with the picture. Only who may see the workspace has it.
const FOR_EVER: HeaderValue = HeaderValue::from_static("private, max-age=31536000, immutable");

/// The picture beside a workspace's name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct LogoOut {
    /// Where its images are, WebP, from the one for ordinary screens on: each next has one more pixel on one of the page.
    pub images: Vec<String>,
    /// Width in pixels of the page.
    pub width: u32,
    /// Height in pixels of the page.
    pub height: u32,
}

impl LogoOut {
    pub(crate) fn of(workspace: WorkspaceId, logo: &Logo) -> Self {
        let image = |scale: u32| format!("/workspaces/{workspace}/logo/{}-{scale}.webp", logo.digest);
        Self { images: (1..=logo.scales).map(image).collect(), width: logo.width, height: logo.height }
    }
}

/// Sets the picture beside a workspace's name. It is decoded, made as small as it is shown, and written anew.
#[utoipa::path(put, path = "/api/v1/logo", tag = "workspaces", params(WorkspaceIn),
    request_body(content = Vec<u8>, description = "A PNG, JPEG, WebP or GIF of at most 2 MB", content_type = "application/octet-stream"), responses(
    (status = 200, description = "Set", body = LogoOut),
    (status = 400, description = "It is no such picture", body = ProblemOut, content_type = "application/problem+json"),
    (status = 403, description = "Sent by a page of another site", body = ProblemOut, content_type = "application/problem+json"),
    (status = 413, description = "It is too large", body = ProblemOut, content_type = "application/problem+json"),
    (status = 500, description = "Something failed here", body = ProblemOut, content_type = "application/problem+json"),
))]
pub(crate) async fn set(
    state: May<Administer>,
    mut params: Params,
    body: Bytes,
) -> Result<Json<LogoOut>, WebError> {
    let workspace = plans::changed_in(&state, &mut params).await?;
    params.done()?;
    let logo = logo::set(&state, workspace.id, body).await?;
    Ok(Json(LogoOut::of(workspace.id, &logo)))
}

/// Takes the picture away.
#[utoipa::path(delete, path = "/api/v1/logo", tag = "workspaces", params(WorkspaceIn), responses(
    (status = 204, description = "There is none any more"),
    (status = 400, description = "A parameter is wrong", body = ProblemOut, content_type = "application/problem+json"),
    (status = 403, description = "Sent by a page of another site", body = ProblemOut, content_type = "application/problem+json"),
    (status = 500, description = "Something failed here", body = ProblemOut, content_type = "application/problem+json"),
))]
pub(crate) async fn delete(state: May<Administer>, mut params: Params) -> Result<StatusCode, WebError> {
    let workspace = plans::changed_in(&state, &mut params).await?;
    params.done()?;
    state.catalog().set_logo(workspace.id, None, &[]).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// An image of the picture, under an address that names its digest and its scale.
pub(crate) async fn image(
    state: May<SeeFigures>,
    Path((workspace, name)): Path<(String, String)>,
) -> Result<([(HeaderName, HeaderValue); 2], Vec<u8>), WebError> {
    let asked = || {
        let (digest, scale) = name.strip_suffix(".webp")?.split_once('-')?;
        Some((workspace.parse::<WorkspaceId>().ok()?, digest, scale.parse::<u32>().ok()?))
    };
    let image = match asked() {
        Some((workspace, digest, scale)) if sees(&state, workspace).await? => {
            state.catalog().logo_image(workspace, digest, scale).await?
        }
        _ => None,
    };
    let image =
        image.ok_or_else(|| WebError::not_found("there is no such picture").remedy("load the page again"))?;
    let kind = HeaderValue::from_static("image/webp");
    Ok(([(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, FOR_EVER)], image))
}

/// The icon of a workspace's pages, under an address that names its digest.
pub(crate) async fn icon(
    state: May<SeeFigures>,
    Path((workspace, name)): Path<(String, String)>,
) -> Result<([(HeaderName, HeaderValue); 2], Vec<u8>), WebError> {
    let asked = || Some((workspace.parse::<WorkspaceId>().ok()?, name.strip_suffix(".png")?));
    let image = match asked() {
        Some((workspace, digest)) if sees(&state, workspace).await? => {
            state.catalog().icon_image(workspace, digest).await?
        }
        _ => None,
    };
    let image =
        image.ok_or_else(|| WebError::not_found("there is no such icon").remedy("load the page again"))?;
    let kind = HeaderValue::from_static("image/png");
    Ok(([(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, FOR_EVER)], image))
}

async fn sees(state: &Asked, workspace: WorkspaceId) -> Result<bool, WebError> {
    Ok(state.seen().await?.iter().any(|seen| seen.id == workspace))
}
