//! `GET /api/v1/people`, `PATCH` and `DELETE /api/v1/memberships/{id}`: who may do what.

use axum::Json;
use axum::body::Bytes;
use axum::extract::Path;
use axum::http::StatusCode;
use people::Role;
use serde::{Deserialize, Serialize};
use store::catalog::{Grant, Member, Membership};
use utoipa::ToSchema;

use super::alerts::sent;
use super::parameters::WorkspaceIn;
use crate::WebError;
use crate::access::{Administer, May};
use crate::params::Params;
use crate::problem::ProblemOut;
use crate::questions::chosen;
use crate::questions::people::{Names, Scope, members, number, remove as taken, set_role};
use crate::questions::plans::changed_in;

/// The people of an organisation, as far as whoever asks may know of them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PeopleOut {
    /// The people, oldest first.
    pub people: Vec<PersonOut>,
}

/// Somebody.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PersonOut {
    /// Their number.
    pub id: u32,
    /// Their name.
    pub name: String,
    /// Their e-mail address.
    pub email: String,
    /// Whether they are asked for a second factor.
    pub has_second_factor: bool,
    /// Whether they may not sign in.
    pub is_disabled: bool,
    /// What they may do.
    pub memberships: Vec<MembershipOut>,
}

/// What somebody may do, and where.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct MembershipOut {
    /// Its number.
    pub id: u32,
    /// The role.
    #[schema(value_type = String, example = "editor")]
    pub role: Role,
    /// Whether it counts in one workspace or in all of the organisation.
    pub scope: Scope,
    /// The workspace; null for all of the organisation's.
    pub workspace: Option<String>,
    /// The numbers of the accounts that a client sees; null for other roles, which see all of them.
    pub accounts: Option<Vec<u32>>,
}

/// Another role, or other accounts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RoleIn {
    /// `client`, `viewer`, `analyst`, `editor`, `admin` or `owner`; at most one's own.
    #[schema(value_type = String, example = "editor")]
    pub role: Role,
    /// The numbers of the accounts that a client is to see, as `/api/v1/accounts` gives them. Without it a client keeps those
    /// that were chosen before; one of whom none were chosen sees nothing.
    #[serde(default)]
    pub accounts: Option<Vec<u32>>,
}

/// The accounts that a grant lets see; none for all.
pub(super) fn seen_by(grant: &Grant) -> Option<Vec<u32>> {
    (grant.role == Role::Client).then(|| grant.accounts.clone().unwrap_or_default())
}

impl MembershipOut {
    fn of(membership: &Membership, names: &Names) -> Self {
        let grant = &membership.grant;
        Self {
            id: membership.id,
            role: grant.role,
            scope: Scope::of(grant),
            workspace: grant.workspace.map(|id| names.workspace(id)),
            accounts: seen_by(grant),
        }
    }
}

impl PersonOut {
    fn of(member: Member, names: &Names) -> Self {
        let Member { person, memberships } = member;
        Self {
            id: person.id,
            name: person.name,
            email: person.email,
            has_second_factor: person.has_second_factor,
            is_disabled: person.is_disabled,
            memberships: memberships.iter().map(|own| MembershipOut::of(own, names)).collect(),
        }
    }
}

/// The people of the workspace; an admin of its organisation is told of all of the organisation.
#[utoipa::path(get, path = "/api/v1/people", tag = "people", params(WorkspaceIn), responses(
    (status = 200, description = "The people, oldest first", body = PeopleOut),
    (status = 400, description = "A parameter is wrong", body = ProblemOut, content_type = "application/problem+json"),
    (status = 401, description = "Nobody signed in", body = ProblemOut, content_type = "application/problem+json"),
    (status = 403, description = "The role does not allow it", body = ProblemOut, content_type = "application/problem+json"),
    (status = 500, description = "Something failed here", body = ProblemOut, content_type = "application/problem+json"),
))]
pub(crate) async fn list(state: May<Administer>, mut params: Params) -> Result<Json<PeopleOut>, WebError> {
    let workspace = chosen(&state, &mut params).await?;
    params.done()?;
    let names = Names::of(&state, workspace.organisation).await?;
    let members = members(&state, &workspace).await?;
    Ok(Json(PeopleOut { people: members.into_iter().map(|member| PersonOut::of(member, &names)).collect() }))
}

/// Gives a member another role, or a client other accounts.
#[utoipa::path(patch, path = "/api/v1/memberships/{id}", tag = "people", request_body = RoleIn,
    params(("id" = u32, Path, description = "The membership's number"), WorkspaceIn), responses(
    (status = 200, description = "The membership now", body = MembershipOut),
    (status = 400, description = "A field is wrong", body = ProblemOut, content_type = "application/problem+json"),
    (status = 401, description = "Nobody signed in", body = ProblemOut, content_type = "application/problem+json"),
    (status = 403, description = "The role, before or after, is beyond one's own", body = ProblemOut, content_type = "application/problem+json"),
    (status = 404, description = "There is no such membership to be known of", body = ProblemOut, content_type = "application/problem+json"),
    (status = 409, description = "No owner would be left, or somebody else changed it meanwhile", body = ProblemOut, content_type = "application/problem+json"),
    (status = 500, description = "Something failed here", body = ProblemOut, content_type = "application/problem+json"),
))]
pub(crate) async fn change(
    state: May<Administer>,
    Path(id): Path<String>,
    mut params: Params,
    body: Bytes,
) -> Result<Json<MembershipOut>, WebError> {
    let workspace = changed_in(&state, &mut params).await?;
    params.done()?;
    let RoleIn { role, accounts } = sent(&body)?;
    let membership = set_role(&state, &workspace, number("membership", &id)?, role, accounts).await?;
    let names = Names::of(&state, workspace.organisation).await?;
    Ok(Json(MembershipOut::of(&membership, &names)))
}

/// Removes somebody from a workspace or the organisation. They may be invited again.
#[utoipa::path(delete, path = "/api/v1/memberships/{id}", tag = "people",
    params(("id" = u32, Path, description = "The membership's number"), WorkspaceIn), responses(
    (status = 204, description = "Removed"),
    (status = 400, description = "A parameter is wrong", body = ProblemOut, content_type = "application/problem+json"),
    (status = 401, description = "Nobody signed in", body = ProblemOut, content_type = "application/problem+json"),
    (status = 403, description = "The role is beyond one's own", body = ProblemOut, content_type = "application/problem+json"),
    (status = 404, description = "There is no such membership to be known of", body = ProblemOut, content_type = "application/problem+json"),
    (status = 409, description = "No owner would be left", body = ProblemOut, content_type = "application/problem+json"),
    (status = 500, description = "Something failed here", body = ProblemOut, content_type = "application/problem+json"),
))]
pub(crate) async fn remove(
    state: May<Administer>,
    Path(id): Path<String>,
    mut params: Params,
) -> Result<StatusCode, WebError> {
    let workspace = changed_in(&state, &mut params).await?;
    params.done()?;
    taken(&state, &workspace, number("membership", &id)?).await?;
    Ok(StatusCode::NO_CONTENT)
}
