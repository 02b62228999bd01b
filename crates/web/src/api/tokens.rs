//! `GET` and `POST /api/v1/tokens`, `DELETE /api/v1/tokens/{id}`: secrets by which programs ask.

use axum::Json;
use axum::body::Bytes;
use axum::extract::Path;
use axum::http::StatusCode;
use jiff::Timestamp;
use people::Role;
use serde::{Deserialize, Serialize};
use store::catalog::TokenRecord;
use utoipa::ToSchema;

use super::alerts::sent;
use super::invitations::one_workspace;
use super::parameters::WorkspaceIn;
use super::people::seen_by;
use crate::WebError;
use crate::access::{Administer, May};
use crate::params::Params;
use crate::problem::ProblemOut;
use crate::questions::chosen;
use crate::questions::people::{Names, Scope, WantedGrant, number};
use crate::questions::plans::changed_in;
use crate::questions::tokens::{Wanted, make, revoke as ended, tokens};

/// Tokens.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TokensOut {
    /// The tokens, newest first, those that count no more among them.
    pub tokens: Vec<TokenOut>,
}

/// A token.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TokenOut {
    /// Its number.
    pub id: u32,
    /// Its name.
    pub name: String,
    /// How its secret begins.
    #[schema(example = "adt_k3Jx9a")]
    pub shown: String,
    /// What it may do.
    #[schema(value_type = String, example = "viewer")]
    pub role: Role,
    /// Whether it counts in one workspace or in all of the organisation.
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
    /// Until when it counts; null for until it is revoked.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub expires_at: Option<Timestamp>,
    /// When it was last used, to about five minutes.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub used_at: Option<Timestamp>,
    /// When it was revoked.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub revoked_at: Option<Timestamp>,
    /// The secret, to be sent as `Authorization: Bearer …`: shown this once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub secret: Option<String>,
}

/// A token that is to be made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TokenIn {
    /// 1 to 60 letters.
    pub name: String,
    /// `client`, `viewer`, `analyst`, `editor`, `admin` or `owner`; at most one's own.
    #[schema(value_type = String, example = "viewer")]
    pub role: Role,
    /// Where it is to count. Without it: in the workspace.
    #[serde(default = "one_workspace")]
    pub scope: Scope,
    /// The numbers of the accounts that a client is to see, as `/api/v1/accounts` gives them. A client without any sees nothing.
    #[serde(default)]
    pub accounts: Vec<u32>,
    /// After how many days it expires, 1 to 3650. Without it: never.
    #[serde(default)]
    pub expires_in_days: Option<u32>,
}

impl TokenOut {
    fn of(token: TokenRecord, secret: Option<String>, names: &Names) -> Self {
        let TokenRecord { id, shown, name, grant, made_by, made_at, expires_at, used_at, revoked_at } = token;
        let (role, scope, accounts) = (grant.role, Scope::of(&grant), seen_by(&grant));
        let workspace = grant.workspace.map(|id| names.workspace(id));
        Self {
            id,
            name,
            shown,
            role,
            scope,
            workspace,
            accounts,
            made_by,
            made_at,
            expires_at,
            used_at,
            revoked_at,
            secret,
        }
    }
}

/// The tokens.
#[utoipa::path(get, path = "/api/v1/tokens", tag = "people", params(WorkspaceIn), responses(
    (status = 200, description = "The tokens, newest first", body = TokensOut),
    (status = 400, description = "A parameter is wrong", body = ProblemOut, content_type = "application/problem+json"),
    (status = 401, description = "Nobody signed in", body = ProblemOut, content_type = "application/problem+json"),
    (status = 403, description = "The role does not allow it", body = ProblemOut, content_type = "application/problem+json"),
    (status = 500, description = "Something failed here", body = ProblemOut, content_type = "application/problem+json"),
))]
pub(crate) async fn list(state: May<Administer>, mut params: Params) -> Result<Json<TokensOut>, WebError> {
    let workspace = chosen(&state, &mut params).await?;
    params.done()?;
    let names = Names::of(&state, workspace.organisation).await?;
    let tokens = tokens(&state, &workspace).await?.into_iter();
    Ok(Json(TokensOut { tokens: tokens.map(|token| TokenOut::of(token, None, &names)).collect() }))
}

/// Makes a token.
#[utoipa::path(post, path = "/api/v1/tokens", tag = "people", params(WorkspaceIn), request_body = TokenIn, responses(
    (status = 201, description = "Made; its secret is shown this once", body = TokenOut),
    (status = 400, description = "A field is wrong", body = ProblemOut, content_type = "application/problem+json"),
    (status = 401, description = "Nobody signed in", body = ProblemOut, content_type = "application/problem+json"),
    (status = 403, description = "The role is beyond one's own", body = ProblemOut, content_type = "application/problem+json"),
    (status = 500, description = "Something failed here", body = ProblemOut, content_type = "application/problem+json"),
))]
pub(crate) async fn create(
    state: May<Administer>,
    mut params: Params,
    body: Bytes,
) -> Result<(StatusCode, Json<TokenOut>), WebError> {
    let workspace = changed_in(&state, &mut params).await?;
    params.done()?;
    let TokenIn { name, role, scope, accounts, expires_in_days } = sent(&body)?;
    let grant = WantedGrant { role, scope, accounts };
    let made = make(&state, &workspace, Wanted { name, grant, days: expires_in_days }).await?;
    let names = Names::of(&state, workspace.organisation).await?;
    let secret = Some(made.secret.text().to_owned());
    Ok((StatusCode::CREATED, Json(TokenOut::of(made.token, secret, &names))))
}

/// Ends a token at once. It stays in the list.
#[utoipa::path(delete, path = "/api/v1/tokens/{id}", tag = "people",
    params(("id" = u32, Path, description = "The token's number"), WorkspaceIn), responses(
    (status = 204, description = "Revoked"),
    (status = 400, description = "A parameter is wrong", body = ProblemOut, content_type = "application/problem+json"),
    (status = 401, description = "Nobody signed in", body = ProblemOut, content_type = "application/problem+json"),
    (status = 403, description = "The role is beyond one's own", body = ProblemOut, content_type = "application/problem+json"),
    (status = 404, description = "There is no such token to be known of, or it was revoked", body = ProblemOut, content_type = "application/problem+json"),
    (status = 500, description = "Something failed here", body = ProblemOut, content_type = "application/problem+json"),
))]
pub(crate) async fn revoke(
    state: May<Administer>,
    Path(id): Path<String>,
    mut params: Params,
) -> Result<StatusCode, WebError> {
    let workspace = changed_in(&state, &mut params).await?;
    params.done()?;
    ended(&state, &workspace, number("token", &id)?).await?;
    Ok(StatusCode::NO_CONTENT)
}
