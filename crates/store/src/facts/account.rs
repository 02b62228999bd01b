//! Advertising accounts: a platform, a currency and what names them.

use domain::{Currency, Platform};
use duckdb::{Connection, Row, params};
use serde::{Deserialize, Serialize};

use super::FactsError;
use crate::WorkspaceId;

/// The number of an account within a data folder.
pub type AccountId = u32;

/// An advertising account. It has one currency: the same name in another currency is another account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Account {
    /// Its number here.
    pub account: AccountId,
    /// Where it advertises.
    pub platform: Platform,
    /// Its name, if the platform stated one.
    pub name: Option<String>,
    /// Its id at the platform, if the platform stated one.
    pub external_id: Option<String>,
    /// What its money is counted in.
    pub currency: Currency,
}

impl Account {
    /// Its name for people: the name, else the id, else the platform's.
    pub fn label(&self) -> &str {
        self.name.as_deref().or(self.external_id.as_deref()).unwrap_or_else(|| self.platform.label())
    }

    fn from_row(row: &Row<'_>) -> Result<Self, FactsError> {
        let number: u8 = row.get(1)?;
        let code: String = row.get(4)?;
        Ok(Self {
            account: row.get(0)?,
            platform: Platform::from_number(number)
                .ok_or(FactsError::UnknownNumber { what: "platform", number: i64::from(number) })?,
            name: row.get(2)?,
            external_id: row.get(3)?,
            currency: code.parse().unwrap_or(Currency::UNKNOWN),
        })
    }
}

/// All accounts of a workspace, in the order in which they were first seen.
///
/// # Errors
/// If the engine fails.
pub fn accounts_of(connection: &Connection, workspace: WorkspaceId) -> Result<Vec<Account>, FactsError> {
    let mut statement = connection.prepare_cached(
        "SELECT account, platform, name, external_id, currency FROM account WHERE workspace = ? ORDER BY account",
    )?;
    let mut rows = statement.query(params![workspace])?;
    let mut accounts = Vec::new();
    while let Some(row) = rows.next()? {
        accounts.push(Account::from_row(row)?);
    }
    Ok(accounts)
}
