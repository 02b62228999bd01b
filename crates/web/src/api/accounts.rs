//! `GET /api/v1/accounts`: the accounts whose figures may be seen.

use axum::Json;
use domain::{Currency, Platform};
use serde::{Deserialize, Serialize};
use store::facts::Account;
use utoipa::ToSchema;

use super::parameters::WorkspaceIn;
use crate::WebError;
use crate::access::{May, SeeFigures};
use crate::params::Params;
use crate::problem::ProblemOut;
use crate::questions::chosen;

/// The accounts whose figures may be seen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AccountsOut {
    /// The accounts, in the order in which they were first seen.
    pub accounts: Vec<AccountOut>,
}

/// An account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AccountOut {
    /// Its number, by which a client is held to it.
    pub id: u32,
    /// Where it advertises, or what tells what was sold.
    #[schema(value_type = String, example = "google_ads")]
    pub platform: Platform,
    /// Its name.
    pub account: String,
    /// Its id at the platform; null if none was told.
    pub external_id: Option<String>,
    /// What its money is counted in.
    #[schema(value_type = String, example = "EUR")]
    pub currency: Currency,
    /// Whether it tells what was sold (revenue of record); no client can be held to such.
    pub is_record: bool,
}

impl AccountOut {
    fn of(account: &Account) -> Self {
        Self {
            id: account.account,
            platform: account.platform,
            account: account.label().to_owned(),
            external_id: account.external_id.clone(),
            currency: account.currency,
            is_record: account.platform.is_record(),
        }
    }
}

/// The accounts whose figures may be seen: all of the workspace's, or for a client those that were chosen.
#[utoipa::path(get, path = "/api/v1/accounts", tag = "figures", params(WorkspaceIn), responses(
    (status = 200, description = "The accounts, in the order in which they were first seen", body = AccountsOut),
    (status = 400, description = "A parameter is wrong", body = ProblemOut, content_type = "application/problem+json"),
    (status = 500, description = "Something failed here", body = ProblemOut, content_type = "application/problem+json"),
))]
pub(crate) async fn list(state: May<SeeFigures>, mut params: Params) -> Result<Json<AccountsOut>, WebError> {
    let workspace = chosen(&state, &mut params).await?;
    params.done()?;
    let known = state.known_now(&workspace).await?;
    Ok(Json(AccountsOut { accounts: known.accounts.iter().map(AccountOut::of).collect() }))
}
