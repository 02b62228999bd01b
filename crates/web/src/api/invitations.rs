//! `GET` and `POST /api/v1/invitations`, `DELETE /api/v1/invitations/{id}`: links by which people come in.

use axum::Json;
use axum::body::Bytes;
use axum::extract::Path;
use axum::http::StatusCode;
use jiff::Timestamp;
use people::Role;
use serde::{Deserialize, Serialize};
use store::catalog::Invitation;
use utoipa::ToSchema;

use super::alerts::sent;
use super::parameters::WorkspaceIn;
use super::people::seen_by;
use crate::WebError;
use crate::access::{Administer, May};
use crate::params::Params;
use crate::problem::ProblemOut;
use crate::questions::chosen;
use crate::questions::people::{Names, Scope, WantedGrant, invitations, invite, number, revoke_invitation};
use crate::questions::plans::changed_in;

/// Invitations.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct InvitationsOut {
    /// Those that are open, oldest first.
    pub invitations: Vec<InvitationOut>,
}

/// An invitation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct InvitationOut {
    /// Its number.
    pub id: u32,
    /// Whom it is for.
    pub email: String,
    /// The role that they will have.
    #[schema(value_type = String, example = "editor")]
    pub role: Role,
    /// Whether it will count in one workspace or in all of the organisation.
    pub scope: Scope,
    /// The workspace; null for all of the organisation's.
    pub workspace: Option<String>,
    /// The numbers of the accounts that a client sees; null for other roles, which see all of them.
    pub accounts: Option<Vec<u32>>,
    /// Who made it, such as `person 3`.
    pub made_by: String,
    /// When it was made.
    #[schema(value_type = String, format = DateTime)]
    pub made_at: Timestamp,
    /// Until when it counts.
    #[schema(value_type = String, format = DateTime)]
    pub expires_at: Timestamp,
    /// Where it is accepted, to be handed over: shown this once, where no e-mail could be sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub link: Option<String>,
}

/// An invitation that is to be made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct InvitationIn {
    /// Whom it is for.
    pub email: String,
    /// `client`, `viewer`, `analyst`, `editor`, `admin` or `owner`; at most one's own.
    #[schema(value_type = String, example = "editor")]
    pub role: Role,
    /// Where the role is to count. Without it: in the workspace.
    #[serde(default = "one_workspace")]
    pub scope: Scope,
    /// The numbers of the accounts that a client is to see, as `/api/v1/accounts` gives them. A client without any sees nothing.
    #[serde(default)]
    pub accounts: Vec<u32>,
}

pub(super) fn one_workspace() -> Scope {
    Scope::Workspace
}

impl InvitationOut {
    fn of(invitation: Invitation, link: Option<String>, names: &Names) -> Self {
        let Invitation { id, email, grant, made_by, made_at, expires_at } = invitation;
        let (role, scope, accounts) = (grant.role, Scope::of(&grant), seen_by(&grant));
        let workspace = grant.workspace.map(|id| names.workspace(id));
        Self { id, email, role, scope, workspace, accounts, made_by, made_at, expires_at, link }
    }
}

/// The invitations that are open.
#[utoipa::path(get, path = "/api/v1/invitations", tag = "people", params(WorkspaceIn), responses(
    (status = 200, description = "Those that are open, oldest first", body = InvitationsOut),
    (status = 400, description = "A parameter is wrong", body = ProblemOut, content_type = "application/problem+json"),
    (status = 401, description = "Nobody signed in", body = ProblemOut, content_type = "application/problem+json"),
    (status = 403, description = "The role does not allow it", body = ProblemOut, content_type = "application/problem+json"),
    (status = 500, description = "Something failed here", body = ProblemOut, content_type = "application/problem+json"),
))]
pub(crate) async fn list(
    state: May<Administer>,
    mut params: Params,
) -> Result<Json<InvitationsOut>, WebError> {
    let workspace = chosen(&state, &mut params).await?;
    params.done()?;
    let names = Names::of(&state, workspace.organisation).await?;
    let open = invitations(&state, &workspace).await?.into_iter();
    Ok(Json(InvitationsOut { invitations: open.map(|one| InvitationOut::of(one, None, &names)).collect() }))
}

/// Invites somebody: by e-mail, or where none can be sent by a link that is shown this once.
#[utoipa::path(post, path = "/api/v1/invitations", tag = "people", params(WorkspaceIn), request_body = InvitationIn, responses(
    (status = 201, description = "Made, and sent; or with the link to hand over", body = InvitationOut),
    (status = 400, description = "A field is wrong", body = ProblemOut, content_type = "application/problem+json"),
    (status = 401, description = "Nobody signed in", body = ProblemOut, content_type = "application/problem+json"),
    (status = 403, description = "The role is beyond one's own", body = ProblemOut, content_type = "application/problem+json"),
    (status = 409, description = "They are a member already", body = ProblemOut, content_type = "application/problem+json"),
    (status = 500, description = "Something failed here", body = ProblemOut, content_type = "application/problem+json"),
))]
pub(crate) async fn create(
    state: May<Administer>,
    mut params: Params,
    body: Bytes,
) -> Result<(StatusCode, Json<InvitationOut>), WebError> {
    let workspace = changed_in(&state, &mut params).await?;
    params.done()?;
    let InvitationIn { email, role, scope, accounts } = sent(&body)?;
    let made = invite(&state, &workspace, &email, WantedGrant { role, scope, accounts }).await?;
    let names = Names::of(&state, workspace.organisation).await?;
    Ok((StatusCode::CREATED, Json(InvitationOut::of(made.invitation, made.link, &names))))
}

/// Takes an invitation back. Its link counts no more.
#[utoipa::path(delete, path = "/api/v1/invitations/{id}", tag = "people",
    params(("id" = u32, Path, description = "The invitation's number"), WorkspaceIn), responses(
    (status = 204, description = "Taken back"),
    (status = 400, description = "A parameter is wrong", body = ProblemOut, content_type = "application/problem+json"),
    (status = 401, description = "Nobody signed in", body = ProblemOut, content_type = "application/problem+json"),
    (status = 403, description = "The role is beyond one's own", body = ProblemOut, content_type = "application/problem+json"),
    (status = 404, description = "There is no such open invitation to be known of", body = ProblemOut, content_type = "application/problem+json"),
    (status = 500, description = "Something failed here", body = ProblemOut, content_type = "application/problem+json"),
))]
pub(crate) async fn revoke(
    state: May<Administer>,
    Path(id): Path<String>,
    mut params: Params,
) -> Result<StatusCode, WebError> {
    let workspace = changed_in(&state, &mut params).await?;
    params.done()?;
    revoke_invitation(&state, &workspace, number("invitation", &id)?).await?;
    Ok(StatusCode::NO_CONTENT)
}
