//! `GET` and `PUT /api/v1/organisation/second-factor`: whether everybody needs a second factor.

use axum::Json;
use axum::body::Bytes;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::alerts::sent;
use super::parameters::WorkspaceIn;
use crate::WebError;
use crate::access::{Administer, May};
use crate::params::Params;
use crate::problem::ProblemOut;
use crate::questions::chosen;
use crate::questions::demanded::{demand, is_demanded};
use crate::questions::plans::changed_in;

/// Whether everybody of the organisation needs a second factor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DemandedFactor {
    /// Whether it is so: then who has none sees nothing until they set one. Tokens go on.
    pub is_demanded: bool,
}

/// Whether everybody of the workspace's organisation needs a second factor.
#[utoipa::path(get, path = "/api/v1/organisation/second-factor", tag = "people", params(WorkspaceIn), responses(
    (status = 200, description = "Whether it is so", body = DemandedFactor),
    (status = 400, description = "A parameter is wrong", body = ProblemOut, content_type = "application/problem+json"),
    (status = 401, description = "Nobody signed in", body = ProblemOut, content_type = "application/problem+json"),
    (status = 403, description = "The role does not allow it", body = ProblemOut, content_type = "application/problem+json"),
    (status = 500, description = "Something failed here", body = ProblemOut, content_type = "application/problem+json"),
))]
pub(crate) async fn read(
    state: May<Administer>,
    mut params: Params,
) -> Result<Json<DemandedFactor>, WebError> {
    let workspace = chosen(&state, &mut params).await?;
    params.done()?;
    Ok(Json(DemandedFactor { is_demanded: is_demanded(&state, &workspace).await? }))
}

/// Demands a second factor of everybody in the workspace's organisation, or does so no more.
#[utoipa::path(put, path = "/api/v1/organisation/second-factor", tag = "people", params(WorkspaceIn),
    request_body = DemandedFactor, responses(
    (status = 200, description = "What is so now", body = DemandedFactor),
    (status = 400, description = "A field is wrong", body = ProblemOut, content_type = "application/problem+json"),
    (status = 401, description = "Nobody signed in", body = ProblemOut, content_type = "application/problem+json"),
    (status = 403, description = "It takes an admin of the whole organisation", body = ProblemOut, content_type = "application/problem+json"),
    (status = 409, description = "Whoever asks has none themselves", body = ProblemOut, content_type = "application/problem+json"),
    (status = 500, description = "Something failed here", body = ProblemOut, content_type = "application/problem+json"),
))]
pub(crate) async fn set(
    state: May<Administer>,
    mut params: Params,
    body: Bytes,
) -> Result<Json<DemandedFactor>, WebError> {
    let workspace = changed_in(&state, &mut params).await?;
    params.done()?;
    let wanted: DemandedFactor = sent(&body)?;
    demand(&state, &workspace, wanted.is_demanded).await?;
    Ok(Json(wanted))
}
