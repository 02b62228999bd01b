//! What somebody or something may do, and where: what a membership, a token and an invitation have in common.

use people::Role;
use serde_json::{Value, json};
use sqlx::sqlite::SqliteRow;
use sqlx::{Row, SqliteConnection};

use super::{PeopleError, is_of};
use crate::WorkspaceId;
use crate::catalog::CatalogError;
use crate::facts::AccountId;

/// A role, and where it counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grant {
    /// The role.
    pub role: Role,
    /// The organisation.
    pub organisation: u32,
    /// The workspace; `None` for all of the organisation's.
    pub workspace: Option<WorkspaceId>,
    /// The accounts that a client sees; a client without any sees nothing. `None` for every other role: they see all.
    pub accounts: Option<Vec<AccountId>>,
}

impl Grant {
    pub(super) fn from_row(row: &SqliteRow) -> Result<Self, CatalogError> {
        let role: String = row.try_get("role")?;
        let accounts: Option<String> = row.try_get("accounts")?;
        let accounts = accounts.map(|text| {
            serde_json::from_str(&text)
                .map_err(|_| CatalogError::UnknownValue { what: "accounts", value: text })
        });
        Ok(Self {
            role: role.parse().map_err(|_| CatalogError::UnknownValue { what: "role", value: role })?,
            organisation: row.try_get("organisation")?,
            workspace: row.try_get("workspace")?,
            accounts: accounts.transpose()?,
        })
    }

    /// The accounts as they are kept.
    pub(super) fn accounts_text(&self) -> Option<String> {
        accounts_text(self.accounts.as_deref())
    }

    /// Whether there can be such a grant.
    pub(super) async fn check(&self, tables: &mut SqliteConnection) -> Result<(), PeopleError> {
        only_clients(self.role, self.accounts.as_deref())?;
        is_of(tables, self.organisation, self.workspace).await
    }

    /// As the audit log says it.
    pub(super) fn told(&self) -> Value {
        json!({
            "role": self.role, "organisation": self.organisation, "workspace": self.workspace, "accounts": self.accounts,
        })
    }
}

/// A list of accounts would be taken for a limit where it is none.
pub(super) fn only_clients(role: Role, accounts: Option<&[AccountId]>) -> Result<(), PeopleError> {
    if accounts.is_some() && role != Role::Client { Err(PeopleError::NotForRole(role)) } else { Ok(()) }
}

pub(super) fn accounts_text(accounts: Option<&[AccountId]>) -> Option<String> {
    accounts.map(|accounts| Value::from(accounts.to_vec()).to_string())
}
