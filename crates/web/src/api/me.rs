//! `GET /api/v1/me`: who asks, and what they may do.

use axum::Json;
use people::{Permission, Role};
use serde::{Deserialize, Serialize};
use store::catalog::Workspace;
use utoipa::ToSchema;

use crate::WebError;
use crate::access::{May, SignedIn, Who};
use crate::params::Params;
use crate::problem::ProblemOut;
use crate::questions::account::{Asker, asker};

/// What kind of visitor asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum MeKind {
    /// A person, in a session.
    Person,
    /// A program with a token.
    Token,
    /// Whoever may open the data folder.
    Machine,
    /// Anybody, on a server that lets everybody in.
    Anybody,
}

/// Who asks, and what they may do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct MeOut {
    /// What kind of visitor it is.
    pub kind: MeKind,
    /// The name of the person or of the token; null for others.
    pub name: Option<String>,
    /// The e-mail address of the person; null for others.
    pub email: Option<String>,
    /// Whether they may see and set right how the server itself does.
    pub operates: bool,
    /// The workspaces that they may know of, oldest first.
    pub workspaces: Vec<MyWorkspaceOut>,
}

/// What somebody may do in a workspace.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct MyWorkspaceOut {
    /// Its number.
    pub id: u32,
    /// Its name.
    pub name: String,
    /// Their role there.
    #[schema(value_type = String, example = "editor")]
    pub role: Role,
    /// What that role allows.
    #[schema(value_type = Vec<String>, example = json!(["see_figures", "see_work", "save_views", "share"]))]
    pub permissions: Vec<Permission>,
}

/// Who asks, and what they may do.
#[utoipa::path(get, path = "/api/v1/me", tag = "account", responses(
    (status = 200, description = "Who asks", body = MeOut),
    (status = 400, description = "A parameter is wrong", body = ProblemOut, content_type = "application/problem+json"),
    (status = 401, description = "Nobody signed in", body = ProblemOut, content_type = "application/problem+json"),
    (status = 500, description = "Something failed here", body = ProblemOut, content_type = "application/problem+json"),
))]
pub(crate) async fn show(state: May<SignedIn>, params: Params) -> Result<Json<MeOut>, WebError> {
    params.done()?;
    let kind = match state.by.who {
        Who::Person { .. } => MeKind::Person,
        Who::Token(_) => MeKind::Token,
        Who::Machine => MeKind::Machine,
        Who::Nobody | Who::Unknown | Who::Anybody => MeKind::Anybody,
    };
    let Asker { name, email, workspaces, operates } = asker(&state).await?;
    let workspaces = workspaces.into_iter().map(MyWorkspaceOut::from).collect();
    Ok(Json(MeOut { kind, name, email, operates, workspaces }))
}

impl From<(Workspace, Role)> for MyWorkspaceOut {
    fn from((Workspace { id, name, .. }, role): (Workspace, Role)) -> Self {
        // How the server does is no workspace's.
        let is_of_it = |permission: &Permission| *permission != Permission::Operate && role.may(*permission);
        Self { id, name, role, permissions: Permission::ALL.into_iter().filter(is_of_it).collect() }
    }
}
