//! `GET /api/v1/workspaces`.

use axum::Json;
use domain::Currency;
use serde::{Deserialize, Serialize};
use store::catalog::Workspace;
use utoipa::ToSchema;

use super::logo::LogoOut;
use crate::WebError;
use crate::access::{May, SeeFigures};
use crate::params::Params;
use crate::problem::ProblemOut;

/// A workspace.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct WorkspaceOut {
    /// Its number.
    pub id: u32,
    /// Its name.
    pub name: String,
    /// The currency that mixed totals are led by; null until something was imported.
    #[schema(value_type = Option<String>, example = "EUR")]
    pub currency: Option<Currency>,
    /// Whether its data is made up.
    pub is_sample: bool,
    /// The picture beside its name; null where it has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub logo: Option<LogoOut>,
    /// Grows with every change of its data.
    pub data_version: u64,
}

/// All workspaces, oldest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct WorkspacesOut {
    /// The workspaces.
    pub workspaces: Vec<WorkspaceOut>,
}

/// All workspaces, oldest first.
#[utoipa::path(get, path = "/api/v1/workspaces", tag = "workspaces", responses(
    (status = 200, description = "The workspaces", body = WorkspacesOut),
    (status = 400, description = "A parameter is wrong", body = ProblemOut, content_type = "application/problem+json"),
    (status = 500, description = "Something failed here", body = ProblemOut, content_type = "application/problem+json"),
))]
pub(crate) async fn list(state: May<SeeFigures>, params: Params) -> Result<Json<WorkspacesOut>, WebError> {
    params.done()?;
    let workspaces = state.seen().await?;
    Ok(Json(WorkspacesOut { workspaces: workspaces.into_iter().map(WorkspaceOut::from).collect() }))
}

impl From<Workspace> for WorkspaceOut {
    fn from(
        Workspace { id, name, currency, is_sample, logo, brand: _, data_version, organisation: _ }: Workspace,
    ) -> Self {
        let logo = logo.map(|logo| LogoOut::of(id, &logo));
        Self { id, name, currency, is_sample, logo, data_version }
    }
}
